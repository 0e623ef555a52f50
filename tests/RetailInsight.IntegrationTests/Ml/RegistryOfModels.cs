using System.Text;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Registry;
using RetailInsight.Platform.Local.DirectoryLake;

namespace RetailInsight.IntegrationTests.Ml;

public sealed class RegistryOfModels(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Tenant = "acme";
    private const string Name = "sales";
    private static readonly PromotionGate Gate = new("wape", 0, [new("bias", -0.02, 0.02)], TimeSpan.FromDays(7), ShadowEvaluations: 2);
    private readonly string _root = Directory.CreateTempSubdirectory("registry").FullName;
    private readonly SetClock _clock = new();
    private TestDatabase _database = null!;
    private DirectoryLake _lake = null!;
    private ModelRegistry _registry = null!;
    private ModelAliases _aliases = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _lake = DirectoryLake.Open(new DirectoryLakeOptions { Root = _root }, TimeProvider.System, NullLogger<DirectoryLake>.Instance);
        _registry = new ModelRegistry(_database.Job, _lake, _clock);
        _aliases = new ModelAliases(_database.Job, _clock);
    }

    public async Task DisposeAsync()
    {
        _lake.Dispose();
        Directory.Delete(_root, recursive: true);
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_model_is_kept_by_its_content_with_all_it_came_from()
    {
        var data = await DataAsync("a day");
        var model = await ModelAsync("first", data);
        Assert.Equal(model, await ModelAsync("first", await DataAsync("another day")));

        var found = await _registry.FindAsync(Tenant, Name, model, CancellationToken.None);
        Assert.Equal((data, "1.0", "code 7", "test"), (found!.TrainedOn, found.Version, found.CodeVersion, found.RegisteredBy));
        Assert.Equal("42", found.Parameters["horizon"]);
        Assert.Equal($"models/{Tenant}/{Name}/{model}", found.Object);
        Assert.Equal("first", Encoding.UTF8.GetString(await _registry.ReadModelAsync(Tenant, Name, model, CancellationToken.None)));
        Assert.Equal("a day", Encoding.UTF8.GetString(await _registry.ReadDataSetAsync(Tenant, data, CancellationToken.None)));
        Assert.Null(await _registry.FindAsync("other", Name, model, CancellationToken.None));
        await Assert.ThrowsAsync<LakeConflictException>(() => _lake.PutAsync(found.Object, new MemoryStream([1]), CancellationToken.None));
        await using var connection = await _database.Job.OpenConnectionAsync();
        await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("UPDATE ml.model SET code_version = ''"));
        await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("DELETE FROM ml.model_alias_change"));
    }

    [Fact]
    public async Task What_is_not_registered_cannot_be_referred_to()
    {
        var data = await DataAsync("a day");
        var model = await ModelAsync("first", data);
        var unknown = new DataSetReference("store-days", new string('0', 64));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ModelAsync("second", unknown));
        await Assert.ThrowsAsync<InvalidOperationException>(() => EvaluateAsync(model, unknown, 0.1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _aliases.ChallengeAsync(Move(0), new string('0', 64), CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => _registry.RegisterDataSetAsync(Tenant, "../other", new byte[1], 1, new Dictionary<string, string>(), CancellationToken.None));
    }

    [Fact]
    public async Task A_model_is_evaluated_once_on_a_data_set()
    {
        var data = await DataAsync("a day");
        var model = await ModelAsync("first", data);
        await EvaluateAsync(model, data, 0.1);
        await EvaluateAsync(model, data, 0.1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => EvaluateAsync(model, data, 0.11));
        await Assert.ThrowsAsync<ArgumentException>(() => EvaluateAsync(model, data, double.NaN));
    }

    [Fact]
    public async Task A_worse_challenger_is_refused_with_the_reason_a_better_one_is_promoted_and_rolled_back()
    {
        var data = await DataAsync("a day");
        var (first, worse, better) = (await ModelAsync("first", data), await ModelAsync("worse", data), await ModelAsync("better", data));
        await EvaluateAsync(first, data, 0.10);
        await EvaluateAsync(worse, data, 0.12);
        await EvaluateAsync(better, data, 0.08);

        // The first champion displaces nobody: no shadow time.
        Assert.Equal(AliasResult.Done, (await ChallengeAsync(first)).Result);
        Assert.Equal(first, (await PromoteAsync()).Standing.Champion.Sha256);

        await ChallengeAsync(worse);
        _clock.Now += TimeSpan.FromDays(8);
        var refused = await PromoteAsync();
        Assert.Equal((AliasResult.Refused, first), (refused.Result, refused.Standing.Champion.Sha256));
        var reason = Assert.Single(refused.Reasons);
        Assert.Equal(("worse", "wape", 0.12, 0.10), (reason.Code, reason.Metric, reason.Found, reason.Wanted));

        await ChallengeAsync(better);
        Assert.Equal("shadow_too_short", Assert.Single((await PromoteAsync()).Reasons).Code);
        Assert.Equal(AliasResult.Conflict, (await _aliases.PromoteAsync(Move(refused.Standing.Champion.Version), worse, Gate, CancellationToken.None)).Result);
        _clock.Now += TimeSpan.FromDays(7);
        var promoted = await PromoteAsync();
        Assert.Equal((AliasResult.Done, better, null), (promoted.Result, promoted.Standing.Champion.Sha256, promoted.Standing.Challenger.Sha256));
        Assert.Equivalent(promoted.Standing, await _aliases.CurrentAsync(Tenant, Name, CancellationToken.None));

        var back = await _aliases.RollBackAsync(Move(promoted.Standing.Champion.Version), null, CancellationToken.None);
        Assert.Equal((AliasResult.Done, first), (back.Result, back.Standing.Champion.Sha256));
        Assert.Equal("no_predecessor", Assert.Single((await _aliases.RollBackAsync(Move(back.Standing.Champion.Version), null, CancellationToken.None)).Reasons).Code);

        var history = await _aliases.HistoryAsync(Tenant, Name, CancellationToken.None);
        Assert.Equal(
            ["promote done  first", "promote refused first worse", "promote refused first better", "promote done first better", "roll_back done better first", "roll_back refused first "],
            history.Where(change => change.Alias == "champion").Select(change => $"{change.Action} {(change.IsDone ? "done" : "refused")} {Called(change.From)} {Called(change.To)}"));
        Assert.All(history, change => Assert.Equal(("test", "because"), (change.By, change.Why)));
        Assert.Equal(reason, Assert.Single(history.First(change => !change.IsDone).Reasons));

        await using var connection = await _database.Job.OpenConnectionAsync();
        Assert.Equal(
            ["model.challenge done", "model.promote done", "model.withdraw done", "model.challenge done", "model.promote refused"],
            await connection.QueryAsync<string>("SELECT action || ' ' || outcome FROM audit.entry WHERE tenant = 'acme' AND object = 'sales' ORDER BY seq LIMIT 5"));

        string Called(string? model) => model == first ? "first" : model == worse ? "worse" : model == better ? "better" : "";
    }

    [Fact]
    public async Task Enough_evaluations_beside_the_champion_stand_for_the_time()
    {
        var data = await DataAsync("a day");
        var (first, second) = (await ModelAsync("first", data), await ModelAsync("second", data));
        await EvaluateAsync(first, data, 0.10);
        await ChallengeAsync(first);
        await PromoteAsync();
        _clock.Now += TimeSpan.FromHours(1);
        await EvaluateAsync(second, data, 0.05);
        _clock.Now += TimeSpan.FromHours(1);
        await ChallengeAsync(second);
        foreach (var day in (string[])["Monday", "Tuesday"])
        {
            // The newest data set both were evaluated on decides, not the kindest.
            Assert.Equal("shadow_too_short", (await PromoteAsync()).Reasons[^1].Code);
            _clock.Now += TimeSpan.FromHours(1);
            var next = await DataAsync(day);
            await EvaluateAsync(first, next, 0.10);
            await EvaluateAsync(second, next, day == "Monday" ? 0.20 : 0.09);
        }

        Assert.Equal((AliasResult.Done, second), (await PromoteAsync() is var done ? done.Result : default, done.Standing.Champion.Sha256));
    }

    [Fact]
    public async Task Of_two_promotions_at_once_one_wins_and_the_other_is_told()
    {
        var data = await DataAsync("a day");
        for (var round = 0; round < 5; round++)
        {
            var model = await ModelAsync($"model {round}", data);
            await EvaluateAsync(model, data, 0.1 - round * 0.01);
            await ChallengeAsync(model);
            _clock.Now += TimeSpan.FromDays(7);
            var seen = (await _aliases.CurrentAsync(Tenant, Name, CancellationToken.None)).Champion.Version;
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _aliases.PromoteAsync(Move(seen), model, Gate, CancellationToken.None))));

            Assert.Single(outcomes, outcome => outcome.Result == AliasResult.Done);
            Assert.All(outcomes.Where(outcome => outcome.Result != AliasResult.Done), loser =>
            {
                Assert.Equal(AliasResult.Conflict, loser.Result);
                Assert.Equal((model, seen + 1), (loser.Standing.Champion.Sha256, loser.Standing.Champion.Version));
            });
        }
    }

    [Fact]
    public async Task A_tenant_sees_its_own_models_alone()
    {
        await ModelAsync("first", await DataAsync("a day"));
        await using var connection = await _database.App.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM ml.model", transaction: transaction));
        await connection.ExecuteAsync("SELECT set_config('app.tenant', 'acme', true)", transaction: transaction);
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM ml.model", transaction: transaction));
        await connection.ExecuteAsync("SELECT set_config('app.tenant', 'other', true)", transaction: transaction);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM ml.model", transaction: transaction));
    }

    private static AliasMove Move(long seen) => new(Tenant, Name, seen, "test", "because");

    private Task<DataSetReference> DataAsync(string content) =>
        _registry.RegisterDataSetAsync(Tenant, "store-days", Encoding.UTF8.GetBytes(content), 1, new Dictionary<string, string> { ["to"] = "2026-11-20" }, CancellationToken.None);

    private Task<string> ModelAsync(string content, DataSetReference trainedOn) => _registry.RegisterModelAsync(
        new(Tenant, Name, "1.0", Encoding.UTF8.GetBytes(content), trainedOn, "code 7", new Dictionary<string, string> { ["horizon"] = "42" }, "test"), CancellationToken.None);

    private Task EvaluateAsync(string model, DataSetReference data, double wape) =>
        _registry.RecordEvaluationAsync(Tenant, Name, model, data, new Dictionary<string, double> { ["wape"] = wape, ["bias"] = 0.01 }, CancellationToken.None);

    private async Task<AliasOutcome> ChallengeAsync(string model) =>
        await _aliases.ChallengeAsync(Move((await _aliases.CurrentAsync(Tenant, Name, CancellationToken.None)).Challenger.Version), model, CancellationToken.None);

    private async Task<AliasOutcome> PromoteAsync()
    {
        var standing = await _aliases.CurrentAsync(Tenant, Name, CancellationToken.None);
        return await _aliases.PromoteAsync(Move(standing.Champion.Version), standing.Challenger.Sha256!, Gate, CancellationToken.None);
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
