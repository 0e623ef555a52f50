using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RetailInsight.Ml.Registry;
using RetailInsight.Platform.Local.DirectoryLake;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Four weeks of a registry, made by the product itself: a first champion, a better one that took its place, and a worse challenger that was refused.</summary>
internal static class ModelsOfACompany
{
    /// <summary>Version of the champion alias after it.</summary>
    public const long ChampionVersion = 2;

    private static readonly PromotionGate Gate = new("wape", 0.01, [new("bias", -0.1, 0.1), new("coverage", 0.6, 0.95)], TimeSpan.FromDays(14), 2);

    public static async Task RegisterAsync(NpgsqlDataSource job, string tenant)
    {
        var root = Directory.CreateTempSubdirectory("models").FullName;
        var clock = new WeekClock(new DateTimeOffset(2026, 10, 19, 2, 0, 0, TimeSpan.Zero));
        using (var lake = DirectoryLake.Open(new DirectoryLakeOptions { Root = root }, TimeProvider.System, NullLogger<DirectoryLake>.Instance))
        {
            var (registry, aliases) = (new ModelRegistry(job, lake, clock), new ModelAliases(job, clock));
            var first = await ModelAsync(registry, tenant, "log_additive 2026-10-18", await DataAsync(registry, tenant, "2026-10-18"), 0.182);
            await ChallengeAsync(aliases, tenant, first, "log_additive did best as of 2026-10-18");
            await PromoteAsync(aliases, tenant, first, "log_additive as of 2026-10-18");
            clock.Next();
            var data = await DataAsync(registry, tenant, "2026-10-25");
            await EvaluateAsync(registry, tenant, first, data, 0.179);
            var second = await ModelAsync(registry, tenant, "recent_level 2026-10-25", data, 0.148);
            await ChallengeAsync(aliases, tenant, second, "recent_level did best as of 2026-10-25");
            await PromoteAsync(aliases, tenant, second, "recent_level as of 2026-10-25");
            clock.Next();
            clock.Next();
            data = await DataAsync(registry, tenant, "2026-11-08");
            await EvaluateAsync(registry, tenant, first, data, 0.181);
            await EvaluateAsync(registry, tenant, second, data, 0.151);
            await PromoteAsync(aliases, tenant, second, "recent_level as of 2026-11-08");
            var third = await ModelAsync(registry, tenant, "slow_trend 2026-11-08", data, 0.169);
            await ChallengeAsync(aliases, tenant, third, "slow_trend is tried");
            await PromoteAsync(aliases, tenant, third, "slow_trend as of 2026-11-08");
        }

        Directory.Delete(root, recursive: true);
    }

    private static Task<DataSetReference> DataAsync(ModelRegistry registry, string tenant, string asOf) => registry.RegisterDataSetAsync(
        tenant, "store-days", Encoding.UTF8.GetBytes($"{tenant} {asOf}"), 1284, new Dictionary<string, string> { ["as_of"] = asOf }, CancellationToken.None);

    private static async Task<string> ModelAsync(ModelRegistry registry, string tenant, string label, DataSetReference data, double wape)
    {
        var sha256 = await registry.RegisterModelAsync(
            new NewModel(
                tenant, "sales", label, Encoding.UTF8.GetBytes(label), data, "log-additive 1", new Dictionary<string, string> { ["recipe"] = label.Split(' ')[0], ["half_life"] = "180", ["recent_half_life"] = "14" },
                "retrain_forecast"), CancellationToken.None);
        await EvaluateAsync(registry, tenant, sha256, data, wape);
        return sha256;
    }

    private static Task EvaluateAsync(ModelRegistry registry, string tenant, string sha256, DataSetReference data, double wape) => registry.RecordEvaluationAsync(
        tenant, "sales", sha256, data,
        new Dictionary<string, double> { ["wape"] = wape, ["rmspe"] = wape * 1.4, ["bias"] = -0.012, ["coverage"] = 0.803, ["pinball_median"] = wape * 51_000, ["days"] = 504 }, CancellationToken.None);

    private static async Task ChallengeAsync(ModelAliases aliases, string tenant, string sha256, string why) => await aliases.ChallengeAsync(
        new AliasMove(tenant, "sales", (await aliases.CurrentAsync(tenant, "sales", CancellationToken.None)).Challenger.Version, "retrain_forecast", why), sha256, CancellationToken.None);

    private static async Task PromoteAsync(ModelAliases aliases, string tenant, string sha256, string why) => await aliases.PromoteAsync(
        new AliasMove(tenant, "sales", (await aliases.CurrentAsync(tenant, "sales", CancellationToken.None)).Champion.Version, "retrain_forecast", why), sha256, Gate, CancellationToken.None);

    private sealed class WeekClock(DateTimeOffset now) : TimeProvider
    {
        private DateTimeOffset _now = now;

        public void Next() => _now = _now.AddDays(7);

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
