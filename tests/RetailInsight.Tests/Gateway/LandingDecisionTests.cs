using RetailInsight.Core.Canon;
using RetailInsight.Gateway.Landing;

namespace RetailInsight.Tests.Gateway;

public sealed class LandingDecisionTests
{
    private static readonly DateOnly Day = new(2026, 11, 1);

    private readonly LandingDecision _decision = new();

    [Fact]
    public void The_same_content_is_a_duplicate_and_other_content_a_revision()
    {
        Assert.Equal("Accepted 1", Decide("r1", "a"));
        Assert.Equal("Duplicate 1", Decide("r1", "a"));
        Assert.Equal("Superseding 2", Decide("r1", "b"));
        Assert.Equal("Accepted 1", Decide("r2", "a"));
    }

    [Fact]
    public void A_revision_that_comes_back_is_still_a_duplicate()
    {
        Decide("r1", "a");
        Decide("r1", "b");
        Assert.Equal("Duplicate 1", Decide("r1", "a"));
        Assert.Equal("Superseding 3", Decide("r1", "c"));
    }

    [Fact]
    public void What_was_withdrawn_may_come_again_under_a_further_revision()
    {
        _decision.Know(Id("r1"), new KnownVersion(Id("a"), 2, 0, "S001", Day, Withdrawn: true));
        Assert.Equal("Accepted 3", Decide("r1", "a"));
        Assert.Equal("Duplicate 3", Decide("r1", "a"));
        Assert.Equal("Superseding 4", Decide("r1", "b"));
        Assert.True(_decision.Returns(new Candidate(Id("r1"), Id("a"), 0, Id128.None, "S001", Day)));
        Assert.False(_decision.Returns(new Candidate(Id("r1"), Id("b"), 0, Id128.None, "S001", Day)));
    }

    [Fact]
    public void What_landed_before_is_known_in_any_order()
    {
        _decision.Know(Id("r1"), new KnownVersion(Id("b"), 2, 0, "S001", Day));
        _decision.Know(Id("r1"), new KnownVersion(Id("a"), 1, 0, "S001", Day));
        Assert.Equal("Duplicate 1", Decide("r1", "a"));
        Assert.Equal("Superseding 3", Decide("r1", "c"));
    }

    [Fact]
    public void A_revision_touches_the_days_its_earlier_ones_lie_in()
    {
        _decision.Know(Id("r1"), new KnownVersion(Id("a"), 1, 0, "S001", Day));
        _decision.Know(Id("r1"), new KnownVersion(Id("b"), 2, 0, "S002", Day));
        var candidate = new Candidate(Id("r1"), Id("c"), 0, Id128.None, "S002", Day);
        _decision.Decide(candidate, out _);
        Assert.Equal([("S001", Day)], _decision.AlsoTouched(candidate));
    }

    [Fact]
    public void A_void_touches_the_day_of_its_original_also_when_that_is_in_the_same_payload()
    {
        var original = new Candidate(Id("r1"), Id("a"), 0, Id128.None, "S001", Day);
        _decision.Decide(original, out _);
        var taken = new Candidate(Id("v1"), Id("b"), 0, Id("r1"), "S001", Day.AddDays(1));
        _decision.Decide(taken, out _);
        Assert.Equal([("S001", Day)], _decision.AlsoTouched(taken));
        Assert.Empty(_decision.AlsoTouched(original));
    }

    [Fact]
    public void An_older_version_that_comes_late_changes_nothing_and_is_a_duplicate_from_then_on()
    {
        Assert.Equal("Accepted 1", Decide("r1", "second", sourceRevision: 2));
        Assert.Equal("Outdated 2", Decide("r1", "first", sourceRevision: 1));
        Assert.Equal("Duplicate 2", Decide("r1", "first", sourceRevision: 1));
        Assert.Equal("Superseding 3", Decide("r1", "third", sourceRevision: 3));
    }

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(1, 3, 2)]
    [InlineData(2, 1, 3)]
    [InlineData(2, 3, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(3, 2, 1)]
    public void The_highest_source_revision_has_the_highest_revision_in_any_order_of_arrival(int first, int second, int third)
    {
        var landed = new Dictionary<int, int>();
        foreach (var version in (int[])[first, second, third])
        {
            var verdict = _decision.Decide(new Candidate(Id("r1"), Id($"{version}"), version, Id128.None, "S001", Day), out var revision);
            if (verdict is Verdict.Accepted or Verdict.Superseding)
            {
                landed.Add(version, revision);
            }
        }

        Assert.Equal(3, landed.MaxBy(pair => pair.Value).Key);
    }

    private string Decide(string receipt, string content, long sourceRevision = 0)
    {
        var verdict = _decision.Decide(new Candidate(Id(receipt), Id(content), sourceRevision, Id128.None, "S001", Day), out var revision);
        return $"{verdict} {revision}";
    }

    private static Id128 Id(string name) => Id128.FromParts(name);
}
