using System.Diagnostics;
using System.Globalization;
using RetailInsight.Dags.Engine;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>
/// Random actions on runs of random graphs, in the engine and in a model of it. RETAILINSIGHT_SOAK_STEPS, RETAILINSIGHT_SOAK_MINUTES and
/// RETAILINSIGHT_SOAK_SEED ask for more and other steps than the suite's.
/// </summary>
public sealed class RandomWalk(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private const int StepsOfAWalk = 30_000;
    private static readonly int Steps = SoakSettings.Number("STEPS", 2_000);
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(SoakSettings.Number("MINUTES", 5));

    [Fact]
    public async Task After_every_step_the_engine_stands_where_the_model_stands()
    {
        var began = Stopwatch.GetTimestamp();
        var done = 0L;
        var walks = 0;
        var kinds = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (; done < Steps && Stopwatch.GetElapsedTime(began) < AtMost; walks++)
        {
            await using var database = await postgres.CreateDatabaseAsync();
            await EffectTable.CreateAsync(database);
            var seed = SoakSettings.Seed + walks;
            try
            {
                await using var walk = await Walk.StartAsync(database, seed, Math.Min(300, Steps / 10));
                while (walk.Steps < Math.Min(StepsOfAWalk, Steps - done) && Stopwatch.GetElapsedTime(began) < AtMost)
                {
                    await walk.GoOnAsync();
                }

                await walk.EndAsync();
                done += walk.Steps;
                foreach (var (kind, count) in walk.Kinds)
                {
                    kinds[kind] = kinds.GetValueOrDefault(kind) + count;
                }
            }
            catch (Xunit.Sdk.XunitException error)
            {
                throw new Xunit.Sdk.XunitException(string.Create(CultureInfo.InvariantCulture, $"Walk with seed {seed}: {error.Message}"));
            }
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"steps {done:N0} in {walks} walks from seed {SoakSettings.Seed}, {seconds:0} s, {done / seconds:0} a second: {string.Join(", ", kinds.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value:N0}")))}"));
        Assert.True(done > 0);
    }
}
