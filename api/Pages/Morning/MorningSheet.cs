using System.Text;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Morning;

/// <summary>A part of the sheet: a heading, a sentence, and lines of figures.</summary>
internal sealed record MorningPart(string Title, string? Lead, IReadOnlyList<MorningLine> Lines);

/// <summary>A line of a part. <paramref name="Share"/>, 0 to 1, is drawn as a bar; null draws none.</summary>
internal sealed record MorningLine(string Label, string Value, string Note = "", decimal? Share = null);

/// <summary>
/// The morning sheet: yesterday and why, the month on its way to its target, what needs attention. Written once as parts, then as a page of
/// plain tables, which every mail program shows and the browser shows under the pages' own rules, and as text.
/// </summary>
/// <param name="model">What it tells.</param>
/// <param name="page">Where the day's page lies; null where nobody said.</param>
/// <param name="unsubscribe">Where the subscription ends; null for a preview.</param>
internal sealed class MorningSheet(MorningModel model, string? page, string? unsubscribe)
{
    private const int BarCells = 20;
    private const int MostStores = 10;
    private const int ShownDays = 7;
    private const decimal EnoughMinutes = 0.9m;

    private readonly Wording _words = model.Request.Words;
    private readonly MorningWording _morning = MorningWording.Of(model.Request.Words);
    private readonly FigureText _text = new(model.Request.Words, model.Day.Currency);

    /// <summary>Of the mail: what people see in their list of mails.</summary>
    public string Subject => FigureText.Say(
        model.IsWhole ? _morning.Subject : _morning.SubjectIncomplete, model.Request.StoreName, FigureText.ShortDate(model.Date), _text.Weekday(model.Date),
        _text.Amount(model.Day.Figures?.NetSales, _words.NoData));

    /// <summary>The parts, in the order they are read.</summary>
    public IReadOnlyList<MorningPart> Parts() => [.. new[] { Yesterday(), Why(), Month(), Attention(), Alerts(), Notes(), Days(), Stores() }.OfType<MorningPart>()];

    /// <summary>As plain text.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        text.Append(Heading()).Append('\n');
        if (!model.IsWhole)
        {
            text.Append("\n! ").Append(Incomplete()).Append('\n');
        }

        foreach (var part in Parts())
        {
            text.Append("\n■ ").Append(part.Title).Append('\n');
            if (part.Lead is { } lead)
            {
                text.Append(lead).Append('\n');
            }

            foreach (var line in part.Lines)
            {
                var bar = line.Share is { } share ? new string('█', (int)Math.Round(Math.Clamp(share, 0, 1) * BarCells, MidpointRounding.AwayFromZero)) + " " : "";
                text.Append("  ").Append(line.Label).Append("  ").Append(bar).Append(line.Value).Append(line.Note.Length == 0 ? "" : $"  {line.Note}").Append('\n');
            }
        }

        text.Append('\n');
        if (page is not null)
        {
            text.Append(_morning.ToPage).Append(": ").Append(page).Append('\n');
        }

