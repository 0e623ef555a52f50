using RetailInsight.Api.Kpis;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages;

/// <summary>The parts of a change of sales, one a line; they add up to the change.</summary>
internal static class ChangeList
{
    public static Markup Render(SalesChange change, Wording words, FigureText text) => Markup.Of(
        $"""<ul>{change.Parts.Select(part => Part(part.Factor, part.Micros, words, text))}</ul>""");

    private static Markup Part(SalesFactor factor, long micros, Wording words, FigureText text)
    {
        var name = factor switch
        {
            SalesFactor.Visitors => words.Visitors,
            SalesFactor.Conversion => words.Conversion,
            SalesFactor.Receipts => words.Receipts,
            _ => words.BasketValue,
        };
        return Markup.Of(
            $"""<li class="{(micros > 0 ? "up" : micros < 0 ? "down" : "flat")}"><span>{name}</span> <b>{text.MoneyChange(Money.ToDecimal(micros))}</b></li>""");
    }
}
