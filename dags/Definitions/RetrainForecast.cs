using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Dags.Engine;
using RetailInsight.Ml.Training;

namespace RetailInsight.Dags.Definitions;

/// <summary>
/// Every Monday morning: each company's forecast is trained anew on all that is known, tested on the last weeks, and promoted only where it is better. What is
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

    public static Dag Define(IServiceProvider services) => new("retrain_forecast",
    [
        new DagTask("train", async (context, cancellationToken) =>
        {
            var report = await services.GetRequiredService<ForecastTraining>().TrainAsync(context.Day.Tenant, context.Day.BusinessDate, "retrain_forecast", Recipe.Text(context), cancellationToken);
            if (report.DataSet is { } dataSet)
            {
                Log.ForecastTrained(
                    context.Logger, context.Day.Tenant, dataSet, report.Champion ?? "none", report.Promoted, report.Challenger ?? "none", string.Join(" ", report.Refusals.Select(refusal => refusal.Detail)));
            }
            else
            {
                Log.HistoryTooShort(context.Logger, context.Day.Tenant);
            }

            return TaskOutput.None;
        })
        {
            Retry = new RetryPolicy { MaxTries = 3 },
            Timeout = TimeSpan.FromMinutes(30),
        },
    ])
    {
        Schedule = new CronSchedule("15 6 * * 1", "Asia/Tokyo") { Runs = TradingDays.LastWholeAsync },
        Parameters = [Recipe],
        MaxActiveRuns = 1,
        Deadline = TimeSpan.FromHours(4),
    };
}
