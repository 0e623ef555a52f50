using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Dags.Engine;
using RetailInsight.Ml.Benchmarks;

namespace RetailInsight.Dags.Definitions;

/// <summary>Every day: publishes what the companies of an industry that agreed to it came to in a month that is over, once.</summary>
internal static class Benchmarks
{
    public static Dag Define(IServiceProvider services) => new("benchmarks",
    [
        new DagTask("publish_benchmarks", (_, _) => Task.FromResult(new TaskOutput(async (publication, cancellationToken) =>
            await services.GetRequiredService<BenchmarkPublication>().PublishDueAsync(publication.Connection, publication.Transaction, cancellationToken))))
        {
            Retry = new() { MaxTries = 5 },
        },
    ])
    {
        Schedule = new CronSchedule("20 6 * * *", "Etc/UTC"),
    };
}
