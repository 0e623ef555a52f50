using System.Globalization;
using System.Text.Json;
using Npgsql;
using RetailInsight.Ml.Features;
using RetailInsight.Ml.Registry;
using RetailInsight.Ml.Training;

namespace RetailInsight.Ml.Drift;

/// <summary>What was found about a company's models as of a trading day, ready to be published.</summary>
public sealed class ModelWatchSet
{
    internal ModelWatchSet(string tenant, DateOnly asOf) => (Tenant, AsOf) = (tenant, asOf);

    /// <summary>Tenant id.</summary>
    public string Tenant { get; }

    /// <summary>The last trading day looked at.</summary>
    public DateOnly AsOf { get; }

    /// <summary>Why forecasts should be trained anew before their time: the codes of the reasons; empty where they should not.</summary>
    public IReadOnlyList<string> Retrain { get; internal init; } = [];

    internal IReadOnlyList<(DateOnly Day, IReadOnlyList<ErrorRow> Rows)> Errors { get; init; } = [];

    internal IReadOnlyList<WatchedModel> Models { get; init; } = [];
}

/// <summary>A row of <c>mart.model_drift</c> with its rows of <c>mart.feature_drift</c>.</summary>
internal sealed record WatchedModel(string Name, ModelHealth Health, string? Champion, DateOnly? TrainedAsOf, IReadOnlyList<FeatureShift> Features, Arrivals Arrivals);

/// <summary>
/// Watches models in use: holds the forecasts that were published to the days that have come, and the features of stores to those the model was trained on. Keeps
/// <c>mart.forecast_error</c>, <c>mart.model_drift</c> and <c>mart.feature_drift</c>.
/// </summary>
public sealed class ModelWatch
{
    internal const string Sales = ForecastTraining.Sales;
    internal const string Visitors = ForecastTraining.Visitors;

    private const int KeptFeatures = 35;

    // A year of weeks and five more, so that last year's week can be seen beside this one.
    private const int KeptErrors = 400;

    private static readonly AsOfTable Drift = new(
        "mart.model_drift", new("model", "text", IsKey: true), new("verdict", "text"), new("reasons", "jsonb"), new("champion", "text"), new("trained_as_of", "date"), new("days", "int"), new("forecasts", "bigint"),
        new("error", "float8"), new("error_reference", "float8"), new("error_low", "float8"), new("error_high", "float8"), new("bias", "float8"), new("bias_reference", "float8"), new("bias_low", "float8"),
        new("bias_high", "float8"), new("coverage", "float8"), new("coverage_reference", "float8"), new("coverage_low", "float8"), new("coverage_high", "float8"), new("pinball", "float8"),
        new("pinball_reference", "float8"), new("pinball_low", "float8"), new("pinball_high", "float8"), new("week_low", "float8"), new("week_high", "float8"), new("expected_days", "int"), new("missing_days", "int"));

    private static readonly AsOfTable Features = new(
        "mart.feature_drift", new("model", "text", IsKey: true), new("feature", "text", IsKey: true), new("psi", "float8"), new("psi_limit", "float8"), new("shift", "float8"), new("stores_then", "int"),
        new("stores_now", "int"), new("moved", "boolean"));

    private readonly NpgsqlDataSource _database;
    private readonly ForecastErrorBook _book;
    private readonly StorePeriodReader _periods;
    private readonly ModelRegistry _registry;
    private readonly ModelAliases _aliases;

    internal ModelWatch(NpgsqlDataSource database, ForecastErrorBook book, StorePeriodReader periods, ModelRegistry registry, ModelAliases aliases) =>
        (_database, _book, _periods, _registry, _aliases) = (database, book, periods, registry, aliases);

