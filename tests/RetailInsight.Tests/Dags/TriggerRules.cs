using RetailInsight.Dags.Engine;

namespace RetailInsight.Tests.Dags;

public sealed class TriggerRules
{
    private const int Most = 4;

    private enum End
    {
        Open,
        Success,
        Skipped,
        Failed,
        UpstreamFailed,
    }

    public static TheoryData<string> Rules => new(Enum.GetNames<TriggerRule>());

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_decides_as_it_is_written_and_as_early_as_nothing_can_change_it(string name)
    {
        var rule = Enum.Parse<TriggerRule>(name);
        foreach (var upstreams in Combinations())
        {
            // What it says in the end, for every way in which the open ones may end.
            var ends = Endings(upstreams).Select(all => Naive(rule, all)).ToHashSet();
            var decision = Decide(rule, upstreams);
            if (decision != TriggerDecision.Wait)
            {
                Assert.True(ends.SetEquals([decision]) || IsEarly(rule, upstreams, decision), $"{rule} says {decision} of {string.Join(", ", upstreams)}, which may end as {string.Join(", ", ends)}.");
            }
            else
            {
                Assert.Contains(End.Open, upstreams);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_that_has_decided_does_not_change_its_mind(string name)
    {
        var rule = Enum.Parse<TriggerRule>(name);
        foreach (var upstreams in Combinations().Where(upstreams => Decide(rule, upstreams) != TriggerDecision.Wait))
        {
            var decided = Decide(rule, upstreams);
            Assert.All(Endings(upstreams), all => Assert.True(
                Decide(rule, all) == decided || decided == TriggerDecision.Run || BothNever(decided, Decide(rule, all)), $"{rule}: {string.Join(", ", upstreams)} was {decided}, then {Decide(rule, all)}"));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_name_of_a_rule_reads_back(string name)
    {
        var rule = Enum.Parse<TriggerRule>(name);
        Assert.Equal(rule, TriggerRuleNames.Parse(TriggerRuleNames.NameOf(rule)));
    }

    [Fact]
    public void Another_word_is_no_rule() => Assert.Throws<FormatException>(() => TriggerRuleNames.Parse("mostly"));

    // A skip found early may turn out to be a failure later and the other way round; either way the task never runs.
    private static bool BothNever(TriggerDecision one, TriggerDecision other) => one != TriggerDecision.Run && other is TriggerDecision.Skip or TriggerDecision.UpstreamFailed;

    private static bool IsEarly(TriggerRule rule, IReadOnlyList<End> upstreams, TriggerDecision decision) =>
        Endings(upstreams).All(all => Naive(rule, all) is var end && (end == decision || BothNever(decision, end)))
        || (decision == TriggerDecision.Run && rule is TriggerRule.OneSuccess or TriggerRule.OneFailed or TriggerRule.OneDone or TriggerRule.Always);

    // Each rule as its sentence says it, of tasks that have all ended.
    private static TriggerDecision Naive(TriggerRule rule, IReadOnlyList<End> ends)
    {
        var success = ends.Count(end => end == End.Success);
        var skipped = ends.Count(end => end == End.Skipped);
        var failed = ends.Count(end => end is End.Failed or End.UpstreamFailed);
        var failedItself = ends.Count(end => end == End.Failed);
        return rule switch
        {
            TriggerRule.AllSuccess => failed > 0 ? TriggerDecision.UpstreamFailed : skipped > 0 ? TriggerDecision.Skip : TriggerDecision.Run,
            TriggerRule.AllDone or TriggerRule.Always => TriggerDecision.Run,
            TriggerRule.NoneFailed => failed > 0 ? TriggerDecision.UpstreamFailed : TriggerDecision.Run,
            TriggerRule.NoneFailedMinOneSuccess => failed > 0 ? TriggerDecision.UpstreamFailed : success > 0 ? TriggerDecision.Run : TriggerDecision.Skip,
            TriggerRule.OneSuccess => success > 0 ? TriggerDecision.Run : failed > 0 ? TriggerDecision.UpstreamFailed : TriggerDecision.Skip,
            TriggerRule.OneFailed => failed > 0 ? TriggerDecision.Run : TriggerDecision.Skip,
            TriggerRule.OneDone => success + failedItself > 0 ? TriggerDecision.Run : TriggerDecision.Skip,
            TriggerRule.NoneSkipped => skipped > 0 ? TriggerDecision.Skip : TriggerDecision.Run,
            TriggerRule.AllFailed => failed == ends.Count ? TriggerDecision.Run : TriggerDecision.Skip,
            TriggerRule.AllSkipped => skipped == ends.Count ? TriggerDecision.Run : TriggerDecision.Skip,
            _ => skipped > 0 ? TriggerDecision.Skip : success > 0 ? TriggerDecision.Run : TriggerDecision.UpstreamFailed,
        };
    }

    private static TriggerDecision Decide(TriggerRule rule, IReadOnlyList<End> upstreams) => new UpstreamCounts(
        upstreams.Count,
        upstreams.Count(end => end == End.Success),
        upstreams.Count(end => end == End.Skipped),
        upstreams.Count(end => end == End.Failed),
        upstreams.Count(end => end == End.UpstreamFailed)).Decide(rule);

    private static IEnumerable<IReadOnlyList<End>> Combinations() => Enumerable.Range(1, Most).SelectMany(Of);

    private static IEnumerable<IReadOnlyList<End>> Of(int length) => length == 0
        ? [[]]
        : Of(length - 1).SelectMany(rest => Enum.GetValues<End>().Select(end => (IReadOnlyList<End>)[.. rest, end]));

    private static IEnumerable<IReadOnlyList<End>> Endings(IReadOnlyList<End> upstreams)
    {
        var at = upstreams.ToList().IndexOf(End.Open);
        return at < 0 ? [upstreams] : Enum.GetValues<End>().Where(end => end != End.Open).SelectMany(end => Endings([.. upstreams.Take(at), end, .. upstreams.Skip(at + 1)]));
    }
}
