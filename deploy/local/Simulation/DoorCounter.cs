using System.Globalization;

namespace RetailInsight.Local.Simulation;

/// <summary>People seen at one door in a quarter of an hour.</summary>
/// <param name="Door">1-based.</param>
/// <param name="FromMinute">Minutes after local midnight of the business date.</param>
/// <param name="Entered">Inwards.</param>
/// <param name="Left">Outwards.</param>
internal sealed record DoorInterval(int Door, int FromMinute, int Entered, int Left);

/// <summary>Draws the people a store's door counters see: more than buy, some of them before and after opening hours.</summary>
internal static class DoorCounter
{
    public const int IntervalMinutes = 15;

    private const int AroundOpeningMinutes = 60;

    /// <summary>Door by door, in order of time. Empty for a store without counters.</summary>
    /// <param name="store">Where.</param>
    /// <param name="date">Business date.</param>
    /// <param name="receipts">What was sold; visitors follow it.</param>
    /// <param name="seed">Seed of the simulation.</param>
    public static IReadOnlyList<DoorInterval> Generate(SimulatedStore store, DateOnly date, IReadOnlyList<Receipt> receipts, int seed)
    {
        var draw = new Draw(seed, -int.Parse(store.Code.AsSpan(1), CultureInfo.InvariantCulture), date.DayNumber);
        var entered = new Dictionary<(int Door, int From), int>();
        var left = new Dictionary<(int Door, int From), int>();
        var conversion = store.Character.Conversion * (0.92 + (0.14 * draw.Unit()));
        var buyers = receipts.Where(receipt => receipt is { Kind: ReceiptKind.Sale, IsVoided: false }).ToLookup(receipt => receipt.Hour);
        for (var hour = 0; hour < 48 && store.DoorLines > 0; hour++)
        {
            var quarters = store.OpenMinutesIn(hour) / IntervalMinutes;
            var visitors = quarters == 0 ? 0 : (int)(buyers[hour].Count() / conversion) + draw.Below(3);
            var first = Math.Max(hour * 60, store.OpensMinute);
            for (var visitor = 0; visitor < visitors; visitor++)
            {
                var from = first + (draw.Below(quarters) * IntervalMinutes);
                Add(entered, (Door(draw, store), from));
                Add(left, (Door(draw, store), from + (draw.Chance(0.5) ? IntervalMinutes : 0)));
            }
        }

        var intervals = new List<DoorInterval>();
        for (var door = 1; door <= store.DoorLines; door++)
        {
            for (var from = FirstMinute(store); from < LastMinute(store); from += IntervalMinutes)
            {
                var closed = from < store.OpensMinute || from >= store.ClosesMinute;
                var staff = closed && draw.Chance(0.4) ? draw.Between(1, 3) : 0;
                intervals.Add(new DoorInterval(door, from, entered.GetValueOrDefault((door, from)) + staff, left.GetValueOrDefault((door, from))));
            }
        }

        return intervals;
    }

    // An interval never reaches over the cut-over: it would belong to two business days.
    private static int FirstMinute(SimulatedStore store) => Math.Max(store.CutOverMinute, store.OpensMinute - AroundOpeningMinutes);

    private static int LastMinute(SimulatedStore store) => Math.Min(1440 + store.CutOverMinute, store.ClosesMinute + AroundOpeningMinutes);

    private static int Door(Draw draw, SimulatedStore store) => store.DoorLines > 1 && draw.Chance(0.35) ? draw.Between(2, store.DoorLines) : 1;

    private static void Add(Dictionary<(int Door, int From), int> counts, (int Door, int From) key) => counts[key] = counts.GetValueOrDefault(key) + 1;
}
