using System.Globalization;
using RetailInsight.Api.Targets;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.MonthTargets;

/// <summary>Puts what a target is made of, and how likely it is to be reached, into words.</summary>
internal sealed class MonthTargetSentences(Wording words, FigureText text)
{
    private const decimal LeastShown = 0.02m;

    private readonly MonthTargetsWording _said = MonthTargetsWording.Of(words);

    /// <summary>The name of a state.</summary>
    public string State(string state) => _said.States[state switch { TargetVersion.Proposed => 0, TargetVersion.Revised => 2, _ => 1 }];

    /// <summary>A month.</summary>
    public string Month(DateOnly month) => string.Format(CultureInfo.InvariantCulture, _said.MonthName, month, _said.Months[month.Month - 1]);

    /// <summary>Why a store has no target.</summary>
    public string WhyNone(string reason) => reason switch
    {
        "too_far" => _said.TooFar,
        "not_computed" => _said.NotComputed,
        "past" => _said.Past,
        "next_night" => _said.NextNight,
        _ => _said.NoForecast,
    };

    /// <summary>How likely it is, in a word and in percent. What lies beyond everything that was seen is never called certain.</summary>
    public string Odds(MonthProgress progress) => progress switch
    {
        { Sold: var sold, Target: var target } when sold >= target => FigureText.Say(_said.Reached, text.Amount(sold - target)),
        { IsOver: true } => FigureText.Say(_said.Missed, text.Amount(progress.Target - progress.Sold)),
        { Probability: { } share } => FigureText.Say(
            _said.OddsIn, _said.Odds[share switch { >= 0.8m => 0, >= 0.6m => 1, >= 0.4m => 2, >= 0.2m => 3, _ => 4 }], Percent(Math.Clamp(share, LeastShown, 1 - LeastShown))),
        _ => _said.OddsUnknown,
    };

    /// <summary>Why a target is what it is, sentence by sentence.</summary>
    public IEnumerable<string> Why(TargetVersion version)
    {
        var why = version.Why;
        if (version.State == TargetVersion.Revised)
        {
            yield return FigureText.Say(_said.RevisedBy, version.DecidedBy, version.Reason);
        }

        yield return FigureText.Say(_said.Start, text.Amount(why.Start), text.Amount(why.Expected));
        var counting = why.Potentials.Where(one => one.Counts).ToList();
        if (why.Lift > 0)
        {
            yield return FigureText.Say(
                _said.Lifted, FigureText.Percent((decimal)(Math.Exp(why.Lift) - 1)), Percent(why.Ambition), string.Join(_said.And, counting.Where(one => one.Lift > 0).Select(one => Name(one.Metric))), why.Peers.Count);
        }
        else
        {
            yield return _said.NotLifted;
        }

        foreach (var one in counting)
        {
            yield return FigureText.Say(Limit(one.Bound), Name(one.Metric), FigureText.Percent((decimal)(Math.Exp(Math.Abs(one.Gap)) - 1)));
        }

        if (counting.Count == 0)
        {
            yield return _said.NoPotential;
        }

        if (why.IsHeldByOdds)
        {
            yield return _said.HeldByOdds;
        }

        if (why.CompanyAdjustment.Micros != 0)
        {
            yield return FigureText.Say(why.CompanyAdjustment.Micros > 0 ? _said.CompanyAdded : _said.CompanyTook, text.Amount(Money.ToDecimal(Math.Abs(why.CompanyAdjustment.Micros))));
        }
    }

    private string Limit(string bound) => bound switch
    {
        "gap" => _said.BoundGap,
        "observed_improvement" => _said.BoundImprovement,
        "standing_gap" => _said.BoundStanding,
        "upper_quartile" => _said.BoundQuarter,
        _ => _said.BoundNoEvidence,
    };

    private string Name(string metric) => metric == "conversion" ? words.Conversion : metric == "basket_value" ? words.BasketValue : words.ItemsPerReceipt;

    private static string Percent(decimal share) => FigureText.Number(share * 100, 0) + "%";
}
