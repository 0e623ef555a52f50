using RetailInsight.Api.Devices;

namespace RetailInsight.Api.VisitorEstimates;

/// <summary>What an entrance line counted of a trading day, inside opening hours.</summary>
/// <param name="Store">Store code.</param>
/// <param name="Date">Trading day.</param>
/// <param name="Entered">Crossings inwards.</param>
/// <param name="Staff">Of them those the device takes for staff.</param>
/// <param name="Device">The device.</param>
/// <param name="Calibration">What counting by hand found of the line, where it holds on that day; null where nothing does.</param>
internal sealed record EntranceDay(string Store, DateOnly Date, int Entered, int Staff, string Device, DeviceCalibrationView? Calibration);

/// <summary>
/// How many customers came, as far as can be told: what was counted, less staff, by what counting by hand found. It stands beside the
/// count and never in its place.
/// </summary>
/// <param name="Counted">As the devices counted: the visitors of every other figure.</param>
/// <param name="Customers">The estimate, whole people.</param>
/// <param name="AtLeast">Lower end of its 95 % interval; meaningless unless <see cref="SaysMore"/>.</param>
/// <param name="AtMost">Upper end, likewise.</param>
/// <param name="StaffByDevices">Whom devices take for staff, on store-days without a rule.</param>
/// <param name="StaffByRule">Entries of staff by the rules of store-days that have one.</param>
/// <param name="CalibratedShare">Which share of the count is of lines that were counted by hand, 0 to 1.</param>
/// <param name="Days">Store-days in it.</param>
/// <param name="StaffDays">Of them those of which something is known of staff; on the others everybody is taken for a customer.</param>
internal sealed record VisitorEstimate(
    long Counted, long Customers, long AtLeast, long AtMost, long StaffByDevices, long StaffByRule, decimal CalibratedShare, int Days, int StaffDays)
{
    private const double Normal95 = 1.96;

    /// <summary>Whether there is anything to tell beside the count.</summary>
    public bool SaysMore => StaffByDevices > 0 || StaffByRule > 0 || CalibratedShare > 0;

    /// <summary>Estimates a store-day, or any number of them together; null where nothing was counted, which is not nobody.</summary>
    /// <remarks>
    /// Customers = Σ (entered − staff by device) × factor − Σ staff by rule; a line without calibration has factor 1, and a rule takes the place of what devices say
    /// on its store-days. The variance is the sum of: for each calibration (what it says of all days × the standard error of its factor)², as the same error is in all
    /// of them; for each store's rules (their ranges added up / 2 / 1.96)², likewise; and for staff by device its number, as of a Poisson count.
    /// </remarks>
    /// <param name="days">What the entrances counted.</param>
    /// <param name="rules">The rules of their stores.</param>
    public static VisitorEstimate? Of(IReadOnlyCollection<EntranceDay> days, IReadOnlyCollection<StaffEntryRule> rules)
    {
        if (days.Count == 0)
        {
            return null;
        }

        var holding = days.Select(day => (day.Store, day.Date)).Distinct()
            .Select(day => (day.Store, day.Date, Rule: rules.FirstOrDefault(rule => rule.Store == day.Store && rule.Holds(day.Date))))
            .Where(day => day.Rule is not null).ToDictionary(day => (day.Store, day.Date), day => day.Rule!);
        int StaffOf(EntranceDay day) => holding.ContainsKey((day.Store, day.Date)) ? 0 : Math.Min(day.Staff, day.Entered);
        var byDevices = days.Sum(day => (long)StaffOf(day));
        var byRule = holding.Values.Sum(rule => (long)rule.PerDay);
        var (customers, variance) = (-(decimal)byRule, (double)byDevices);
        foreach (var alike in days.GroupBy(day => (day.Device, day.Calibration)))
        {
            var people = alike.Sum(day => (long)day.Entered - StaffOf(day));
            var calibration = alike.Key.Calibration;
            customers += calibration is null ? people : (decimal)people * calibration.ByHand / calibration.ByDevice;
            variance += calibration is null ? 0 : Square(people * (double)calibration.Uncertainty / Normal95);
        }

        variance += holding.GroupBy(day => day.Key.Store).Sum(store => Square(store.Sum(day => (double)day.Value.AtMost - day.Value.AtLeast) / 2 / Normal95));
        var half = (decimal)(Normal95 * Math.Sqrt(variance));
        var counted = days.Sum(day => (long)day.Entered);
        var calibrated = days.Where(day => day.Calibration is not null).Sum(day => (long)day.Entered);
        return new(
            counted,
            (long)Math.Max(0, decimal.Round(customers, MidpointRounding.AwayFromZero)),
            (long)Math.Max(0, decimal.Floor(customers - half)),
            (long)Math.Max(0, decimal.Ceiling(customers + half)),
            byDevices,
            byRule,
            counted == 0 ? 0 : decimal.Round((decimal)calibrated / counted, 4, MidpointRounding.AwayFromZero),
            days.Select(day => (day.Store, day.Date)).Distinct().Count(),
            holding.Keys.Union(days.Where(day => day.Staff > 0).Select(day => (day.Store, day.Date))).Count());
    }

    private static double Square(double value) => value * value;
}
