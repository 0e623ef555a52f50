using RetailInsight.Api.Charts;
using RetailInsight.Api.Kpis;

namespace RetailInsight.Api.Pages;

/// <summary>How a figure of a sum is read and written on a card.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Note">Small print beside the name.</param>
/// <param name="Read">Takes it from figures; null where it is not known.</param>
/// <param name="Write">Writes it.</param>
/// <param name="IsRatio">Whether a change is told in percentage points.</param>
/// <param name="Counted">Whether it rests on door counters.</param>
internal sealed record CardFigure(string Name, string Note, Func<Figures, decimal?> Read, Func<decimal, string> Write, bool IsRatio = false, bool Counted = false)
{
    /// <summary>The figures of every page about sums, in the order they are read.</summary>
    public static IReadOnlyList<CardFigure> Of(Wording words, FigureText text) =>
    [
        new(words.NetSales, words.TaxExcluded, figures => RetailInsight.Core.Canon.Money.ToDecimal(figures.Net), text.Amount),
        new(words.Visitors, "", figures => figures.Visitors, FigureText.Count, Counted: true),
        new(words.Conversion, "", figures => figures.Conversion, FigureText.Percent, IsRatio: true, Counted: true),
        new(words.Receipts, words.ReceiptsNote, figures => figures.Receipts, FigureText.Count),
        new(words.BasketValue, "", figures => figures.BasketValue, text.Amount),
        new(words.ItemsPerReceipt, "", figures => figures.ItemsPerReceipt, value => FigureText.Number(value, 2)),
    ];
}

/// <summary>A card: a figure, what it was before, and how it moved.</summary>
internal static class FigureCard
{
    /// <param name="figure">Which figure.</param>
    /// <param name="style">Further style classes.</param>
    /// <param name="now">What it is taken from.</param>
    /// <param name="then">What it is compared with; null for nothing.</param>
    /// <param name="versus">Says what the figure was before, with {0} in its place.</param>
    /// <param name="none">Said where there is nothing to compare with.</param>
    /// <param name="words">The reader's language.</param>
    /// <param name="series">Its course, oldest first; drawn where two values are known.</param>
    /// <param name="extra">Further content.</param>
    public static Markup Render(
        CardFigure figure, string style, Figures now, Figures? then, string versus, string none, Wording words, IReadOnlyList<decimal?>? series = null, Markup extra = default)
    {
        var note = figure.Counted && !now.IsCounterReliable ? words.ForReference : figure.Note;
        var small = note.Length == 0 ? Markup.Empty : Markup.Of($" <small>{note}</small>");
        var value = figure.Read(now) is { } known
            ? Markup.Of($"""<p class="value">{figure.Write(known)}</p>""")
            : Markup.Of($"""<p class="value none">{words.NotCounted}</p>""");
        return Markup.Of(
            $"""
            <article class="card kpi {style}"><h2>{figure.Name}{small}</h2>{value}{Change(figure, now, then, versus, none, words)}{Course(figure, series, words)}{extra}</article>

            """);
    }

    // What rests on counters is not called better or worse while one side was counted in part.
    private static Markup Change(CardFigure figure, Figures now, Figures? then, string versus, string none, Wording words)
    {
        if ((then is null ? null : figure.Read(then)) is not { } before)
        {
            return Markup.Of($"""<p class="delta none">{none}</p>""");
        }

        var comparable = !figure.Counted || (now.IsCounterReliable && then!.IsCounterReliable);
        var current = figure.Read(now);
        var trend = !comparable ? null : figure.IsRatio ? Trend.Points(current, before, words) : Trend.Share(current, before, words);
        var change = trend is null
            ? Markup.Empty
            : Markup.Of($"""<span class="change"><span aria-hidden="true">{trend.Arrow}</span> {trend.Text}</span> """);
        return Markup.Of($"""<p class="delta {trend?.Style ?? "none"}">{change}<span class="versus">{FigureText.Say(versus, figure.Write(before))}</span></p>""");
    }

    private static Markup Course(CardFigure figure, IReadOnlyList<decimal?>? series, Wording words)
    {
        var known = series?.OfType<decimal>().ToList() ?? [];
        return known.Count < 2 ? Markup.Empty : Sparkline.Draw(series!, FigureText.Say(words.Course, figure.Name, figure.Write(known.Min()), figure.Write(known.Max())));
    }
}
