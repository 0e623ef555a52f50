using RetailInsight.Api.Kpis;
using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages;

/// <summary>
/// Why sales changed, from the top down: sales are receipts × basket value, receipts are visitors × conversion, the basket value is items ×
/// price. Of each what it was and is, and its part of the change in money; the parts of a row add up to the change above them.
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

        var most = change.Parts.Concat(change.Top).Max(part => Math.Abs(part.Micros));
        return Markup.Of(
            $"""
            <section class="card why"><h2>{words.WhyTitle}</h2><p class="lead">{sentence}</p>
            <ul class="tree whole"><li>{Facts(words.NetSales, Formula(change.Top, words), Sales(now, text), Sales(before, text), words)}{Change(change.Change, words, text)}
            <ul class="tree two">{change.Top.Select(part => Node(part, most, change, before, now, words, text))}</ul></li></ul></section>
            """);
    }

    private static Markup Node(DecompositionPart part, long most, Decomposition change, Figures before, Figures now, Wording words, FigureText text)
    {
        var below = change.Below(part.Factor);
        var style = StyleOf(part.Micros);
        var width = most == 0 ? 0 : 50.0 * Math.Abs(part.Micros) / most;
        var rest = below.Count == 0 ? Markup.Empty : Markup.Of($"""<ul class="tree two">{below.Select(one => Node(one, most, change, before, now, words, text))}</ul>""");
        return Markup.Of(
            $"""
            <li class="{style}">{Facts(Name(part.Factor, words), Formula(below, words), Write(part.Factor, now, words, text), Write(part.Factor, before, words, text), words)}
            <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" x="49.5" width="1" height="8"/><rect class="{style}" x="{(part.Micros < 0 ? 50 - width : 50)}" y="1" width="{width}" height="6"/></svg>
            {Change(part.Micros, words, text)}{rest}</li>

            """);
    }

    private static Markup Facts(string name, string formula, string now, string before, Wording words)
    {
        var made = formula.Length == 0 ? Markup.Empty : Markup.Of($" <small>{formula}</small>");
        return Markup.Of($"""<h3>{name}{made}</h3><p class="value">{now}</p><span class="versus">{FigureText.Say(words.Before, before)}</span>""");
    }

    private static Markup Change(long micros, Wording words, FigureText text)
    {
        var (arrow, word) = micros > 0 ? ("▲", words.Grown) : micros < 0 ? ("▼", words.Shrunk) : ("→", words.Steady);
        return Markup.Of($"""<b class="{StyleOf(micros)}"><span aria-hidden="true">{arrow}</span> {text.MoneyChange(Money.ToDecimal(micros))} <small>{word}</small></b>""");
    }

    private static string StyleOf(long micros) => micros > 0 ? "up" : micros < 0 ? "down" : "flat";

    private static string Sales(Figures figures, FigureText text) => text.Amount(figures.NetSales, "");

    private static string Formula(IReadOnlyList<DecompositionPart> parts, Wording words) =>
        parts.Count == 0 ? "" : "= " + string.Join(" × ", parts.Select(part => Name(part.Factor, words)));

    /// <summary>What a factor is called.</summary>
    public static string Name(SalesFactor factor, Wording words) => factor switch
    {
        SalesFactor.Visitors => words.Visitors,
        SalesFactor.Conversion => words.Conversion,
        SalesFactor.Receipts => words.Receipts,
        SalesFactor.BasketValue => words.BasketValue,
        SalesFactor.ItemsPerReceipt => words.ItemsPerReceipt,
        _ => words.PricePerItem,
    };

    /// <summary>A factor's value in some figures.</summary>
    public static string Write(SalesFactor factor, Figures figures, Wording words, FigureText text) => factor switch
    {
        SalesFactor.Visitors => figures.Visitors is { } visitors ? FigureText.Count(visitors) : words.NotCounted,
        SalesFactor.Conversion => figures.Conversion is { } ratio ? FigureText.Percent(ratio) : words.Undefined,
        SalesFactor.Receipts => FigureText.Count(figures.Receipts, words.Undefined),
        SalesFactor.BasketValue => figures.BasketValue is { } basket ? text.Amount(basket) : words.Undefined,
        SalesFactor.ItemsPerReceipt => figures.ItemsPerReceipt is { } items ? FigureText.Number(items, 2) : words.Undefined,
        _ => figures.PricePerItem is { } price ? text.Amount(price) : words.Undefined,
    };
}
