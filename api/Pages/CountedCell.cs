using RetailInsight.Api.Kpis;

namespace RetailInsight.Api.Pages;

/// <summary>Cells of tables of stores that rest on door counters: for reference only where too little of their time arrived, as on cards.</summary>
internal static class CountedCell
{
    /// <summary>Visitors of a store.</summary>
    /// <param name="figures">The store's.</param>
    /// <param name="running">Whether the day still runs, so that its counters cannot have sent everything.</param>
    /// <param name="words">The reader's language.</param>
    public static Markup Visitors(Figures figures, bool running, Wording words) => Render(FigureText.Count(figures.Visitors, words.NotCounted), figures.Visitors is null || running || figures.IsCounterReliable, words);

    /// <summary>Conversion of a store.</summary>
    public static Markup Conversion(Figures figures, bool running, Wording words) =>
        Render(FigureText.Percent(figures.Conversion, figures.Net is null ? words.NoData : words.Undefined), figures.Conversion is null || running || figures.IsCounterReliable, words);

    /// <summary>A figure that rests on counters.</summary>
    public static Markup Render(string shown, bool reliable, Wording words) => reliable ? Markup.Of($"<td>{shown}</td>") : Markup.Of($"""<td>{shown} <small>{words.ForReference}</small></td>""");
}
