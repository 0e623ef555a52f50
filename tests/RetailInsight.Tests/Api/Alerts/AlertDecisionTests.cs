using RetailInsight.Api.Alerts;
using RetailInsight.Api.Annotations;
using RetailInsight.Api.Health;
using RetailInsight.Api.Pages;

namespace RetailInsight.Tests.Api.Alerts;

public sealed class AlertDecisionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 14, 12, 0, 0, TimeSpan.FromHours(9));

    /// <summary>Direction, against, threshold; figure, reference; verdict with whole data.</summary>
    public static TheoryData<string, string, double, double?, double?, string> Whole => new()
    {
        { "below", "value", 100, 99.99, null, "Fires" },
        { "below", "value", 100, 100, null, "Neutral" },
        { "below", "value", 100, 101.99, null, "Neutral" },
        { "below", "value", 100, 102, null, "Quiet" },
        { "above", "value", 100, 100.01, null, "Fires" },
        { "above", "value", 100, 98.01, null, "Neutral" },
        { "above", "value", 100, 98, null, "Quiet" },
        { "below", "value", 0, -1, null, "Fires" },
        { "below", "value", 0, 0, null, "Quiet" },
        { "below", "value", -100, -101, null, "Fires" },
        { "below", "value", -100, -99, null, "Neutral" },
        { "below", "weekday", 20, 79.9, 100d, "Fires" },
        { "below", "weekday", 20, 80, 100d, "Neutral" },
        { "below", "weekday", 20, 80.99, 100d, "Neutral" },
        { "below", "weekday", 20, 81, 100d, "Quiet" },
        { "below", "weekday", 20, 130, 100d, "Quiet" },
        { "above", "expected", 20, 120.1, 100d, "Fires" },
        { "above", "expected", 20, 119.5, 100d, "Neutral" },
        { "above", "expected", 20, 119, 100d, "Quiet" },
        { "below", "target", 1, 98.9, 100d, "Fires" },
        { "below", "target", 1, 99.2, 100d, "Neutral" },
        { "below", "target", 1, 99.5, 100d, "Quiet" },
        { "below", "weekday", 20, 50, null, "Undecided" },
        { "below", "weekday", 20, 50, 0d, "Undecided" },
        { "below", "weekday", 20, 50, -10d, "Undecided" },
        { "below", "weekday", 20, null, 100d, "Undecided" },
        { "below", "weekday", 20, 0, 100d, "Fires" },
    };

    [Theory]
    [MemberData(nameof(Whole))]
    public void Whole_data_is_held_to_the_threshold_and_its_neutral_band(string direction, string against, double threshold, double? figure, double? reference, string verdict)
    {
        var test = Test(direction, against, (decimal)threshold);
        var reading = new AlertReading((decimal?)figure, (decimal?)reference, "JPY", DataGap.None);
        Assert.Equal(verdict, AlertDecision.Of(test, reading).ToString());
    }

    [Fact]
    public void What_would_fire_on_incomplete_data_is_held_and_what_would_not_stays_quiet()
    {
        var test = Test("below", "weekday", 20);
        foreach (var gap in new[] { DataGap.Registers, DataGap.Coverage, DataGap.ComparedDay, DataGap.NotArrived, DataGap.NoData })
        {
            Assert.Equal(AlertVerdict.Held, AlertDecision.Of(test, new AlertReading(50, 100, "JPY", gap)));
            Assert.Equal(AlertVerdict.Quiet, AlertDecision.Of(test, new AlertReading(95, 100, "JPY", gap)));
        }

        // Nothing arrived at all: a low figure would be no surprise, a high one cannot be.
        Assert.Equal(AlertVerdict.Held, AlertDecision.Of(test, new AlertReading(null, 100, null, DataGap.NoData)));
        Assert.Equal(AlertVerdict.Undecided, AlertDecision.Of(test with { Direction = "above" }, new AlertReading(null, 100, null, DataGap.NoData)));
    }

    [Fact]
    public void The_data_is_complete_when_registers_counters_and_the_compared_day_are()
    {
        var test = Test("below", "weekday", 20);
        Assert.Equal(DataGap.None, AlertDecision.GapOf(test, Day(2, 2), Day(2, 2), null));
        Assert.Equal(DataGap.Registers, AlertDecision.GapOf(test, null, Day(2, 2), null));
        Assert.Equal(DataGap.Registers, AlertDecision.GapOf(test, Day(2, 1), Day(2, 2), null));
        Assert.Equal(DataGap.Registers, AlertDecision.GapOf(test, Day(2, 2) with { MissingNumbers = 3 }, Day(2, 2), null));
        Assert.Equal(DataGap.NoData, AlertDecision.GapOf(test, Day(2, 0) with { Receipts = 0 }, Day(2, 2), null));
        Assert.Equal(DataGap.ComparedDay, AlertDecision.GapOf(test, Day(2, 2), Day(2, 1), null));
        Assert.Equal(DataGap.ComparedDay, AlertDecision.GapOf(test, Day(2, 2), null, null));
        Assert.Equal(DataGap.None, AlertDecision.GapOf(test with { Against = "value" }, Day(2, 2), null, null));

        // Until noon: something must have come since, or noon may not be over for the registers.
        Assert.Equal(DataGap.NotArrived, AlertDecision.GapOf(test, Day(2, 2) with { LastReceivedAt = Noon.AddMinutes(-1) }, Day(2, 2), Noon));
        Assert.Equal(DataGap.None, AlertDecision.GapOf(test, Day(2, 2) with { LastReceivedAt = Noon }, Day(2, 2), Noon));

        var counted = test with { Metric = "conversion", MinimumCoverage = 90, RegistersComplete = false };
        Assert.Equal(DataGap.None, AlertDecision.GapOf(counted, Day(2, 1) with { ObservedMinutes = 90, ExpectedMinutes = 100 }, Day(2, 2) with { ObservedMinutes = 100, ExpectedMinutes = 100 }, null));
        Assert.Equal(DataGap.Coverage, AlertDecision.GapOf(counted, Day(2, 1) with { ObservedMinutes = 89, ExpectedMinutes = 100 }, Day(2, 2), null));
        Assert.Equal(DataGap.None, AlertDecision.GapOf(test with { RegistersComplete = false }, null, null, null));
    }

    /// <summary>State before, verdict, step.</summary>
    public static TheoryData<string?, string, string> Life => new()
    {
        { null, "Quiet", "Stay" }, { null, "Neutral", "Stay" }, { null, "Undecided", "Stay" }, { null, "Held", "Hold" }, { null, "Fires", "Open" },
        { "held", "Held", "Stay" }, { "held", "Undecided", "Stay" }, { "held", "Fires", "Open" }, { "held", "Quiet", "Close" }, { "held", "Neutral", "Close" },
        { "open", "Fires", "Stay" }, { "open", "Held", "Stay" }, { "open", "Neutral", "Stay" }, { "open", "Undecided", "Stay" }, { "open", "Quiet", "Close" },
        { "acknowledged", "Fires", "Stay" }, { "acknowledged", "Neutral", "Stay" }, { "acknowledged", "Quiet", "Close" },
        { "closed", "Quiet", "Stay" }, { "closed", "Held", "Stay" }, { "closed", "Neutral", "Stay" }, { "closed", "Fires", "Open" },
    };

    [Theory]
    [MemberData(nameof(Life))]
    public void An_incident_lives_by_its_verdicts(string? state, string verdict, string step) =>
        Assert.Equal(step, IncidentLife.Next(state, 1, Enum.Parse<AlertVerdict>(verdict)).ToString());

    [Fact]
    public void A_figure_that_goes_to_and_fro_tells_three_times_and_no_more() =>
        Assert.Equal([IncidentStep.Open, IncidentStep.Open, IncidentStep.Stay], Enumerable.Range(1, 3).Select(episode => IncidentLife.Next("closed", episode, AlertVerdict.Fires)));

    [Fact]
    public void Every_rule_can_be_said_in_both_languages()
    {
        Assert.True(AlertTest.Metrics.Count > 20);
        Assert.DoesNotContain(AlertTest.Metrics, metric => metric.Id is "tender_receipts" or "containing_receipts");
        foreach (var words in new[] { Wording.Japanese, Wording.English })
        {
            foreach (var metric in AlertTest.Metrics)
            {
                foreach (var against in AlertTest.References)
                {
                    var said = new AlertText(words, "JPY").Sentence(Test("below", against, 20) with { Metric = metric.Id, UntilHour = against == "expected" ? 15 : null, MinimumCoverage = 90 });
                    Assert.Contains(metric.Name.In(words.Language), said, StringComparison.Ordinal);
                    Assert.DoesNotContain("{", said, StringComparison.Ordinal);
                }
            }
        }

        Assert.Equal(
            "Net sales of the day more than 20% below the same weekday of the week before; only when all registers reported", new AlertText(Wording.English, "JPY").Sentence(Test("below", "weekday", 20)));
    }

    [Fact]
    public void An_annotation_is_about_its_hours_alone()
    {
        var (first, last) = (new DateOnly(2026, 11, 13), new DateOnly(2026, 11, 14));
        var night = new Annotation(default, "event", "", "chain", null, "me", first, last, 20, 2);
        Assert.False(night.IsIn(first, 19));
        Assert.True(night.IsIn(first, 20));
        Assert.True(night.IsIn(last, 1));
        Assert.False(night.IsIn(last, 2));
        Assert.True((night with { FromHour = null, ToHour = null }).IsIn(last, 23));
        Assert.False(night.IsIn(last.AddDays(1), 1));
    }

    private static AlertTest Test(string direction, string against, decimal threshold) => new("net_sales", direction, against, threshold, null, true, null);

    private static HealthDay Day(int expected, int reported) => new("S01", new DateOnly(2026, 11, 14), expected, reported, 50, Noon, Noon, 0, 0, 100, 100);
}
