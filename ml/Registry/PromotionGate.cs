namespace RetailInsight.Ml.Registry;

/// <summary>Bounds a metric must lie in, whatever the champion does: bias, coverage.</summary>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Least">Least value allowed, itself included.</param>
/// <param name="Most">Largest value allowed, itself included.</param>
public sealed record MetricLimit(string Metric, double Least, double Most);

/// <summary>Why a challenger is not promoted.</summary>
/// <param name="Code">One of <c>champion_already</c>, <c>not_compared</c>, <c>metric_missing</c>, <c>worse</c>, <c>outside_limit</c>, <c>shadow_too_short</c>, <c>no_predecessor</c>.</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="Metric">The metric at fault; null when none is.</param>
/// <param name="Found">What was found; null when nothing was.</param>
/// <param name="Wanted">What would have done; null when that is no single figure.</param>
public sealed record GateRefusal(string Code, string Detail, string? Metric = null, double? Found = null, double? Wanted = null);

/// <summary>What is known of a challenger when it asks to be champion.</summary>
/// <param name="Challenger">Its metrics on the newest data set that it, and the champion if there is one, were evaluated on; null when there is none.</param>
/// <param name="Champion">The champion's metrics on the same data set; null when there is no champion.</param>
/// <param name="HasChampion">Whether there is one.</param>
/// <param name="Shadowed">How long it has been challenger.</param>
/// <param name="Evaluations">On how many data sets it was evaluated beside the champion since then.</param>
public sealed record GateEvidence(
    IReadOnlyDictionary<string, double>? Challenger, IReadOnlyDictionary<string, double>? Champion, bool HasChampion, TimeSpan Shadowed, int Evaluations);

/// <summary>
/// What a challenger must show. Champion and challenger are compared by one metric, an error (less is better), on the same data set;
/// a challenger no better than the champion stays where it is, and nobody can order otherwise.
/// </summary>
/// <param name="Metric">The deciding metric, such as <c>wape</c>.</param>
/// <param name="LeastImprovement">Part of the champion's error the challenger must save: 0.01 is one per cent; 0 asks only for not being worse.</param>
/// <param name="Limits">Bounds for further metrics.</param>
/// <param name="ShadowTime">How long it must have been challenger, unless it has the evaluations.</param>
/// <param name="ShadowEvaluations">On how many data sets it must have been evaluated beside the champion, unless it has the time.</param>
public sealed record PromotionGate(string Metric, double LeastImprovement, IReadOnlyList<MetricLimit> Limits, TimeSpan ShadowTime, int ShadowEvaluations)
{
    /// <summary>Every reason against the promotion; none lets it pass. The first champion needs no shadow time: nobody is displaced.</summary>
    public IReadOnlyList<GateRefusal> Judge(GateEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var refusals = new List<GateRefusal>();
        if (evidence.Challenger is null || (evidence.HasChampion && evidence.Champion is null))
        {
            refusals.Add(new("not_compared", evidence.HasChampion ? "There is no data set that both champion and challenger were evaluated on." : "The challenger was evaluated on no data set."));
        }
        else
        {
            if (Worse(evidence.Challenger, evidence.Champion) is { } worse)
            {
                refusals.Add(worse);
            }

            refusals.AddRange(Limits.Select(limit => Outside(limit, evidence.Challenger)).OfType<GateRefusal>());
        }

        if (evidence.HasChampion && evidence.Shadowed < ShadowTime && evidence.Evaluations < ShadowEvaluations)
        {
            refusals.Add(new(
                "shadow_too_short",
                FormattableString.Invariant($"It has been challenger for {evidence.Shadowed.TotalDays:0.##} of {ShadowTime.TotalDays:0.##} days and was evaluated beside the champion {evidence.Evaluations} of {ShadowEvaluations} times; one of the two is needed."),
                Found: evidence.Shadowed.TotalDays,
                Wanted: ShadowTime.TotalDays));
        }

        return refusals;
    }

    private GateRefusal? Worse(IReadOnlyDictionary<string, double> challenger, IReadOnlyDictionary<string, double>? champion)
    {
        if (!challenger.TryGetValue(Metric, out var found))
        {
            return Missing(Metric, "challenger");
        }

        if (champion is null)
        {
            return null;
        }

        if (!champion.TryGetValue(Metric, out var reigning))
        {
            return Missing(Metric, "champion");
        }

        var wanted = reigning * (1 - LeastImprovement);
        return found <= wanted
            ? null
            : new("worse", FormattableString.Invariant($"{Metric} of the challenger is {found:0.######}, that of the champion {reigning:0.######}; at most {wanted:0.######} is asked for."), Metric, found, wanted);
    }

    private static GateRefusal? Outside(MetricLimit limit, IReadOnlyDictionary<string, double> challenger) =>
        !challenger.TryGetValue(limit.Metric, out var found) ? Missing(limit.Metric, "challenger")
        : found >= limit.Least && found <= limit.Most ? null
        : new("outside_limit", FormattableString.Invariant($"{limit.Metric} is {found:0.######}; {limit.Least:0.######} to {limit.Most:0.######} is allowed."), limit.Metric, found, found < limit.Least ? limit.Least : limit.Most);

    private static GateRefusal Missing(string metric, string of) => new("metric_missing", $"The evaluation of the {of} has no metric '{metric}'.", metric);
}
