using System.Text.Json;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml.Features;
using RetailInsight.Ml.Forecasting;
using RetailInsight.Ml.Peers;
using RetailInsight.Ml.Targets;
using RetailInsight.Ml.Training;

namespace RetailInsight.Ml.Outlook;

/// <summary>What is expected of a company's stores and asked of them as of a trading day, ready to be published.</summary>
public sealed class SalesOutlookSet
{
    internal SalesOutlookSet(string tenant, DateOnly asOf) => (Tenant, AsOf) = (tenant, asOf);

    /// <summary>Tenant id.</summary>
    public string Tenant { get; }

    /// <summary>The last trading day looked at.</summary>
    public DateOnly AsOf { get; }

    // What made the forecasts: SHA-256 of the champion, or the name of the recipe before there was one.
    internal IReadOnlyDictionary<ForecastMetric, string> Models { get; init; } = new Dictionary<ForecastMetric, string>();

    internal IReadOnlyList<ForecastRow> Forecasts { get; init; } = [];

    // As JSON, one a forecast; null where none is kept.
    internal IReadOnlyList<string?> Running { get; init; } = [];

    internal IReadOnlyList<PotentialRow> Potentials { get; init; } = [];

    internal IReadOnlyList<PlannedTarget> Targets { get; init; } = [];
}

/// <summary>A row of <c>mart.sales_forecast</c>.</summary>
internal sealed record ForecastRow(DayForecast Forecast, ForecastMetric Metric, string Unit, IReadOnlyList<FactorEffect> Factors);

/// <summary>A row of <c>mart.store_potential</c>.</summary>
/// <param name="Metric">basket_value, items_per_receipt or conversion.</param>
/// <param name="Potential">What was estimated.</param>
/// <param name="Unit">A currency, items or ratio.</param>
internal sealed record PotentialRow(string Metric, Potential Potential, string Unit);

/// <summary>
/// Forecasts of net sales and visitors to the end of next month, the potential of every store, and its targets for this month and the next: keeps
/// <c>mart.sales_forecast</c>, <c>mart.store_potential</c>, <c>mart.month_target</c> and <c>mart.month_target_day</c>.
/// </summary>
public sealed class SalesOutlook
{
    private const int YearBack = 364;

    private static readonly AsOfTable Forecasts = new(
        "mart.sales_forecast", new("store", "text", IsKey: true), new("metric", "text", IsKey: true), new("business_date", "date", IsKey: true), new("expected", "numeric"), new("low", "numeric"),
        new("median", "numeric"), new("high", "numeric"), new("unit", "text"), new("low_confidence", "boolean"), new("factors", "jsonb"), new("model", "text"), new("running", "jsonb"));

    private static readonly AsOfTable Potentials = new(
        "mart.store_potential", new("store", "text", IsKey: true), new("metric", "text", IsKey: true), new("own", "numeric"), new("peer_quarter", "numeric"), new("gap", "float8"), new("lift", "float8"),
        new("low", "float8"), new("high", "float8"), new("cap", "float8"), new("bound", "text"), new("peers", "int"), new("unit", "text"));

    private readonly ChainHistoryReader _history;
    private readonly StorePeriodReader _periods;
    private readonly TargetPlans _plans;
    private readonly ForecastTraining _training;
    private readonly TimeProvider _clock;

    internal SalesOutlook(ChainHistoryReader history, StorePeriodReader periods, TargetPlans plans, ForecastTraining training, TimeProvider clock) =>
        (_history, _periods, _plans, _training, _clock) = (history, periods, plans, training, clock);

    /// <summary>Looks ahead from a trading day, by the recipes of the champions fitted to what is known by then. Targets are proposed, replaced while they are proposals, and frozen when their month has begun.</summary>
    public async Task<SalesOutlookSet> ComputeAsync(string tenant, DateOnly asOf, CancellationToken cancellationToken)
    {
        var today = asOf.AddDays(1);
        var month = new DateOnly(today.Year, today.Month, 1);
        var history = await _history.ReadAsync(tenant, asOf, month.AddMonths(2).AddDays(-1), cancellationToken);
        if (history.NetSales.Count == 0)
        {
            return new SalesOutlookSet(tenant, asOf);
        }

        var potentials = StorePotentials.Of(
            await _periods.ReadAsync(tenant, asOf, StorePotentials.Days, cancellationToken), await _periods.ReadAsync(tenant, asOf.AddDays(-YearBack), StorePotentials.Days, cancellationToken));
        var (recipe, champion) = await _training.ChampionAsync(tenant, ForecastTraining.Sales, cancellationToken);
        var models = new Dictionary<ForecastMetric, string> { [ForecastMetric.NetSales] = champion ?? recipe.Name };
        var sales = StoreForecaster.Fit(history.NetSales, history.Upcoming, recipe.Options);
        var forecasts = Forecast(sales, history, ForecastMetric.NetSales).ToList();
        if (history.Visitors.Count > 0)
        {
            var counted = history.Visitors.Select(day => day.Day.Store).ToHashSet(StringComparer.Ordinal);
            var upcoming = history with { Upcoming = [.. history.Upcoming.Where(day => counted.Contains(day.Store))] };
            var (ofVisitors, championOfVisitors) = await _training.ChampionAsync(tenant, ForecastTraining.Visitors, cancellationToken);
            models[ForecastMetric.Visitors] = championOfVisitors ?? ofVisitors.Name;
            forecasts.AddRange(Forecast(StoreForecaster.Fit(history.Visitors, upcoming.Upcoming, ofVisitors.Options), upcoming, ForecastMetric.Visitors));
        }

        var decided = new Decision("outlook", _clock.GetUtcNow());
        var planned = new List<PlannedTarget>();
        foreach (var begin in new[] { month, month.AddMonths(1) })
        {
            var plan = await _plans.ReadAsync(tenant, begin, cancellationToken);
            planned.AddRange(MonthPlanning.Plan(begin, today, history, sales, potentials, plan, decided));
        }

        return new SalesOutlookSet(tenant, asOf) { Models = models, Forecasts = forecasts, Running = RunningRange.Of(forecasts, sales), Potentials = potentials, Targets = planned };
    }

