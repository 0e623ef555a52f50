using RetailInsight.Api.Kpis;
using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages;

/// <summary>
/// Why sales changed: the factors whose product they are, what each was and is, and its part of the change in money. The parts add up to
/// the change.
/// </summary>
internal static class SalesTree
{
    /// <param name="before">What is compared with.</param>
    /// <param name="now">What is explained.</param>
    /// <param name="sentence">The change in a sentence.</param>
    /// <param name="words">The reader's language.</param>
    /// <param name="text">Writes figures.</param>
    public static Markup Render(Figures before, Figures now, string sentence, Wording words, FigureText text)
    {
        if (now.ChangeFrom(before) is not { } change)
        {
            return Markup.Empty;
        }

        var most = change.Parts.Max(part => Math.Abs(part.Micros));
        var formula = FigureText.Say(words.TreeFormula, string.Join(" × ", change.Parts.Select(part => Name(part.Factor, words))));
        return Markup.Of(
            $"""
            <section class="card why"><h2>{words.WhyTitle} <small>{formula}</small></h2><p class="lead">{sentence}</p>
            <ul class="tree{(change.Parts.Count == 3 ? " three" : "")}">{change.Parts.Select(part => Node(part, most, before, now, words, text))}</ul></section>
            """);
    }

    private static Markup Node(DecompositionPart part, long most, Figures before, Figures now, Wording words, FigureText text)
    {
        var style = part.Micros > 0 ? "up" : part.Micros < 0 ? "down" : "flat";
        var width = most == 0 ? 0 : 50.0 * Math.Abs(part.Micros) / most;
        return Markup.Of(
            $"""
            <li class="{style}"><h3>{Name(part.Factor, words)}</h3><p class="value">{Write(part.Factor, now, words, text)}</p><span class="versus">{FigureText.Say(words.Before, Write(part.Factor, before, words, text))}</span>
            <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" x="49.5" width="1" height="8"/><rect class="{style}" x="{(part.Micros < 0 ? 50 - width : 50)}" y="1" width="{width}" height="6"/></svg>
            <b>{text.MoneyChange(Money.ToDecimal(part.Micros))}</b></li>

            """);
    }

    /// <summary>What a factor is called.</summary>
    public static string Name(SalesFactor factor, Wording words) => factor switch
    {
        SalesFactor.Visitors => words.Visitors,
        SalesFactor.Conversion => words.Conversion,
        SalesFactor.Receipts => words.Receipts,
        SalesFactor.ItemsPerReceipt => words.ItemsPerReceipt,
        _ => words.PricePerItem,
    };

    /// <summary>A factor's value in some figures.</summary>
    public static string Write(SalesFactor factor, Figures figures, Wording words, FigureText text) => factor switch
    {
        SalesFactor.Visitors => figures.Visitors is { } visitors ? FigureText.Count(visitors) : words.NotCounted,
        SalesFactor.Conversion => figures.Conversion is { } ratio ? FigureText.Percent(ratio) : words.Undefined,
        SalesFactor.Receipts => FigureText.Count(figures.Receipts, words.Undefined),
        SalesFactor.ItemsPerReceipt => figures.ItemsPerReceipt is { } items ? FigureText.Number(items, 2) : words.Undefined,
        _ => figures.PricePerItem is { } price ? text.Amount(price) : words.Undefined,
    };
}
