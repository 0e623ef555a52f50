using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Operations;

/// <summary>A figure of the last four weeks, what the backtest promised, and the range chance leaves; shares. Null where there is none.</summary>
public sealed record DriftFigure(double? Value, double? Reference, double? Low, double? High);

/// <summary>Something that speaks against a model.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Verdict">steady, watch or drifted: how much.</param>
/// <param name="Figure">What was found, a share.</param>
/// <param name="Limit">From where on it counts.</param>
/// <param name="Subjects">Features it is about.</param>
public sealed record DriftCause(string Code, string Verdict, double Figure, double Limit, IReadOnlyList<string> Subjects);

/// <summary>How a feature has moved since the training.</summary>
/// <param name="Feature">Of the catalogue.</param>
/// <param name="Psi">Population stability index; null where there are too few stores.</param>
/// <param name="PsiLimit">From where on it is no chance.</param>
/// <param name="Shift">Of the median, in robust standard deviations of then.</param>
/// <param name="StoresThen">Stores that had it then.</param>
/// <param name="StoresNow">Stores that have it now.</param>
/// <param name="HasMoved">Whether it moved by more than chance.</param>
public sealed record DriftFeature(string Feature, double? Psi, double? PsiLimit, double? Shift, int StoresThen, int StoresNow, bool HasMoved);

/// <summary>Forecasts of some days that came.</summary>
/// <param name="Ends">Last day.</param>
/// <param name="Lead">How many days ahead: 1-7, 8-14 or 15-28; all for all of them.</param>
/// <param name="Forecasts">How many.</param>
/// <param name="Error">Weighted absolute error.</param>
/// <param name="ErrorReference">What the backtest promised; null where none did.</param>
/// <param name="Bias">Above 0 where too much was expected.</param>
/// <param name="Coverage">Share within the range.</param>
/// <param name="Pinball">Pinball loss of the three quantiles.</param>
public sealed record DriftSpan(DateOnly Ends, string Lead, long Forecasts, double Error, double? ErrorReference, double Bias, double Coverage, double Pinball);

/// <summary>A model in use as of a trading day.</summary>
/// <param name="Model">sales or visitors.</param>
/// <param name="AsOf">The day.</param>
/// <param name="Verdict">steady, watch or drifted.</param>
/// <param name="Causes">What speaks against it, the gravest first.</param>
/// <param name="Champion">SHA-256 of the champion; null for none.</param>
/// <param name="TrainedAsOf">The last day it was trained on; null where unknown.</param>
/// <param name="Days">Days that were held to forecasts, at most 28.</param>
/// <param name="Forecasts">Forecasts of them.</param>
/// <param name="Error">Weighted absolute error.</param>
/// <param name="Bias">Likewise.</param>
/// <param name="Coverage">Likewise; where no backtest speaks of ranges, four days in five are promised.</param>
/// <param name="Pinball">Likewise.</param>
/// <param name="WeekLow">Error of a usual week over that of the backtest, nine in ten above; null without a backtest.</param>
/// <param name="WeekHigh">Likewise below.</param>
/// <param name="ExpectedDays">Store-days that were to come in the last week.</param>
/// <param name="MissingDays">Those of them that did not.</param>
public sealed record ModelDrift(
    string Model, DateOnly AsOf, string Verdict, IReadOnlyList<DriftCause> Causes, string? Champion, DateOnly? TrainedAsOf, int Days, long Forecasts, DriftFigure Error, DriftFigure Bias, DriftFigure Coverage,
    DriftFigure Pinball, double? WeekLow, double? WeekHigh, int ExpectedDays, int MissingDays);