    /// <summary>Makes the day's rows those of the set and adds the new versions of targets, inside the caller's transaction; raises the tenant's data version if that changes anything.</summary>
    /// <returns>How many rows were written or deleted.</returns>
    public static async Task<int> PublishAsync(SalesOutlookSet set, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        return await Forecasts.ReplaceAsync(
                set.Tenant, set.AsOf,
                [
                    set.Forecasts.Select(row => row.Forecast.Day.Store).ToArray(), set.Forecasts.Select(row => Name(row.Metric)).ToArray(), set.Forecasts.Select(row => row.Forecast.Day.Date).ToArray(),
                    set.Forecasts.Select(row => Rounded(row.Forecast.Expected)).ToArray(), set.Forecasts.Select(row => Rounded(row.Forecast.Low)).ToArray(),
                    set.Forecasts.Select(row => Rounded(row.Forecast.Median)).ToArray(), set.Forecasts.Select(row => Rounded(row.Forecast.High)).ToArray(),
                    set.Forecasts.Select(row => row.Unit).ToArray(), set.Forecasts.Select(row => row.Forecast.LowConfidence).ToArray(),
                    set.Forecasts.Select(row => JsonSerializer.Serialize(row.Factors.Select(factor => new { name = factor.Name, effect = factor.Effect }))).ToArray(),
                    set.Forecasts.Select(row => set.Models[row.Metric]).ToArray(), set.Running.ToArray(),
                ],
                connection, transaction, cancellationToken)
            + await Potentials.ReplaceAsync(
                set.Tenant, set.AsOf,
                [
                    set.Potentials.Select(row => row.Potential.Store).ToArray(), set.Potentials.Select(row => row.Metric).ToArray(), set.Potentials.Select(row => Rounded(row.Potential.Level)).ToArray(),
                    set.Potentials.Select(row => Rounded(row.Potential.Level * Math.Exp(row.Potential.Gap))).ToArray(), set.Potentials.Select(row => row.Potential.Gap).ToArray(),
                    set.Potentials.Select(row => row.Potential.Lift).ToArray(), set.Potentials.Select(row => row.Potential.Low).ToArray(), set.Potentials.Select(row => row.Potential.High).ToArray(),
                    set.Potentials.Select(row => row.Potential.Cap).ToArray(), set.Potentials.Select(row => StorePotentials.Name(row.Potential.Bound)).ToArray(),
                    set.Potentials.Select(row => row.Potential.Peers.Length).ToArray(), set.Potentials.Select(row => row.Unit).ToArray(),
                ],
                connection, transaction, cancellationToken)
            + await TargetPlans.AddAsync(set.Tenant, set.Targets, connection, transaction, cancellationToken);
    }

    /// <summary>Deletes forecasts and potentials that were computed as of days before one; targets stay.</summary>
    public static async Task ForgetAsync(string tenant, DateOnly before, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await Forecasts.ForgetAsync(tenant, before, connection, transaction, cancellationToken);
        await Potentials.ForgetAsync(tenant, before, connection, transaction, cancellationToken);
    }

    private static IEnumerable<ForecastRow> Forecast(StoreForecaster forecaster, ChainHistory history, ForecastMetric metric)
    {
        var recent = history.Of(metric).Where(day => day.Day.Date > forecaster.Model.Origin.AddDays(-7)).Select(day => day.Day);
        return DayFacts.Of(history.Upcoming, history.Upcoming.Concat(recent)).Select(facts => new ForecastRow(
            forecaster.Forecast(facts), metric, metric == ForecastMetric.NetSales ? history.Currencies[facts.Day.Store] : "visitors", forecaster.Model.Explain(facts)));
    }

    private static string Name(ForecastMetric metric) => metric == ForecastMetric.NetSales ? "net_sales" : "visitors";

    private static decimal Rounded(double value) => decimal.Round((decimal)value, 4, MidpointRounding.ToEven);
}
