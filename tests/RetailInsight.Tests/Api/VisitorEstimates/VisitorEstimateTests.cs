using RetailInsight.Api.Devices;
using RetailInsight.Api.VisitorEstimates;
using Xunit;

namespace RetailInsight.Tests.Api.VisitorEstimates;

/// <summary>Customers as far as can be told: by hand, and what holds of every company.</summary>
public sealed class VisitorEstimateTests
{
    private static readonly DateOnly Day = new(2026, 11, 20);

    // 100 by hand for 80 of the device: factor 1.25 ± 1.25 × 1.96 × √(1/100 + 1/80) = 0.3675.
    private static readonly DeviceCalibrationView Quarter = new("door", Day.AddDays(-30), 100, 80);

    [Fact]
    public void Nothing_counted_is_not_nobody() => Assert.Null(VisitorEstimate.Of([], [Rule(40, 30, 60)]));

    [Fact]
    public void Without_rule_and_calibration_it_is_the_count_and_says_no_more()
    {
        var one = VisitorEstimate.Of([Count(120), Count(30, device: "d2")], [])!;
        Assert.Equal(new VisitorEstimate(150, 150, 150, 150, 0, 0, 0, 1, 0), one);
        Assert.False(one.SaysMore);
    }

    [Fact]
    public void A_rule_takes_off_its_number_with_its_range_instead_of_what_devices_say()
    {
        // Half the range of 30 people: 40 ± 15 off 500, and the 9 of the device are those of the rule.
        Assert.Equal(new VisitorEstimate(500, 460, 445, 475, 0, 40, 0, 1, 1), VisitorEstimate.Of([Count(300, staff: 9), Count(200)], [Rule(40, 25, 55)]));
        Assert.Equal(40, VisitorEstimate.Of([Count(300), Count(200, date: Day.AddDays(1))], [Rule(40, 25, 55) with { ValidTo = Day }])!.StaffByRule);
        Assert.Equal(80, VisitorEstimate.Of([Count(300), Count(200, date: Day.AddDays(1))], [Rule(40, 25, 55)])!.StaffByRule);
        Assert.Equal(0, VisitorEstimate.Of([Count(300)], [Rule(40, 25, 55) with { Store = "S02" }])!.StaffByRule);
    }

    [Fact]
    public void Staff_by_devices_goes_off_with_the_chance_of_a_count()
    {
        // 1.96 × √16 = 7.84 either way.
        Assert.Equal(new VisitorEstimate(100, 84, 76, 92, 16, 0, 0, 1, 1), VisitorEstimate.Of([Count(100, staff: 16)], []));
    }

    [Fact]
    public void A_calibration_gives_its_factor_and_its_doubt_is_the_same_on_all_days()
    {
        var one = VisitorEstimate.Of([Count(80, calibration: Quarter)], [])!;
        Assert.Equal((100, 70, 130, 1m), (one.Customers, one.AtLeast, one.AtMost, one.CalibratedShare));
        var ten = VisitorEstimate.Of([.. Enumerable.Range(0, 10).Select(day => Count(80, date: Day.AddDays(day), calibration: Quarter))], [])!;
        Assert.Equal((1_000, 706, 1_294), (ten.Customers, ten.AtLeast, ten.AtMost));

        // Two doors that were counted by hand each have doubts of their own: √2 of one, not twice.
        var two = VisitorEstimate.Of([Count(80, calibration: Quarter), Count(80, device: "d2", calibration: Quarter)], [])!;
        Assert.Equal((200, 158, 242), (two.Customers, two.AtLeast, two.AtMost));
        Assert.Equal(0.5m, VisitorEstimate.Of([Count(80, calibration: Quarter), Count(80, device: "d2")], [])!.CalibratedShare);
    }

    [Fact]
    public void It_never_falls_below_nobody()
    {
        Assert.Equal(new VisitorEstimate(10, 0, 0, 5, 0, 40, 0, 1, 1), VisitorEstimate.Of([Count(10)], [Rule(40, 5, 75)]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_estimate_lies_in_its_range_and_the_count_is_what_was_counted(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 500; run++)
        {
            var days = Enumerable.Range(0, random.Next(1, 20)).Select(_ => Count(
                random.Next(0, 2_000), random.Next(0, 50), Day.AddDays(random.Next(5)), "d" + random.Next(3),
                random.Next(2) == 0 ? null : new DeviceCalibrationView("door", Day.AddDays(-random.Next(1, 3)), random.Next(1, 500), random.Next(1, 500)))).ToList();
            StaffEntryRule[] rules = random.Next(2) == 0 ? [] : [Rule(random.Next(30, 60), random.Next(0, 30), random.Next(60, 90)) with { ValidFrom = Day.AddDays(random.Next(4)) }];
            var one = VisitorEstimate.Of(days, rules)!;
            Assert.True(0 <= one.AtLeast && one.AtLeast <= one.Customers && one.Customers <= one.AtMost, one.ToString());
            Assert.Equal(days.Sum(day => day.Entered), one.Counted);
            Assert.InRange(one.CalibratedShare, 0, 1);
        }
    }

    [Fact]
    public void Rules_that_overlap_or_contradict_themselves_are_refused_by_row()
    {
        var faults = StaffEntryRule.Faults([new(Day, 40, 30, 55), new(Day.AddDays(3), 40, 41, 55), new(Day, 1, 0, 2, Day.AddDays(-1)), new(Day.AddYears(1), 1, 0, 100_001)]);
        Assert.Equal(
            ["rules[1].per_day", "rules[2].valid_from", "rules[2].valid_to", "rules[3].per_day", "rules[3].valid_from"],
            faults.Select(fault => fault.Parameter).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(StaffEntryRule.Faults([new(Day, 40, 30, 55, Day.AddDays(9)), new(Day.AddDays(10), 0, 0, 0)]));
    }

    private static EntranceDay Count(int entered, int staff = 0, DateOnly? date = null, string device = "d1", DeviceCalibrationView? calibration = null) => new("S01", date ?? Day, entered, staff, device, calibration);

    private static StaffEntryRule Rule(int perDay, int atLeast, int atMost) => new("S01", Day.AddDays(-10), null, perDay, atLeast, atMost);
}
