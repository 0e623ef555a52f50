using System.Diagnostics;
using System.Globalization;
using RetailInsight.Ml.Forecasting;
using Xunit.Abstractions;

namespace RetailInsight.Tests.Ml.Forecasting;

/// <summary>
/// Forecasts of a hundred real stores, <c>tests/Soak/forecast-accuracy.sh</c>. The data is not part of the repository: RETAILINSIGHT_STORE_DAYS names its
/// folder, and without it nothing is tested. Eight origins tile 2014 back from its last that has 42 days to come; every third of them is a test origin, the
/// other five are those the priors were chosen on.
/// </summary>
public sealed class ForecastsOfRealStores(ITestOutputHelper output)
{
    private const int Horizon = 42;

    private static readonly DateOnly[] Origins = [.. Enumerable.Range(0, 8).Select(back => new DateOnly(2014, 11, 19).AddDays(-Horizon * back)).Order()];

    private static readonly DateOnly[] TestOrigins = [Origins[1], Origins[4], Origins[7]];

    /// <summary>The log-additive row of the domain research: nine shrunk effects, no trend.</summary>
    private static readonly LogAdditiveOptions Plain = new(
        [
            new("store", Effect.Level, 2, DayTraits.None, facts => new(facts.Day.Store, 0)),
            new("store by weekday", "", 6, DayTraits.None, facts => new(facts.Day.Store, facts.Weekday)),
            new("store by promotion", "", 10, DayTraits.Promotion, facts => new(facts.Day.Store, facts.Promotion)),
            new("promotion by weekday", "", 10, DayTraits.Promotion, facts => new("", (facts.Promotion * 7) + facts.Weekday)),
            new("month", "", 60, DayTraits.None, facts => new("", facts.Month)),
            new("day of the month", "", 60, DayTraits.None, facts => new("", facts.DayOfMonth)),
            new("school holiday", "", 20, DayTraits.SchoolHoliday, facts => new("", facts.SchoolHoliday)),
            new("public holiday", "", 5, DayTraits.PublicHoliday, facts => new("", facts.PublicHoliday)),
            new("type by month by Sunday", "", 60, DayTraits.None, facts => new(facts.Day.Group, (facts.Month * 2) + facts.Sunday)),
        ],
        HalfLife: 270,
        TrendSpread: 0,
        RecentHalfLife: 0);

    private static readonly (string Name, RollingOrigin.Method Method)[] Methods =
    [
        ("same weekday last year", SeasonalNaive.SameWeekdayLastYear),
        ("last same weekday", SeasonalNaive.LastSameWeekday),
        ("plain log-additive", RollingOrigin.LogAdditive(Plain)),
        ("champion", RollingOrigin.Champion),
    ];

    [Fact]
    public void Sales_are_forecast_better_than_last_year_and_the_plain_model_without_bias_and_with_intervals_that_hold()
    {
        if (Read("Sales") is not { } days)
        {
            return;
        }

        var scores = Score(days);
        var (three, eight) = (Of(scores, TestOrigins), Of(scores, Origins));
        foreach (var accuracies in new[] { three, eight })
        {
            foreach (var other in new[] { "same weekday last year", "plain log-additive" })
            {
                Assert.True(accuracies["champion"].Rmspe < accuracies[other].Rmspe && accuracies["champion"].Wape < accuracies[other].Wape, other);
            }

            Assert.InRange(accuracies["champion"].Bias, -0.02, 0.02);
        }

        Assert.InRange(three["champion"].Coverage, 0.75, 0.85);
    }

    [Fact]
    public void Visitors_are_forecast_better_than_last_year()
    {
        if (Read("Customers") is not { } days)
        {
            return;
        }

        var accuracies = Of(Score(days), Origins);
        Assert.True(accuracies["champion"].SkillAgainst(accuracies["same weekday last year"]) > 0.3);
    }

    [Fact]
    public void Totals_of_a_month_lie_where_their_distribution_puts_them()
    {
        if (Read("Sales") is not { } days)
        {
            return;
        }

        output.WriteLine("| totals from origin | stores | within 10-90 % | at or above the median |\n|---|---|---|---|");
        var ranks = Origins.ToDictionary(origin => origin, origin => Ranks(days, origin));
        foreach (var (origin, shares) in ranks)
        {
            output.WriteLine(Row(origin.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), shares));
        }

        var all = ranks.Values.SelectMany(shares => shares).ToList();
        output.WriteLine(Row("all eight", all));
        Assert.InRange(all.Average(rank => rank is > 0.1 and < 0.9 ? 1.0 : 0), 0.7, 0.9);

