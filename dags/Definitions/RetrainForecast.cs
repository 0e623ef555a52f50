using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Dags.Engine;
using RetailInsight.Ml.Training;

namespace RetailInsight.Dags.Definitions;

/// <summary>
/// Every Monday morning, and when the watch over models asks for it: each company's forecasts, of net sales and of visitors, are trained anew on all that is known, tested on the last weeks, and promoted only where they are better. What is
/// registered has its content for a name, so that a try that was cut off leaves nothing to mend.
/// </summary>
internal static class RetrainForecast
{
    private static readonly DagParameter Recipe = new(
        "recipe", ParameterKind.Text, "Puts up a model of this recipe beside the champion, whether it did best or not; without it, one of the recipe that did best.",
        "成績にかかわらず、このレシピのモデルを挑戦者にします。指定しなければ、最も成績のよいレシピを使います。")
    {
        Choices = ForecastTraining.Recipes,
    };

    private static readonly DagParameter Model = new("model", ParameterKind.Text, "Trains this model alone; without it, every one.", "このモデルだけを学習します。指定しなければ、すべて学習します。")
    {
        Choices = ForecastTraining.Models,
    };

    // Runs wait and fail like others; one that was asked for a week ago had its chance.
    private const string Request = """
        INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, conf, cause)
        SELECT dag_id, current_version, 'manual', @Tenant, @key, 'queued', '{}', jsonb_build_object('actor', 'model_watch', 'drift', @reasons::text[])
        FROM dags.dag WHERE dag_id = 'retrain_forecast' AND NOT EXISTS (
          SELECT FROM dags.dag_run r WHERE r.dag_id = 'retrain_forecast' AND r.tenant = @Tenant AND r.cause ->> 'actor' = 'model_watch' AND split_part(r.partition_key, '/', 2)::date > @BusinessDate - 7)
        """;

    /// <summary>Asks for a training before its time, inside the publication of whoever found that the model drifted: at most one a week.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="day">The day to train on.</param>
    /// <param name="reasons">Why; where there is none nothing is asked for.</param>
    /// <param name="cancellationToken">Stops the statement; the publication is rolled back.</param>
    public static async Task RequestAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DayPartition day, IReadOnlyList<string> reasons, CancellationToken cancellationToken)
    {
        if (reasons.Count > 0)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                Request, new { day.Tenant, day.BusinessDate, key = day.ToString(), reasons = reasons.ToArray() }, transaction, cancellationToken: cancellationToken));
        }
    }

    public static Dag Define(IServiceProvider services) => new("retrain_forecast",
        [.. ForecastTraining.Models.Select(model => Train(services, model))])
    {
        Schedule = new CronSchedule("15 6 * * 1", "Asia/Tokyo") { Runs = TradingDays.LastWholeAsync },
        Parameters = [Recipe, Model],
        MaxActiveRuns = 1,
        Deadline = TimeSpan.FromHours(4),
    };

    private static DagTask Train(IServiceProvider services, string model) =>
        new($"train_{model}", async (context, cancellationToken) =>
        {
            if (Model.Text(context) is { } alone && alone != model)
            {
                return TaskOutput.None;
            }

            var report = await services.GetRequiredService<ForecastTraining>().TrainAsync(context.Day.Tenant, model, context.Day.BusinessDate, "retrain_forecast", Recipe.Text(context), cancellationToken);
            if (report.DataSet is { } dataSet)
            {
                Log.ForecastTrained(
                    context.Logger, model, context.Day.Tenant, dataSet, report.Champion ?? "none", report.Promoted, report.Challenger ?? "none", string.Join(" ", report.Refusals.Select(refusal => refusal.Detail)));
            }
            else
            {
                Log.HistoryTooShort(context.Logger, model, context.Day.Tenant);
            }

            return TaskOutput.None;
        })
        {
            Retry = new RetryPolicy { MaxTries = 3 },
            Timeout = TimeSpan.FromMinutes(30),
        };
}
