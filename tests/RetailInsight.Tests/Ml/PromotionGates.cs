using RetailInsight.Ml.Registry;

namespace RetailInsight.Tests.Ml;

public sealed class PromotionGates
{
    private static readonly PromotionGate Gate = new("wape", 0.01, [new("bias", -0.02, 0.02), new("coverage_80", 0.75, 0.85)], TimeSpan.FromDays(7), 3);

    [Fact]
    public void What_saves_enough_within_its_limits_passes() => Assert.Empty(Gate.Judge(Evidence(0.0989, 0.10)));

    [Theory]
    [InlineData(0.0991, 0.0, 0.8, "worse")]
    [InlineData(0.12, 0.0, 0.8, "worse")]
    [InlineData(0.09, 0.021, 0.8, "outside_limit")]
    [InlineData(0.09, -0.021, 0.8, "outside_limit")]
    [InlineData(0.09, 0.0, 0.86, "outside_limit")]
    [InlineData(0.12, 0.03, 0.7, "worse", "outside_limit", "outside_limit")]
    public void Every_reason_against_it_is_said(double wape, double bias, double coverage, params string[] codes) =>
        Assert.Equal(codes, Gate.Judge(Evidence(wape, 0.10, bias, coverage)).Select(refusal => refusal.Code));

    [Theory]
    [InlineData(6.9, 2, false)]
    [InlineData(7, 0, true)]
    [InlineData(0, 3, true)]
    public void Time_or_evaluations_in_the_shadow_are_enough(double days, int evaluations, bool passes) =>
        Assert.Equal(passes, Gate.Judge(Evidence(0.09, 0.10) with { Shadowed = TimeSpan.FromDays(days), Evaluations = evaluations }).Count == 0);

    [Fact]
    public void Without_a_common_data_set_or_the_metric_nothing_is_promoted()
    {
        var evidence = Evidence(0.09, 0.10);
        Assert.Equal("not_compared", Assert.Single(Gate.Judge(evidence with { Champion = null })).Code);
        Assert.Equal("not_compared", Assert.Single(Gate.Judge(evidence with { Challenger = null })).Code);
        Assert.Equal("metric_missing", Assert.Single(Gate.Judge(evidence with { Champion = new Dictionary<string, double>() })).Code);
        Assert.Equal(["metric_missing", "metric_missing", "metric_missing"], Gate.Judge(evidence with { Challenger = new Dictionary<string, double>() }).Select(refusal => refusal.Code));
    }

    [Fact]
    public void The_first_champion_needs_its_limits_and_no_shadow()
    {
        var first = Evidence(0.5, 0) with { Champion = null, HasChampion = false, Shadowed = TimeSpan.Zero, Evaluations = 0 };
        Assert.Empty(Gate.Judge(first));
        Assert.Equal("outside_limit", Assert.Single(Gate.Judge(first with { Challenger = Metrics(0.5, 0.1, 0.8) })).Code);
    }

    private static GateEvidence Evidence(double challenger, double champion, double bias = 0, double coverage = 0.8) =>
        new(Metrics(challenger, bias, coverage), Metrics(champion, 0.3, 0.5), true, TimeSpan.FromDays(30), 30);

    private static Dictionary<string, double> Metrics(double wape, double bias, double coverage) => new() { ["wape"] = wape, ["bias"] = bias, ["coverage_80"] = coverage };
}
