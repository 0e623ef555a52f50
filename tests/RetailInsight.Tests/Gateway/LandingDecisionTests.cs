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
    public void What_landed_before_is_known_in_any_order()
    {
        _decision.Know(Id("r1"), new KnownVersion(Id("b"), 2, "S001", Day));
        _decision.Know(Id("r1"), new KnownVersion(Id("a"), 1, "S001", Day));
        Assert.Equal("Duplicate 1", Decide("r1", "a"));
        Assert.Equal("Superseding 3", Decide("r1", "c"));
    }

    [Fact]
    public void A_revision_touches_the_days_its_earlier_ones_lie_in()
    {
        _decision.Know(Id("r1"), new KnownVersion(Id("a"), 1, "S001", Day));
        _decision.Know(Id("r1"), new KnownVersion(Id("b"), 2, "S002", Day));
        var candidate = new Candidate(Id("r1"), Id("c"), Id128.None, "S002", Day);
        _decision.Decide(candidate, out _);
        Assert.Equal([("S001", Day)], _decision.AlsoTouched(candidate));
    }

    [Fact]
    public void A_void_touches_the_day_of_its_original_also_when_that_is_in_the_same_payload()
    {
        var original = new Candidate(Id("r1"), Id("a"), Id128.None, "S001", Day);
        _decision.Decide(original, out _);
        var taken = new Candidate(Id("v1"), Id("b"), Id("r1"), "S001", Day.AddDays(1));
        _decision.Decide(taken, out _);
        Assert.Equal([("S001", Day)], _decision.AlsoTouched(taken));
        Assert.Empty(_decision.AlsoTouched(original));
    }

    private string Decide(string receipt, string content)
    {
        var verdict = _decision.Decide(new Candidate(Id(receipt), Id(content), Id128.None, "S001", Day), out var revision);
        return $"{verdict} {revision}";
    }

    private static Id128 Id(string name) => Id128.FromParts(name);
}