/// <summary>Reads how models in use do, from the datamart.</summary>
/// <param name="database">Connects as <see cref="DatabaseRole.Job"/>; every statement names the tenant.</param>
public sealed class ModelDriftQueries([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const int Window = 28;

    /// <summary>Every model as it stood last.</summary>
    public async Task<IReadOnlyList<ModelDrift>> LatestAsync(string tenant, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var row = await connection.ExecuteReaderAsync(new CommandDefinition(
            """
            SELECT DISTINCT ON (model) model, as_of, verdict, reasons::text, champion, trained_as_of, days, forecasts, week_low, week_high, expected_days, missing_days,
              error, error_reference, error_low, error_high, bias, bias_reference, bias_low, bias_high, coverage, coverage_reference, coverage_low, coverage_high,
              pinball, pinball_reference, pinball_low, pinball_high
            FROM mart.model_drift WHERE tenant = @tenant ORDER BY model, as_of DESC
            """,
            new { tenant },
            cancellationToken: cancellationToken));
        var models = new List<ModelDrift>();
        double? Share(int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
        DriftFigure Figure(int column) => new(Share(column), Share(column + 1), Share(column + 2), Share(column + 3));
        while (await row.ReadAsync(cancellationToken))
        {
            models.Add(new ModelDrift(
                row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), JsonSerializer.Deserialize<List<DriftCause>>(row.GetString(3), JsonSerializerOptions.Web)!,
                row.IsDBNull(4) ? null : row.GetString(4), row.IsDBNull(5) ? null : row.GetFieldValue<DateOnly>(5), row.GetInt32(6), row.GetInt64(7), Figure(12), Figure(16), Figure(20), Figure(24), Share(8), Share(9),
                row.GetInt32(10), row.GetInt32(11)));
        }

        return models;
    }

    /// <summary>How the features moved as of a day, those that moved most first.</summary>
    public async Task<IReadOnlyList<DriftFeature>> FeaturesAsync(string tenant, string model, DateOnly asOf, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<DriftFeature>(new CommandDefinition(
            """
            SELECT feature AS Feature, psi AS Psi, psi_limit AS PsiLimit, shift AS Shift, stores_then AS StoresThen, stores_now AS StoresNow, moved AS HasMoved
            FROM mart.feature_drift WHERE tenant = @tenant AND model = @model AND as_of = @asOf ORDER BY moved DESC, psi DESC NULLS LAST, abs(shift) DESC NULLS LAST, feature
            """,
            new { tenant, model, asOf },
            cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>The last four weeks by how far ahead, and each of the weeks before a day with all leads together, oldest first.</summary>
    /// <param name="tenant">Tenant id.</param>
    /// <param name="model">sales or visitors.</param>
    /// <param name="asOf">The last day.</param>
    /// <param name="weeks">How many weeks.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<(IReadOnlyList<DriftSpan> Leads, IReadOnlyList<DriftSpan> Weeks)> SpansAsync(string tenant, string model, DateOnly asOf, int weeks, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);

        // Amounts of several currencies count by what a forecast in each comes to on average.
        const string Sums = """
            sum(forecasts)::bigint AS Forecasts, sum(absolute * scale) / sum(actual * scale) AS Error,
            CASE WHEN count(reference_absolute) = count(*) THEN sum(reference_absolute * scale) / sum(actual * scale) END AS ErrorReference,
            sum(signed * scale) / sum(actual * scale) AS Bias, sum(inside)::float8 / sum(forecasts) AS Coverage, sum(pinball * scale) / sum(actual * scale) AS Pinball
            """;
        await using var answers = await connection.QueryMultipleAsync(new CommandDefinition(
            $"""
            WITH spans AS (
              SELECT e.*, sum(e.forecasts) OVER (PARTITION BY e.unit) / sum(e.actual) OVER (PARTITION BY e.unit) AS scale FROM mart.forecast_error e
              WHERE tenant = @tenant AND model = @model AND as_of > @asOf - {Window} AND as_of <= @asOf)
            SELECT @asOf::date AS Ends, lead AS Lead, {Sums} FROM spans GROUP BY lead ORDER BY length(lead), lead;
            WITH spans AS (
              SELECT e.*, sum(e.forecasts) OVER (PARTITION BY e.unit) / sum(e.actual) OVER (PARTITION BY e.unit) AS scale FROM mart.forecast_error e
              WHERE tenant = @tenant AND model = @model AND as_of > @asOf - @most AND as_of <= @asOf)
            SELECT @asOf - (@asOf - as_of) / 7 * 7 AS Ends, 'all' AS Lead, {Sums} FROM spans GROUP BY 1 ORDER BY 1;
            """,
            new { tenant, model, asOf, most = weeks * 7 },
            cancellationToken: cancellationToken));
        return ((await answers.ReadAsync<DriftSpan>()).AsList(), (await answers.ReadAsync<DriftSpan>()).AsList());
    }
}
