using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Staff;
using RetailInsight.Api.VisitorEstimates;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Traffic;

/// <summary>One hour of one weekday over some weeks; only hours whose counters delivered at least nine tenths of their minutes count.</summary>
/// <param name="Days">How many such hours there were.</param>
/// <param name="Figures">Their sum; null where there were none.</param>
internal sealed record TrafficCell(int Days, Figures? Figures)
{
    /// <summary>Mean visitors of the hour; null where none was counted.</summary>
    public decimal? Visitors => Figures?.Visitors is { } visitors ? (decimal)visitors / Days : null;

    /// <summary>Mean staff hours planned, of the hours somebody planned for; null where nobody did.</summary>
    public decimal? Planned { get; init; }

    /// <summary>Mean staff hours worked, of the hours somebody worked; null where nobody said.</summary>
    public decimal? Worked { get; init; }

    /// <summary>Mean visitors for each hour somebody worked; null where one of the two is not known.</summary>
    public decimal? VisitorsPerStaffHour => Worked is > 0 and { } worked ? Visitors / worked : null;

    /// <summary>Receipts per visitor; null where nobody was counted.</summary>
    public decimal? Conversion => Figures?.Conversion;
}

/// <summary>
/// An hour with many visitors of whom few buy. <paramref name="Potential"/>: net sales an hour would bring more, in currency units, if as
/// many of its visitors bought as on the whole.
/// </summary>
internal sealed record TrafficChance(DayOfWeek Weekday, int Hour, TrafficCell Cell, decimal Potential);

/// <summary>What the page of traffic shows.</summary>
/// <param name="From">First date.</param>
/// <param name="To">Last date.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="FirstHour">Of opening.</param>
/// <param name="LastHour">Of opening, included.</param>
/// <param name="Cells">By weekday and hour.</param>
/// <param name="Whole">Everything that was counted; null where nothing was.</param>
/// <param name="SilentHours">Opening hours with counters expected that delivered too little to count.</param>
/// <param name="Last">The last day, and whether it is left out because it runs.</param>
/// <param name="Completeness">What has arrived.</param>
internal sealed record TrafficModel(
    DateOnly From, DateOnly To, string Currency, int FirstHour, int LastHour, IReadOnlyDictionary<(DayOfWeek Weekday, int Hour), TrafficCell> Cells, Figures? Whole, int SilentHours, LastDay Last, Completeness Completeness)
{
    /// <summary>Customers of all days as far as can be told; null where nothing was counted.</summary>
    public VisitorEstimate? Estimate { get; init; }

    /// <summary>The same by day, the oldest first; a day nobody counted is left out.</summary>
    public IReadOnlyList<(DateOnly Date, VisitorEstimate Estimate)> EstimatedDays { get; init; } = [];

    /// <summary>How many days are looked at.</summary>
    public const int Days = 28;

    private const int FewestDays = 2;
    private const int MostChances = 3;
    private const decimal Below = 0.9m;

    /// <summary>The hours worth looking at first, the largest chance first: a quarter of the hours with most visitors, of whom fewer than nine tenths of the usual share buy.</summary>
    public IReadOnlyList<TrafficChance> Chances
    {
        get
        {
            if (Whole is not { Conversion: { } usual, BasketValue: { } basket })
            {
                return [];
            }

            var counted = Cells.Where(cell => cell.Value.Days >= FewestDays && cell.Value.Visitors is > 0).ToList();
            var busy = counted.OrderByDescending(cell => cell.Value.Visitors).Take((counted.Count + 3) / 4);
            return [.. busy.Where(cell => cell.Value.Conversion < usual * Below)
                .Select(cell => new TrafficChance(cell.Key.Weekday, cell.Key.Hour, cell.Value, cell.Value.Visitors!.Value * (usual - cell.Value.Conversion!.Value) * basket))
                .Where(chance => chance.Potential > 0).OrderByDescending(chance => chance.Potential).Take(MostChances)];
        }
    }

    /// <summary>Reads the page: four weeks up to the date, or to the latest whole one with figures.</summary>
    public static async Task<TrafficModel> ReadAsync(PageRequest request, DateOnly today, CancellationToken cancellationToken)
    {
        var last = await LastDay.ReadAsync(request, request.Codes, today, cancellationToken);
        var to = last.Whole;
        var from = to.AddDays(1 - Days);
        var reported = await request.Read.ReportedDaysAsync(request.Codes, from, to, cancellationToken);
        var currency = request.CurrencyOf(reported);
        var hours = await request.Read.HourTotalsAsync(request.Codes, [.. reported.Select(day => day.Date)], currency, cancellationToken);
        var expected = hours.FindAll(hour => hour.Figures.ExpectedMinutes > 0);
        var counted = expected.FindAll(hour => hour.Figures is { Visitors: not null, IsCounterReliable: true });
        var staff = (await request.Read.StaffTotalsAsync(request.Codes, from, to, cancellationToken)).ToLookup(hour => (hour.Date.DayOfWeek, hour.Hour));
        var entrances = await request.Read.EntranceDaysAsync(request.Codes, from, to, cancellationToken);
        var rules = await request.Read.StaffEntryRulesAsync(request.Codes, cancellationToken);
        return new TrafficModel(
            from, to, currency, request.Shown.Min(store => store.OpensMinute) / 60, (request.Shown.Max(store => store.ClosesMinute) - 1) / 60,
            counted.GroupBy(hour => (hour.Date.DayOfWeek, hour.Hour)).ToDictionary(group => group.Key, group => new TrafficCell(group.Count(), Figures.Sum(group.Select(hour => hour.Figures)))
            {
                Planned = Mean(staff[group.Key].Select(hour => hour.Planned)),
                Worked = Mean(staff[group.Key].Select(hour => hour.Worked)),
            }),
            Figures.Sum(counted.Select(hour => hour.Figures)), expected.Count - counted.Count, last,
            await request.Read.CompletenessAsync(request.Codes, new DateSpan(from, to), null, cancellationToken))
        {
            Estimate = VisitorEstimate.Of(entrances, rules),
            EstimatedDays = [.. entrances.GroupBy(day => day.Date).OrderBy(day => day.Key).Select(day => (day.Key, VisitorEstimate.Of([.. day], rules)!))],
        };
    }

    private static decimal? Mean(IEnumerable<long?> minutes) => minutes.OfType<long>().ToList() is { Count: > 0 } known ? (decimal)known.Sum() / known.Count / 60 : null;
}
