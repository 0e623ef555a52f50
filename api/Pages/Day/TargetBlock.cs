using RetailInsight.Api.Kpis;
using RetailInsight.Api.Targets;

namespace RetailInsight.Api.Pages.Day;

/// <summary>The targets of a store's day, each with the reason in words a shop floor can act on.</summary>
internal sealed class TargetBlock(DayPageModel model, Wording words, FigureText text)
{
    private static readonly string[] Order = ["net_sales", "conversion", "basket_value", "items_per_receipt"];

    public Markup Render(Figures figures)
    {
        if (model.Targets.Count == 0)
        {
            return Markup.Of($"""<section class="card targets"><h2>{words.Targets}</h2><p class="lead">{words.TargetsNone}</p></section>""");
        }

        var known = model.Targets.Where(target => Order.Contains(target.Metric)).OrderBy(target => Array.IndexOf(Order, target.Metric));
        return Markup.Of(
            $"""
            <section class="card targets"><h2>{words.Targets}</h2>
            <p class="lead">{FigureText.Say(words.TargetsLead, model.Targets[0].ClusterSize)}</p>
            <div class="target-list">{known.Select(target => One(target, figures))}</div>
            </section>
            """);
    }

    private Markup One(StoreTarget target, Figures figures)
    {
        var reached = target.Gap <= 0;
        var badge = reached ? Markup.Of($"""<span class="badge up"><span aria-hidden="true">✓</span> {words.Reached}</span>""") : Markup.Empty;
        return Markup.Of(
            $"""
            <div class="target"><h3>{Name(target.Metric)}{badge}</h3>
            {Bullet(target)}
            <dl><div><dt>{words.Actual}</dt><dd>{Write(target.Metric, target.Actual)}</dd></div><div><dt>{words.Target}</dt><dd>{Write(target.Metric, target.Target)}</dd></div><div><dt>{words.GapToMean}</dt><dd>{(reached ? "+" : "−")}{Difference(target.Metric, Math.Abs(target.Gap))}</dd></div></dl>
            <p>{(reached ? FigureText.Say(words.ReachedReason, Write(target.Metric, target.ClusterMean), Difference(target.Metric, -target.Gap)) : Reason(target, figures))}</p></div>

            """);
    }

    // A bar of the actual value with a mark at the mean, on one scale from zero.
    private Markup Bullet(StoreTarget target)
    {
        var most = Math.Max(target.Actual, target.ClusterMean) * 1.15m;
        if (most <= 0)
        {
            return Markup.Empty;
        }

        var actual = (double)(Math.Max(0, target.Actual) / most) * 240;
        var mean = (double)(Math.Max(0, target.ClusterMean) / most) * 240;
        return Markup.Of(
            $"""<svg class="bullet" viewBox="0 0 240 16" preserveAspectRatio="none" role="img" aria-label="{FigureText.Say(words.BulletLabel, Name(target.Metric), Write(target.Metric, target.Actual), Write(target.Metric, target.ClusterMean))}"><rect class="track" width="240" height="8" y="4" rx="4"/><rect class="actual" width="{actual}" height="8" y="4" rx="4"/><rect class="mean" x="{mean - 1.5}" width="3" height="16" rx="1.5"/></svg>""");
    }

    private string Reason(StoreTarget target, Figures figures)
    {
        var mean = Write(target.Metric, target.ClusterMean);
        return target.Metric switch
        {
            "net_sales" when figures.BasketValue is > 0 and { } basket =>
                FigureText.Say(words.NetSalesReason, mean, text.Amount(target.Gap), FigureText.Count(Math.Ceiling(target.Gap / basket))),
            "basket_value" => FigureText.Say(words.BasketReason, mean, text.Amount(target.Gap)),
            "items_per_receipt" => FigureText.Say(words.ItemsReason, mean, FigureText.Number(target.Gap * 10, 1)),
            "conversion" when figures is { Visitors: { } visitors, IsCounterReliable: true } => FigureText.Say(
                words.ConversionReason, mean, Difference(target.Metric, target.Gap), FigureText.Count(visitors),
                FigureText.Count(Math.Ceiling(target.Gap * visitors))),
            _ => FigureText.Say(words.PlainReason, mean, Difference(target.Metric, target.Gap)),
        };
    }

    private string Name(string metric) => metric switch
    {
        "net_sales" => words.NetSales,
        "basket_value" => words.BasketValue,
        "items_per_receipt" => words.ItemsPerReceipt,
        _ => words.Conversion,
    };

    private string Write(string metric, decimal value) => metric switch
    {
        "net_sales" or "basket_value" => text.Amount(value),
        "items_per_receipt" => FigureText.Number(value, 2),
        _ => FigureText.Percent(value),
    };

    private string Difference(string metric, decimal value) =>
        metric == "conversion" ? $"{FigureText.Number(value * 100, 1)} {words.Points}" : Write(metric, value);
}
