using RetailInsight.Core.Canon;
using RetailInsight.Ml.Forecasting;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Tests.Ml.Targets;

/// <summary>A target that was set as if the month were to come, and what became of it.</summary>
/// <param name="Month">First day.</param>
/// <param name="AsOf">Day of the month on which the odds were told: 1, 11 or 21.</param>
/// <param name="Probability">The odds.</param>
/// <param name="IsHit">Whether the month reached it.</param>
/// <param name="Target">The target itself.</param>
/// <param name="Sum">Of its days.</param>
internal sealed record BacktestedTarget(DateOnly Month, int AsOf, double Probability, bool IsHit, MonthTarget Target, Money Sum);

/// <summary>Sets the targets of the months of 2014, each by the product's forecast and potential from the days before it only.</summary>
internal sealed class TargetBacktest(IReadOnlyList<TradingStore> stores)
{
    private const int PeersEach = 10;
    private const int Quarter = 91;
    private const int Year = 364;

    private static readonly int[] AsOf = [1, 11, 21];

    private readonly Dictionary<(DateOnly Month, int AsOf), List<Foretold>> _foretold = [];

    /// <summary>Every store and month of 2014 under a policy.</summary>
    public IEnumerable<BacktestedTarget> Run(TargetPolicy policy)
    {
        for (var month = new DateOnly(2014, 1, 1); month.Year == 2014; month = month.AddMonths(1))
        {
            var lifts = Lifts(month).ToDictionary(potential => potential.Store, potential => potential.Lift);
            var whole = Foretell(month, 1);
            var targets = MonthTarget.Propose(
                [.. whole.Select(store => new StoreMonth(store.Store, store.Days, store.Errors, lifts.GetValueOrDefault(store.Store)))], "EUR", policy, null);
            foreach (var asOf in AsOf)
            {
                var rests = Foretell(month, asOf).ToDictionary(store => store.Store);
                foreach (var (target, store) in targets.Zip(whole).Where(pair => rests.ContainsKey(pair.Second.Store)))
                {
                    var rest = rests[store.Store];
                    yield return new(
                        month, asOf, MonthTarget.ProbabilityOf(target.Amount, (decimal)(store.Actual - rest.Actual), rest.Expected, rest.Errors),
                        store.Actual >= (double)Money.ToDecimal(target.Amount.Micros), target,
                        new Money(DayShares.Of(target.Amount, store.Days).Sum(day => day.Amount.Micros), "EUR"));
                }
            }
        }
    }

    /// <summary>Potential in the basket at the start of a month: the latest thirteen weeks and those a year before.</summary>
    public IReadOnlyList<Potential> Lifts(DateOnly month)
    {
        var seen = stores.Select(store => (store, Now: Basket(store, month), Before: Basket(store, month.AddDays(-Year)))).Where(store => store.Now is not null).ToList();
        var scaled = Scaled([.. seen.Select(store => store.Now!.Structure)]);
        return PotentialEstimate.Of(
        [
            .. seen.Select((store, i) => new StoreKpi(store.store.Store, "all", store.Now!, store.Before,
            [
                .. Enumerable.Range(0, seen.Count).Where(other => other != i).OrderBy(other => scaled[other].Zip(scaled[i], (a, b) => (a - b) * (a - b)).Sum())
                    .Take(PeersEach).Select(other => seen[other].store.Store),
            ])),
        ]);
    }

    // The days of a month from one of them on, as the forecast of the day before expects them.
    private List<Foretold> Foretell(DateOnly month, int asOf)
    {
        if (_foretold.TryGetValue((month, asOf), out var known))
        {
            return known;
        }

        var (origin, end) = (month.AddDays(asOf - 1), month.AddMonths(1));
        var past = stores.SelectMany(store => store.Days.Where(day => day.Day < origin && day.Sales > 0).Select(day => new SalesDay(Open(store, day), day.Sales))).ToList();
        var upcoming = stores.SelectMany(store => store.Days.Where(day => day.Day >= origin && day.Day < end.AddDays(7) && day.IsOpen).Select(day => Open(store, day))).ToList();
        var forecaster = StoreForecaster.Fit(past, upcoming);
        var expected = forecaster.Forecast(upcoming, past.Where(day => day.Day.Date > origin.AddDays(-8)).Select(day => day.Day))
            .ToDictionary(day => (day.Day.Store, day.Day.Date), day => day.Expected);
        return _foretold[(month, asOf)] =
        [
            .. from store in stores
               where !forecaster.IsUnsure(store.Store)
               let days = store.Days.Where(day => day.Day >= origin && day.Day < end).ToList()
               where days.Count == end.DayNumber - origin.DayNumber && days.Any(day => day.IsOpen)
               select new Foretold(
                   store.Store, [.. days.Select(day => new ExpectedDay(day.Day, day.IsOpen, expected.GetValueOrDefault((store.Store, day.Day))))], days.Sum(day => day.Sales),
                   new TotalErrors(forecaster.TotalErrors(store.Store, days.Count))),
        ];
    }

    private static OpenDay Open(TradingStore store, TradingDay day) => new(store.Store, store.Kind, day.Day, day.Traits);

    private static KpiPeriod? Basket(TradingStore store, DateOnly end)
    {
        var weeks = store.Days.Where(day => day.Day < end && day.Day >= end.AddDays(-Quarter) && day.Customers > 0).GroupBy(day => (end.DayNumber - 1 - day.Day.DayNumber) / 7)
            .Select(week => new RatioWeek(week.Sum(day => day.Sales), week.Sum(day => day.Customers))).ToList();
        return weeks.Count < Quarter / 7 ? null : new(Measurement.OfRatio(weeks), [Math.Log(weeks.Sum(week => week.Denominator)), .. store.Traits]);
    }

    private static double[][] Scaled(double[][] rows)
    {
        var columns = rows[0].Select((_, column) =>
        {
            var values = rows.Select(row => row[column]).Where(value => !double.IsNaN(value)).ToList();
            var mean = values.Average();
            return (Mean: mean, Deviation: Math.Max(Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), 1e-9));
        }).ToList();
        return [.. rows.Select(row => row.Select((value, column) => double.IsNaN(value) ? 0 : (value - columns[column].Mean) / columns[column].Deviation).ToArray())];
    }

    private sealed record Foretold(string Store, ExpectedDay[] Days, double Actual, TotalErrors Errors)
    {
        public double Expected => Days.Sum(day => day.Amount);
    }
}