        static string Row(string name, List<double> shares) => string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {shares.Count} | {shares.Average(rank => rank is > 0.1 and < 0.9 ? 100.0 : 0):0.0} % | {shares.Average(rank => rank >= 0.5 ? 100.0 : 0):0.0} % |");
    }

    [Fact]
    public void Four_hundred_stores_of_two_years_are_fitted_in_seconds()
    {
        if (Read("Sales") is not { } days)
        {
            return;
        }

        var many = Enumerable.Range(0, 4).SelectMany(copy => days.Select(day => day with { Day = day.Day with { Store = $"{day.Day.Store}-{copy}" } })).ToList();
        var watch = Stopwatch.StartNew();
        var forecaster = StoreForecaster.Fit(many, []);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{forecaster.Model.Stores.Count} stores, {many.Count} days: fitted and calibrated in {watch.Elapsed.TotalSeconds:0.0} s, a document of {ForecastDocument.Write(forecaster).Length} bytes"));
    }

    private static List<double> Ranks(List<SalesDay> days, DateOnly origin)
    {
        StoreForecaster? forecaster = null;
        var scored = RollingOrigin.Run(days, [origin], 31, (past, upcoming) =>
        {
            forecaster = StoreForecaster.Fit(past, upcoming);
            return forecaster.Forecast(upcoming, past.Where(day => day.Day.Date > origin.AddDays(-7)).Select(day => day.Day));
        });
        return [.. scored.GroupBy(day => day.Forecast.Day.Store).Select(store =>
        {
            var error = Math.Log(store.Sum(day => day.Actual) / store.Sum(day => day.Forecast.Expected));
            return forecaster!.TotalErrors(store.Key, 31).Average(one => one < error ? 1.0 : 0);
        })];
    }

    private static Dictionary<string, ForecastAccuracy> Of(Dictionary<string, IReadOnlyList<ScoredDay>> scores, DateOnly[] origins) =>
        scores.ToDictionary(score => score.Key, score => ForecastAccuracy.Of([.. score.Value.Where(day => origins.Contains(day.Origin))]));

    internal static List<SalesDay>? Read(string column)
    {
        if (Environment.GetEnvironmentVariable("RETAILINSIGHT_STORE_DAYS") is not { } folder)
        {
            return null;
        }

        var types = Rows(Path.Combine(folder, "stores.csv")).ToDictionary(row => row["Store"], row => row["StoreType"]);
        return [.. Rows(Path.Combine(folder, "store_days.csv")).Select(row => new SalesDay(
            new OpenDay(
                row["Store"],
                types[row["Store"]],
                DateOnly.ParseExact(row["Date"], "yyyy-MM-dd", CultureInfo.InvariantCulture),
                (row["Promo"] == "1" ? DayTraits.Promotion : 0) | (row["StateHoliday"] == "0" ? 0 : DayTraits.PublicHoliday) | (row["SchoolHoliday"] == "1" ? DayTraits.SchoolHoliday : 0)),
            double.Parse(row[column], CultureInfo.InvariantCulture))).Where(day => day.Amount > 0)];

        static IEnumerable<Dictionary<string, string>> Rows(string file)
        {
            var lines = File.ReadLines(file).Select(line => line.Split(',')).ToList();
            return lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(cell => cell.First, cell => cell.Second));
        }
    }

    private Dictionary<string, IReadOnlyList<ScoredDay>> Score(List<SalesDay> days)
    {
        var scores = Methods.ToDictionary(method => method.Name, method => RollingOrigin.Run(days, Origins, Horizon, method.Method));
        output.WriteLine("| origins | method | RMSPE | WAPE | MAPE | bias | pinball 0.1 | 0.5 | 0.9 | 80 % interval | total of 42 days | skill |\n|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var origins in Origins.Select(origin => new[] { origin }).Append(TestOrigins).Append(Origins))
        {
            var name = origins.Length == 1 ? origins[0].ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + (TestOrigins.Contains(origins[0]) ? " (test)" : "") : $"all {origins.Length}";
            var accuracies = Of(scores, origins);
            foreach (var (method, one) in accuracies)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {method} | {one.Rmspe:0.0000} | {one.Wape:0.0000} | {one.Mape:0.0000} | {one.Bias * 100:+0.0;-0.0} % | {one.PinballLow:0.0000} | {one.PinballMedian:0.0000} | {one.PinballHigh:0.0000} | {one.Coverage * 100:0.0} % | {one.TotalMape * 100:0.0} % | {one.SkillAgainst(accuracies["same weekday last year"]):0.00} |"));
            }
        }

        return scores;
    }
}
