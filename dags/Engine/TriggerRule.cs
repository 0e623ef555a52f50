using System.Text.Json;

namespace RetailInsight.Dags.Engine;

/// <summary>When a task runs, by how the tasks before it ended. A task that ended because its own upstreams failed counts as failed.</summary>
internal enum TriggerRule
{
    /// <summary>Every one succeeded. One that was skipped skips it too.</summary>
    AllSuccess,

    /// <summary>Every one ended, however.</summary>
    AllDone,

    /// <summary>Every one succeeded or was skipped.</summary>
    NoneFailed,

    /// <summary>As <see cref="NoneFailed"/>, and at least one succeeded.</summary>
    NoneFailedMinOneSuccess,

    /// <summary>As soon as one succeeded.</summary>
    OneSuccess,

    /// <summary>As soon as one failed; skipped when none did.</summary>
    OneFailed,

    /// <summary>As soon as one succeeded or failed.</summary>
    OneDone,

    /// <summary>Every one ended and none was skipped.</summary>
    NoneSkipped,

    /// <summary>Every one failed.</summary>
    AllFailed,

    /// <summary>Every one was skipped.</summary>
    AllSkipped,

    /// <summary>Every one ended, at least one succeeded and none was skipped.</summary>
    AllDoneMinOneSuccess,

    /// <summary>At once.</summary>
    Always,
}

/// <summary>What a rule makes of the tasks before.</summary>
internal enum TriggerDecision
{
    /// <summary>Not yet decided.</summary>
    Wait,

    /// <summary>It may run.</summary>
    Run,

    /// <summary>It never runs, because of how they ended.</summary>
    Skip,

    /// <summary>It never runs, because one of them failed.</summary>
    UpstreamFailed,
}

/// <summary>How the tasks before a task stand. Those taken out of the run are not counted.</summary>
/// <param name="Total">All.</param>
/// <param name="Success">Succeeded.</param>
/// <param name="Skipped">Skipped.</param>
/// <param name="Failed">Failed or were canceled.</param>
/// <param name="UpstreamFailed">Never ran, because of a failure before them.</param>
internal readonly record struct UpstreamCounts(int Total, int Success, int Skipped, int Failed, int UpstreamFailed)
{
    private int Done => Success + Skipped + Failed + UpstreamFailed;

    private bool AnyFailed => Failed + UpstreamFailed > 0;

    private bool AllDone => Done == Total;

    /// <summary>Both together.</summary>
    public static UpstreamCounts operator +(UpstreamCounts one, UpstreamCounts other) =>
        new(one.Total + other.Total, one.Success + other.Success, one.Skipped + other.Skipped, one.Failed + other.Failed, one.UpstreamFailed + other.UpstreamFailed);

    /// <summary>What a rule makes of them. Once it says anything but <see cref="TriggerDecision.Wait"/> it never says another thing, however the rest ends.</summary>
    public TriggerDecision Decide(TriggerRule rule) => rule switch
    {
        TriggerRule.AllSuccess => AnyFailed ? TriggerDecision.UpstreamFailed : Skipped > 0 ? TriggerDecision.Skip : RunIf(Success == Total),
        TriggerRule.AllDone => RunIf(AllDone),
        TriggerRule.NoneFailed => AnyFailed ? TriggerDecision.UpstreamFailed : RunIf(AllDone),
        TriggerRule.NoneFailedMinOneSuccess => AnyFailed ? TriggerDecision.UpstreamFailed : !AllDone ? TriggerDecision.Wait : RunElse(Success > 0, TriggerDecision.Skip),
        TriggerRule.OneSuccess => Success > 0 ? TriggerDecision.Run : !AllDone ? TriggerDecision.Wait : AnyFailed ? TriggerDecision.UpstreamFailed : TriggerDecision.Skip,
        TriggerRule.OneFailed => AnyFailed ? TriggerDecision.Run : AllDone ? TriggerDecision.Skip : TriggerDecision.Wait,
        TriggerRule.OneDone => Success + Failed > 0 ? TriggerDecision.Run : AllDone ? TriggerDecision.Skip : TriggerDecision.Wait,
        TriggerRule.NoneSkipped => Skipped > 0 ? TriggerDecision.Skip : RunIf(AllDone),
        TriggerRule.AllFailed => Success + Skipped > 0 ? TriggerDecision.Skip : RunIf(AllDone),
        TriggerRule.AllSkipped => Success > 0 || AnyFailed ? TriggerDecision.Skip : RunIf(AllDone),
        TriggerRule.AllDoneMinOneSuccess => Skipped > 0 ? TriggerDecision.Skip : !AllDone ? TriggerDecision.Wait : RunElse(Success > 0, TriggerDecision.UpstreamFailed),
        TriggerRule.Always => TriggerDecision.Run,
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "There is no such rule."),
    };

    private static TriggerDecision RunIf(bool holds) => RunElse(holds, TriggerDecision.Wait);

    private static TriggerDecision RunElse(bool holds, TriggerDecision otherwise) => holds ? TriggerDecision.Run : otherwise;
}

/// <summary>How rules are written in the database: <c>all_success</c>.</summary>
internal static class TriggerRuleNames
{
    /// <summary>The name of a rule.</summary>
    public static string NameOf(TriggerRule rule) => JsonNamingPolicy.SnakeCaseLower.ConvertName(rule.ToString());

    /// <summary>The rule of a name.</summary>
    /// <exception cref="FormatException">There is no such rule.</exception>
    public static TriggerRule Parse(string name) =>
        Enum.TryParse<TriggerRule>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var rule)
            ? rule
            : throw new FormatException($"'{name}' is no trigger rule.");
}