    /// <summary>Looks at the models as of a trading day.</summary>
    public async Task<ModelWatchSet> ComputeAsync(string tenant, DateOnly asOf, CancellationToken cancellationToken)
    {
        var recount = asOf.AddDays(1 - ForecastErrorBook.Recount);
        var scored = await _book.ScoreAsync(tenant, recount, asOf, cancellationToken);
        var kept = await _book.KeptAsync(tenant, asOf.AddDays(-KeptErrors), recount.AddDays(-1), cancellationToken);
        var rows = kept.Concat(scored.SelectMany(day => day)).ToList();
        var arrivals = await _book.ArrivalsAsync(tenant, recount, asOf, cancellationToken);
        var shifts = new Dictionary<DateOnly, IReadOnlyList<FeatureShift>>();
        var models = new List<WatchedModel>();
        foreach (var model in ForecastTraining.Models)
        {
            var came = arrivals.GetValueOrDefault(model);
            if (came.Expected > 0 || rows.Exists(row => row.Model == model))
            {
                var champion = (await _aliases.CurrentAsync(tenant, model, cancellationToken)).Champion.Sha256;
                var trained = champion is null ? null : await TrainedAsync(tenant, model, champion, cancellationToken);
                IReadOnlyList<FeatureShift>? features = [];
                if (trained is { } then && !shifts.TryGetValue(then, out features))
                {
                    shifts[then] = features = await FeaturesAsync(tenant, then, asOf, cancellationToken);
                }

                var health = ModelHealth.Of(Together([.. rows.Where(row => row.Model == model)]), asOf, features!, came.Expected, came.Missing);
                models.Add(new WatchedModel(model, health, champion, trained, features!, came));
            }
        }

        return new ModelWatchSet(tenant, asOf)
        {
            Errors = [.. Enumerable.Range(0, ForecastErrorBook.Recount).Select(back => recount.AddDays(back)).Select(day => (day, (IReadOnlyList<ErrorRow>)[.. scored[day]]))],
            Models = models,
            Retrain = [.. models.Where(model => model.Health.Verdict == DriftVerdict.Drifted).SelectMany(model => model.Health.Reasons).Where(reason => reason.Verdict == DriftVerdict.Drifted).Select(reason => reason.Code).Distinct()],
        };
    }

    /// <summary>Makes the rows those of the set inside the caller's transaction; raises the tenant's data version if that changes anything.</summary>
    /// <returns>How many rows were written or deleted.</returns>
    public static async Task<int> PublishAsync(ModelWatchSet set, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        var changed = 0;
        foreach (var (day, rows) in set.Errors)
        {
            changed += await ForecastErrorBook.PublishAsync(set.Tenant, day, rows, connection, transaction, cancellationToken);
        }

        var models = set.Models;
        var sums = models.Select(model => model.Health.Days.Count == 0 ? (ErrorDay?)null : ErrorInterval.Sum(model.Health.Days)).ToList();
        Array Of(Func<ModelHealth, ErrorDay, double?> figure) => models.Zip(sums, (model, sum) => sum is { } known ? figure(model.Health, known) : null).ToArray();
        static double Reference(ErrorDay sum, Func<ErrorReference, double> figure) => sum.Reference is { } known ? figure(known) : 0;
        changed += await Drift.ReplaceAsync(
            set.Tenant, set.AsOf,
            [
                models.Select(model => model.Name).ToArray(), models.Select(model => Name(model.Health.Verdict)).ToArray(), models.Select(model => Json(model.Health.Reasons)).ToArray(),
                models.Select(model => model.Champion).ToArray(), models.Select(model => model.TrainedAsOf).ToArray(), models.Select(model => model.Health.Days.Count).ToArray(),
                sums.Select(sum => (long)(sum?.Forecasts ?? 0)).ToArray(),
                Of((_, sum) => sum.Absolute / sum.Actual), Of((_, sum) => sum.Reference?.Absolute / sum.Actual), Of((health, sum) => health.Error?.Low * Reference(sum, one => one.Absolute) / sum.Actual),
                Of((health, sum) => health.Error?.High * Reference(sum, one => one.Absolute) / sum.Actual),
                Of((_, sum) => sum.Signed / sum.Actual), Of((_, sum) => sum.Reference?.Signed / sum.Actual), Of((health, sum) => health.Bias?.Low + (Reference(sum, one => one.Signed) / sum.Actual)),
                Of((health, sum) => health.Bias?.High + (Reference(sum, one => one.Signed) / sum.Actual)),
                Of((_, sum) => sum.Inside / sum.Forecasts), Of((_, sum) => sum.Reference?.Inside / sum.Forecasts), Of((health, sum) => health.Coverage?.Low - health.Coverage?.Value + (sum.Inside / sum.Forecasts)),
                Of((health, sum) => health.Coverage?.High - health.Coverage?.Value + (sum.Inside / sum.Forecasts)),
                Of((_, sum) => sum.Pinball / sum.Actual), Of((_, sum) => sum.Reference?.Pinball / sum.Actual), Of((health, sum) => health.Pinball?.Low * Reference(sum, one => one.Pinball) / sum.Actual),
                Of((health, sum) => health.Pinball?.High * Reference(sum, one => one.Pinball) / sum.Actual),
                models.Select(model => model.Health.UsualWeek?.Low).ToArray(), models.Select(model => model.Health.UsualWeek?.High).ToArray(),
                models.Select(model => model.Arrivals.Expected).ToArray(), models.Select(model => model.Arrivals.Missing).ToArray(),
            ],
            connection, transaction, cancellationToken);
        var features = models.SelectMany(model => model.Features.Select(feature => (Model: model.Name, Shift: feature))).ToList();
        return changed + await Features.ReplaceAsync(
            set.Tenant, set.AsOf,
            [
                features.Select(one => one.Model).ToArray(), features.Select(one => one.Shift.Name).ToArray(), features.Select(one => one.Shift.Psi).ToArray(), features.Select(one => one.Shift.PsiLimit).ToArray(),
                features.Select(one => one.Shift.Shift).ToArray(), features.Select(one => one.Shift.StoresThen).ToArray(), features.Select(one => one.Shift.StoresNow).ToArray(),
                features.Select(one => one.Shift.HasMoved).ToArray(),
            ],
            connection, transaction, cancellationToken);
    }