        if (unsubscribe is not null)
        {
            text.Append(_morning.Unsubscribe).Append(": ").Append(unsubscribe).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>As a document for mail programs.</summary>
    public string Document() => Markup.Of(
        $"""
        <!doctype html>
        <html lang="{_words.Language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Subject}</title></head>
        <body bgcolor="#f5f4f0">{Render()}</body></html>
        """).ToString();

    /// <summary>
    /// As tables with colours and widths in attributes of their own: mail programs drop style sheets, and the pages' rules forbid styles in
    /// attributes.
    /// </summary>
    public Markup Render()
    {
        var warning = model.IsWhole ? Markup.Empty : Row(Markup.Of($"""<font color="#a34a05"><b>{Incomplete()}</b></font>"""), "#fbeee2");
        var links = new List<Markup>();
        if (page is not null)
        {
            links.Add(Markup.Of($"""<a href="{page}">{_morning.ToPage}</a>"""));
        }

        if (unsubscribe is not null)
        {
            links.Add(Markup.Of($"""<a href="{unsubscribe}">{_morning.Unsubscribe}</a>"""));
        }

        return Markup.Of(
            $"""
            <table role="presentation" class="mail" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f5f4f0"><tr><td align="center">
            <table role="presentation" width="100%" cellpadding="16" cellspacing="0" border="0" bgcolor="#ffffff">
            {Row(Markup.Of($"""<font size="5" color="#1b2428"><b>{Heading()}</b></font>"""), "#ffffff")}{warning}
            {Parts().Select(part => Row(Part(part), "#ffffff"))}
            {Row(Markup.Of($"""<font size="2" color="#56636a">{links.Select((link, at) => at == 0 ? link : Markup.Of($" · {link}"))}</font>"""), "#ffffff")}
            </table></td></tr></table>
            """);
    }

    private static Markup Row(Markup content, string ground) => Markup.Of($"""<tr><td bgcolor="{ground}" align="left">{content}</td></tr>""");

    private static Markup Part(MorningPart part)
    {
        var lead = part.Lead is { } said ? Markup.Of($"""<br><font size="2" color="#56636a">{said}</font>""") : Markup.Empty;
        return Markup.Of(
            $"""
            <font size="4" color="#17616b"><b>{part.Title}</b></font>{lead}
            <table width="100%" cellpadding="4" cellspacing="0" border="0">{part.Lines.Select(Line)}</table>
            """);
    }

    private static Markup Line(MorningLine line)
    {
        var value = Markup.Of($"""<td align="right" nowrap><font color="#1b2428"><b>{line.Value}</b></font></td>""");
        var note = line.Note.Length == 0 ? Markup.Of($"<td></td>") : Markup.Of($"""<td align="right"><font size="2" color="#56636a">{line.Note}</font></td>""");
        var bar = line.Share is { } share ? Bar(share) : Markup.Empty;
        return Markup.Of($"""<tr><th align="left" scope="row"><font color="#56636a">{line.Label}</font></th>{bar}{value}{note}</tr>""");
    }

    private static Markup Bar(decimal share)
    {
        var filled = (int)Math.Round(Math.Clamp(share, 0, 1) * 100, MidpointRounding.AwayFromZero);
        var left = filled == 0 ? Markup.Empty : Markup.Of($"""<td width="{filled}%" bgcolor="#2a7f8a" height="12"></td>""");
        var right = filled == 100 ? Markup.Empty : Markup.Of($"""<td width="{100 - filled}%" bgcolor="#e2e0d9" height="12"></td>""");
        return Markup.Of($"""<td width="45%" aria-hidden="true"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>{left}{right}</tr></table></td>""");
    }

    private string Heading() => $"{model.Request.StoreName} {_text.LongDate(model.Date)}";

    private string Incomplete() => FigureText.Say(_morning.Incomplete, string.Join(_words.Language == "ja" ? "、" : ", ", model.Missing.Select(store => store.Name)));

    private MorningPart Yesterday()
    {
        if (model.Day.Figures is not { } figures)
        {
            return new MorningPart(_morning.Yesterday, _words.NoData, []);
        }

        var (now, then) = (model.Day.Comparison.Now, model.Day.Comparison.Then);
        var lines = CardFigure.Of(_words, _text).Select(figure =>
        {
            var before = then is null ? null : figure.Read(then);
            var comparable = !figure.Counted || (now is { IsCounterReliable: true } && then is { IsCounterReliable: true });
            var trend = before is null || now is null || !comparable ? null : figure.IsRatio ? Trend.Points(figure.Read(now), before, _words) : Trend.Share(figure.Read(now), before, _words);
            var note = figure.Counted && !figures.IsCounterReliable ? _words.ForReference : trend is null || before is null ? "" : $"{trend.Arrow} {trend.Text} ({FigureText.Say(_words.VersusWeekday, _text.Weekday(model.Date), figure.Write(before.Value))})";
            return new MorningLine(figure.Name, figure.Read(figures) is { } value ? figure.Write(value) : figure.None(figures, _words), note);
        });
        return new MorningPart(_morning.Yesterday, null, [.. lines]);
    }

    private MorningPart? Why()
    {
        if (model.Day.Comparison is not { Now: { NetSales: { } net } now, Then: { NetSales: { } before } then } || now.ChangeFrom(then) is not { } change)
        {
            return null;
        }

        var amount = net - before;
        var sentence = FigureText.Say(amount > 0 ? _words.WhyUp : amount < 0 ? _words.WhyDown : _words.WhySame, _text.Weekday(model.Date), _text.Amount(Math.Abs(amount)));
        return new MorningPart(_words.WhyTitle, sentence, [.. change.Parts.Select(part => new MorningLine(
            SalesTree.Name(part.Factor, _words), _text.MoneyChange(Money.ToDecimal(part.Micros)),
            $"{SalesTree.Write(part.Factor, then, _words, _text)} → {SalesTree.Write(part.Factor, now, _words, _text)}"))]);
    }

    private MorningPart? Month()
    {
        if (model.Month.Now?.NetSales is not { } net)
        {
            return null;
        }

        var lines = new List<MorningLine> { new(FigureText.Say(_morning.MonthSoFar, FigureText.ShortDate(model.Date)), _text.Amount(net), LastYear()) };
        if (model.Month.Target is { } target && target > 0)
        {
            var share = model.Month.Reached / target;
            lines.Add(new MorningLine(_words.TargetShare, FigureText.Percent(share), FigureText.Say(_morning.OfTarget, _text.Amount(model.Month.Reached), _text.Amount(target)), share));
        }

        return new MorningPart(_morning.Month, model.Month.Target is null ? _morning.NoTarget : null, lines);
    }

    // Of a month that runs the same part of last year's.
    private string LastYear()
    {
        if (model.Month is not { ComparedNow: { } now, Then: { NetSales: { } before } then })
        {
            return "";
        }

        var comparison = ComparisonWording.Of(_words);
        var versus = FigureText.Say(comparison.Versus, comparison.Names[(int)model.Month.Choice], _text.Amount(before));
        return Trend.Share(now.Net, then.Net, _words) is { } trend ? $"{trend.Arrow} {trend.Text} ({versus})" : versus;
    }

    private MorningPart? Alerts()
    {
        var said = new AlertText(_words, model.Request.Company.Currency);
        return model.Alerts.Count == 0 ? null : new MorningPart(_morning.Alerts, null, [.. model.Alerts.Select(one => new MorningLine(
            $"{NameOf(one.Store)} {(one.Subject.Length == 0 ? "" : one.Subject + " ")}{FigureText.ShortDate(one.Date)}", said.Value(one.Rule.Test.Metric, one.Figure, one.Currency),
            $"{one.Rule.Name}: {said.Finding(one.Rule.Test, one.Figure, one.Reference, one.Currency)}"))]);
    }

    private MorningPart? Notes()
    {
        var lines = model.Notes.Lines().Select(note => new MorningLine(note.When, "", $"{note.What} ({note.Where})")).ToList();
        return lines.Count == 0 ? null : new MorningPart(_morning.Notes, null, lines);
    }

    private string NameOf(string code) => model.Request.Stores.FirstOrDefault(store => store.Code == code)?.Name ?? code;

    private MorningPart Attention()
    {
        var lines = new List<MorningLine>();
        foreach (var store in model.Missing)
        {
            var day = model.Health.FirstOrDefault(one => one.Store == store.Code);
            lines.Add(new MorningLine(store.Name, day is { Receipts: > 0 } ? FigureText.Say(_morning.SilentRegisters, day.RegistersExpected - day.RegistersReported) : _morning.NoReceipts));
        }

        foreach (var day in model.Health)
        {
            var name = model.Request.Shown.First(store => store.Code == day.Store).Name;
            if (day.MissingNumbers > 0)
            {
                lines.Add(new MorningLine(name, FigureText.Say(_morning.MissingNumbers, FigureText.Count(day.MissingNumbers))));
            }

            if (day.Coverage is { } coverage and < EnoughMinutes)
            {
                lines.Add(new MorningLine(name, FigureText.Say(_words.CounterReceived, FigureText.Percent(coverage))));
            }
        }

        return new MorningPart(_morning.Attention, lines.Count == 0 ? _morning.NothingToDo : null, lines);
    }

    private MorningPart? Days()
    {
        var days = model.Day.Days.TakeLast(ShownDays).ToList();
        var most = days.Max(day => day.Figures?.Net ?? 0);
        return most <= 0 ? null : new MorningPart(_morning.LastDays, null, [.. days.Select(day => new MorningLine(
            $"{FigureText.ShortDate(day.Date)} ({_text.Weekday(day.Date)})", _text.Amount(day.Figures?.NetSales, _words.NoData), "",
            (decimal)(day.Figures?.Net ?? 0) / most))]);
    }

    private MorningPart? Stores()
    {
        if (model.Day.Rows.Count < 2)
        {
            return null;
        }

        var lines = model.Day.Rows.Take(MostStores).Select(row =>
        {
            var trend = Trend.Share(row.Now?.NetSales, row.Before?.NetSales, _words);
            return new MorningLine(row.Store.Name, _text.Amount(row.Figures.NetSales, _words.NoData), trend is null ? "" : $"{trend.Arrow} {trend.Text}");
        }).ToList();
        var rest = model.Day.Rows.Count - lines.Count;
        return new MorningPart(_words.StoreTable, rest > 0 ? FigureText.Say(_morning.AndMore, rest) : null, lines);
    }
}
