using RetailInsight.Api.Devices;

namespace RetailInsight.Tests.Api.Devices;

public sealed class DeviceMappingTests
{
    private static readonly DateOnly Start = new(2026, 1, 1);

    [Fact]
    public void A_line_that_moves_ends_the_day_before_and_keeps_what_it_is_and_what_follows()
    {
        DeviceLineView[] lines =
        [
            new("a", "S01", Start, Start.AddDays(99), "passage", true, "north"), new("a", "S03", Start.AddDays(100)), new("b", "S01", Start),
        ];
        var moved = DeviceMapping.Move(lines, "a", "S02", Start.AddDays(40))!;
        Assert.Equal(
            [
                new("a", "S01", Start, Start.AddDays(39), "passage", true, "north"), new("b", "S01", Start), new("a", "S02", Start.AddDays(40), Start.AddDays(99), "passage", true),
                new("a", "S03", Start.AddDays(100)),
            ],
            moved);
        Assert.Equal([new("a", "S03", Start.AddDays(100)), new("b", "S01", Start), new("a", "S02", Start, Start.AddDays(99), "passage", true)], DeviceMapping.Move(lines, "a", "S02", Start)!.OrderBy(line => line.Store != "S03").ThenBy(line => line.Line == "a"));
        Assert.Equal(["a S03", "b S01"], DeviceMapping.Move(lines, "a", null, Start)!.Select(line => $"{line.Line} {line.Store}").Order());
        Assert.Null(DeviceMapping.Move(lines, "a", "S02", Start.AddDays(-1)));
        Assert.Null(DeviceMapping.Move(lines, "c", "S02", Start));
    }

    [Fact]
    public void Whatever_moves_are_made_no_line_is_in_two_places_and_other_days_stay_as_they_were()
    {
        var random = new Random(20261125);
        for (var course = 0; course < 300; course++)
        {
            List<DeviceLineView> lines = [new("a", "S0", Start), new("b", "S0", Start.AddDays(10), Start.AddDays(200))];
            for (var step = 0; step < 12; step++)
            {
                var (line, day) = (random.Next(2) == 0 ? "a" : "b", Start.AddDays(random.Next(-5, 220)));
                var store = random.Next(5) == 0 ? null : "S" + random.Next(4);
                var before = lines;
                if (DeviceMapping.Move(lines, line, store, day) is not { } moved)
                {
                    Assert.Null(Place(before, line, day));
                    continue;
                }

                lines = moved;
                Assert.Empty(DeviceMapping.Overlaps(lines.Select(one => (one.Line, one.ValidFrom, one.ValidTo))));
                Assert.Equal(store, Place(lines, line, day)?.Store);
                var ended = Place(before, line, day)!.ValidTo;
                for (var other = Start.AddDays(-6); other < Start.AddDays(230); other = other.AddDays(1))
                {
                    var untouched = other < day || other > ended;
                    Assert.All(["a", "b"], name => Assert.True(
                        !(untouched || name != line) || Place(before, name, other)?.Store == Place(lines, name, other)?.Store, $"{name} at {other:O} after {line} to {store} at {day:O}"));
                }
            }
        }
    }

    [Fact]
    public void Rows_of_a_line_that_share_a_day_are_named_with_the_one_that_should_have_ended()
    {
        (string, DateOnly, DateOnly?)[] rows = [("a", Start.AddDays(9), null), ("b", Start, null), ("a", Start, Start.AddDays(9)), ("b", Start.AddDays(1), Start.AddDays(2))];
        Assert.Equal([(0, 2), (3, 1)], DeviceMapping.Overlaps(rows));
        rows[2] = ("a", Start, Start.AddDays(8));
        Assert.Equal([(3, 1)], DeviceMapping.Overlaps(rows));
    }

    [Fact]
    public void Coverage_of_several_devices_counts_what_is_missing_and_leaves_the_running_day_out()
    {
        static DeviceDayView Day(int at, int? observed, int expected = 600) => new("S01", Start.AddDays(at), expected, observed, observed, null, null, null, []);
        Assert.Equal([0.75m, 0.5m, null, null], DeviceDays.Coverage([Day(4, 10), Day(0, 600), Day(0, 300), Day(1, 600), Day(1, null), Day(2, null), Day(3, 5, 0)], Start.AddDays(4)));
        Assert.Equal(0.4m, DeviceDays.Mean([null, null, 0.8m, null, 0.4m]));
        Assert.Null(DeviceDays.Mean([null]));
    }

    private static DeviceLineView? Place(List<DeviceLineView> lines, string line, DateOnly day) => lines.Find(one => one.Line == line && one.ValidFrom <= day && (one.ValidTo is null || day <= one.ValidTo));
}
