using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Onnx;
using RetailInsight.Ml.Registry;
using RetailInsight.Ml.Serving;
using RetailInsight.Platform.Local.DirectoryLake;
using RetailInsight.Platform.OnnxRuntime;

namespace RetailInsight.IntegrationTests.Ml;

/// <summary>From the alias in the database and the file in the lake to the answer, and on without both.</summary>
public sealed class ChampionsServed(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly PromotionGate Gate = new("wape", 0, [], TimeSpan.Zero, ShadowEvaluations: 0);
    private readonly string _root = Directory.CreateTempSubdirectory("served").FullName;
    private TestDatabase _database = null!;
    private DirectoryLake _directory = null!;
    private LakeLine _lake = null!;
    private ModelRegistry _registry = null!;
    private ModelAliases _aliases = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _directory = DirectoryLake.Open(new DirectoryLakeOptions { Root = Path.Combine(_root, "lake") }, TimeProvider.System, NullLogger<DirectoryLake>.Instance);
        _lake = new LakeLine(_directory);
        _registry = new ModelRegistry(_database.Job, _lake, TimeProvider.System);
        _aliases = new ModelAliases(_database.Job, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        _directory.Dispose();
        Directory.Delete(_root, recursive: true);
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_alias_decides_who_answers_and_what_is_at_hand_answers_without_network()
    {
        using (var server = Server())
        {
            using var refresh = Refresh(server, _aliases);
            Assert.Equal(0, await refresh.RefreshAsync(CancellationToken.None));
            Assert.Null(await AskAsync(server));

            await PromoteAsync(10, 0.2);
            Assert.Equal(1, await refresh.RefreshAsync(CancellationToken.None));
            Assert.Equal(0, await refresh.RefreshAsync(CancellationToken.None));
            Assert.Equal(10, await AskAsync(server));
            await PromoteAsync(20, 0.1);
            await refresh.RefreshAsync(CancellationToken.None);
            Assert.Equal(20, await AskAsync(server));

            // The lake is away: who is champion now stays, and the champion before is still in the cache.
            _lake.IsCut = true;
            await RollBackAsync();
            Assert.Equal(1, await refresh.RefreshAsync(CancellationToken.None));
            Assert.Equal(10, await AskAsync(server));
            _lake.IsCut = false;
            await PromoteAsync(30, 0.05);
            _lake.IsCut = true;
            Assert.Equal(0, await refresh.RefreshAsync(CancellationToken.None));
            Assert.Equal(10, await AskAsync(server));
            _lake.IsCut = false;
            Assert.Equal(1, await refresh.RefreshAsync(CancellationToken.None));
        }

        _lake.IsCut = true;
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=9;Timeout=1;Username=nobody;Database=none");
        using var later = Server();
        using var blind = Refresh(later, new ModelAliases(nowhere, TimeProvider.System));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => blind.RefreshAsync(CancellationToken.None));
        Assert.Equal(30, await AskAsync(later));
    }

    private static async Task<double?> AskAsync(ModelServer server)
    {
        var answer = await server.PredictAsync(
            new("acme", "sales", [new(null, new Dictionary<string, FieldValue> { ["store"] = 0.0 })], TimeSpan.FromSeconds(5)), CancellationToken.None);
        Assert.Null(answer?.Fallback);
        return answer is null ? null : Math.Round(answer.Predictions[0].Value, 9, MidpointRounding.ToEven);
    }

    private ModelServer Server() => new(new OnnxModelRuntime(), Cache(), new ServingOptions(), TimeProvider.System, NullLogger<ModelServer>.Instance);

    private ModelRefresh Refresh(ModelServer server, ModelAliases aliases) =>
        new(server, Cache(), aliases, _registry, new ServingOptions(), TimeProvider.System, NullLogger<ModelRefresh>.Instance);

    private ModelCache Cache() => new(Path.Combine(_root, "cache"));

    private async Task PromoteAsync(double value, double wape)
    {
        var data = await _registry.RegisterDataSetAsync("acme", "store-days", "days"u8.ToArray(), 1, new Dictionary<string, string>(), CancellationToken.None);
        var file = AdditiveGraph.Write(new("sales", "1", ModelKind.LogAdditive, [new("store", 1)], [], new(null, 0)), [[0]], [], Math.Log(value));
        var model = await _registry.RegisterModelAsync(new("acme", "sales", "1", file, data, "code", new Dictionary<string, string>(), "test"), CancellationToken.None);
        await _registry.RecordEvaluationAsync("acme", "sales", model, data, new Dictionary<string, double> { ["wape"] = wape }, CancellationToken.None);
        var standing = await _aliases.CurrentAsync("acme", "sales", CancellationToken.None);
        await _aliases.ChallengeAsync(new("acme", "sales", standing.Challenger.Version, "test", "tried"), model, CancellationToken.None);
        var promoted = await _aliases.PromoteAsync(new("acme", "sales", standing.Champion.Version, "test", "better"), model, Gate, CancellationToken.None);
        Assert.Equal(AliasResult.Done, promoted.Result);
    }

    private async Task RollBackAsync()
    {
        var standing = await _aliases.CurrentAsync("acme", "sales", CancellationToken.None);
        Assert.Equal(AliasResult.Done, (await _aliases.RollBackAsync(new("acme", "sales", standing.Champion.Version, "test", "worse"), null, CancellationToken.None)).Result);
    }

    /// <summary>A lake that can be out of reach.</summary>
    private sealed class LakeLine(ILake lake) : ILake
    {
        public bool IsCut { get; set; }

        public Task<LakeObject> PutAsync(string key, Stream content, CancellationToken cancellationToken) => Reach().PutAsync(key, content, cancellationToken);

        public Task<LakePointer> AppendAsync(string feed, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => Reach().AppendAsync(feed, payload, cancellationToken);

        public Task<Stream> OpenAsync(LakePointer pointer, CancellationToken cancellationToken) => Reach().OpenAsync(pointer, cancellationToken);

        public IAsyncEnumerable<LakeObject> ListAsync(string prefix, CancellationToken cancellationToken) => Reach().ListAsync(prefix, cancellationToken);

        private ILake Reach() => IsCut ? throw new IOException("The lake cannot be reached.") : lake;
    }
}
