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
/// <param name="Sold">Whether it rests on receipts.</param>
internal sealed record CardFigure(
    string Name, string Note, Func<Figures, decimal?> Read, Func<decimal, string> Write, bool IsRatio = false, bool Counted = false, bool Sold = false)
{
    /// <summary>The figures of every page about sums, in the order they are read.</summary>
    public static IReadOnlyList<CardFigure> Of(Wording words, FigureText text) =>
    [
        new(words.NetSales, words.TaxExcluded, figures => figures.NetSales, text.Amount, Sold: true),
        new(words.Visitors, "", figures => figures.Visitors, FigureText.Count, Counted: true),
        new(words.Conversion, "", figures => figures.Conversion, FigureText.Percent, IsRatio: true, Counted: true, Sold: true),
        new(words.Receipts, words.ReceiptsNote, figures => figures.Receipts, FigureText.Count, Sold: true),
        new(words.BasketValue, "", figures => figures.BasketValue, text.Amount, Sold: true),
        new(words.ItemsPerReceipt, "", figures => figures.ItemsPerReceipt, value => FigureText.Number(value, 2), Sold: true),
    ];

    /// <summary>Said where figures do not hold it.</summary>
    public string None(Figures figures, Wording words) => Sold && figures.Net is null ? words.NoData : Counted || !Sold ? words.NotCounted : words.Undefined;
}

/// <summary>What the figures of cards are compared with.</summary>
/// <param name="Now">One side; null for nothing.</param>
/// <param name="Then">The other side; null for nothing.</param>
/// <param name="Versus">Says what the figure was then and is now, each as written.</param>
/// <param name="None">Said where there is nothing to compare with.</param>
internal sealed record CardComparison(Figures? Now, Figures? Then, Func<string, string, string> Versus, string None);

/// <summary>A card: a figure, what it was before, and how it moved.</summary>
internal static class FigureCard
{
    /// <param name="figure">Which figure.</param>
    /// <param name="style">Further style classes.</param>
    /// <param name="shown">What it is taken from.</param>
    /// <param name="compared">What is compared: of a running day its hours so far; null for nothing.</param>
    /// <param name="words">The reader's language.</param>
    /// <param name="series">Its course, oldest first; drawn where two values are known.</param>
    /// <param name="course">Says of the course its name {0}, lowest {1} and highest {2} value.</param>
    /// <param name="extra">Further content.</param>
    public static Markup Render(
        CardFigure figure, string style, Figures shown, CardComparison compared, Wording words, IReadOnlyList<decimal?> series, string course, Markup extra = default)
    {
        var note = figure.Counted && !shown.IsCounterReliable ? words.ForReference : figure.Note;
        var small = note.Length == 0 ? Markup.Empty : Markup.Of($" <small>{note}</small>");
        var value = figure.Read(shown) is { } known
            ? Markup.Of($"""<p class="value">{figure.Write(known)}</p>""")
            : Markup.Of($"""<p class="value none">{figure.None(shown, words)}</p>""");
        return Markup.Of(
            $"""
            <article class="card kpi {style}"><h2>{figure.Name}{small}</h2>{value}{Change(figure, compared, words)}{Course(figure, series, course)}{extra}</article>

            """);
    }

    // What rests on counters is not called better or worse while one side was counted in part.
    private static Markup Change(CardFigure figure, CardComparison compared, Wording words)
    {
        var (now, then) = (compared.Now, compared.Then);
        if ((then is null ? null : figure.Read(then)) is not { } before)
        {
            return Markup.Of($"""<p class="delta none">{compared.None}</p>""");
        }

        var current = now is null ? null : figure.Read(now);
        var comparable = !figure.Counted || (now is { IsCounterReliable: true } && then is { IsCounterReliable: true });
        var trend = !comparable ? null : figure.IsRatio ? Trend.Points(current, before, words) : Trend.Share(current, before, words);
        var change = trend is null
            ? Markup.Empty
            : Markup.Of($"""<span class="change"><span aria-hidden="true">{trend.Arrow}</span> {trend.Text}</span> """);
        var versus = compared.Versus(figure.Write(before), current is { } soFar ? figure.Write(soFar) : words.Undefined);
        return Markup.Of($"""<p class="delta {trend?.Style ?? "none"}">{change}<span class="versus">{versus}</span></p>""");
    }

    private static Markup Course(CardFigure figure, IReadOnlyList<decimal?> series, string course)
    {
        var known = series.OfType<decimal>().ToList();
        return known.Count < 2 ? Markup.Empty : Sparkline.Draw(series, FigureText.Say(course, figure.Name, figure.Write(known.Min()), figure.Write(known.Max())));
    }
}