    /// <summary>Deletes what is too old to be looked at: features after five weeks, errors and verdicts after 400 days.</summary>
    public static async Task ForgetAsync(string tenant, DateOnly asOf, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await ForecastErrorBook.ForgetAsync(tenant, asOf.AddDays(-KeptErrors), connection, transaction, cancellationToken);
        await Drift.ForgetAsync(tenant, asOf.AddDays(-KeptErrors), connection, transaction, cancellationToken);
        await Features.ForgetAsync(tenant, asOf.AddDays(-KeptFeatures), connection, transaction, cancellationToken);
    }

    /// <summary>Days as they count: amounts of each unit over what a forecast of it came to on average, so that no currency drowns another.</summary>
    internal static IReadOnlyList<ErrorDay> Together(IReadOnlyList<ErrorRow> rows)
    {
        var units = rows.GroupBy(row => row.Unit, StringComparer.Ordinal).ToDictionary(unit => unit.Key, unit => unit.Sum(row => row.Sums.Forecasts) / unit.Sum(row => row.Sums.Actual), StringComparer.Ordinal);
        return [.. rows.GroupBy(row => row.Sums.Date).OrderBy(day => day.Key).Select(day => ErrorInterval.Sum(day.Select(row => row.Sums.In(units[row.Unit]))))];
    }

    private static string Name(DriftVerdict verdict) => JsonNamingPolicy.SnakeCaseLower.ConvertName(verdict.ToString());

    private static string Json(IEnumerable<DriftReason> reasons) => JsonSerializer.Serialize(reasons.Select(reason => new
    {
        code = reason.Code,
        verdict = Name(reason.Verdict),
        figure = reason.Figure,
        limit = reason.Limit,
        subjects = reason.Subjects,
    }));

    // The features the stores had when the model was trained are read again from the datamart, as of the day its data set ends.
    private async Task<IReadOnlyList<FeatureShift>> FeaturesAsync(string tenant, DateOnly trained, DateOnly asOf, CancellationToken cancellationToken)
    {
        var now = StoreProfiles.Of(await _periods.ReadAsync(tenant, asOf, StorePeriodReader.EightWeeks, cancellationToken)).MaxBy(profiles => profiles.Periods.Count);
        var then = StoreProfiles.Of(await _periods.ReadAsync(tenant, trained, StorePeriodReader.EightWeeks, cancellationToken))
            .FirstOrDefault(profiles => profiles.Periods[0].Currency == now?.Periods[0].Currency);
        return now is null || then is null ? [] : FeatureShift.Between(then, now);
    }

    private async Task<DateOnly?> TrainedAsync(string tenant, string name, string sha256, CancellationToken cancellationToken)
    {
        if (await _registry.FindAsync(tenant, name, sha256, cancellationToken) is not { } model)
        {
            return null;
        }

        await using var command = _database.CreateCommand("SELECT parameters ->> 'as_of' FROM ml.data_set WHERE (tenant, name, sha256) = ($1, $2, $3)");
        command.Parameters.With(tenant, model.TrainedOn.Name, model.TrainedOn.Sha256);
        return DateOnly.TryParseExact(await command.ExecuteScalarAsync(cancellationToken) as string, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
    }
}
