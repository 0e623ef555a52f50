using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Ingest;
using RetailInsight.Gateway.Landing;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>Whatever dies between two steps, what was acknowledged is converted exactly once.</summary>
public sealed class CrashTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Dictionary<string, string?> Impatient = new() { ["Gateway:SweepAfterSeconds"] = "0", ["Gateway:SweepEverySeconds"] = "1" };

    [Fact]
    public async Task A_payload_in_the_ledger_without_an_outcome_is_converted_from_the_lake()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:SweepEverySeconds"] = "3600" });
        var body = VendorFiles.SalesJson("S011", "000001", "100");
        var ingestion = await KeepAsync(gateway, body);

        // The sweep at start may have met it already.
        await gateway.Service<LandingSweeper>().SweepOnceAsync(default);
        await GatewayHost.UntilAsync(async () => (await gateway.Acme.GetJsonAsync("/v1/receipts/" + ingestion.ReceiptId)).Text("state") == "converted");
        Assert.Equal(0, await gateway.Service<LandingSweeper>().SweepOnceAsync(default));
        var receipt = await gateway.Acme.GetJsonAsync("/v1/receipts/" + ingestion.ReceiptId);
        Assert.Equal((1, 1, 0, 0, 0), receipt.Rows());

        using var resend = await gateway.Acme.PushAsync("vendor-b", body);
        Assert.Equal(receipt.GetRawText(), await resend.Content.ReadAsStringAsync());
        Assert.Equal(1, (await gateway.PublishedAsync()).Sum(batch => batch.Transactions.Store.Count));
    }

    [Fact]
    public async Task A_resend_of_a_payload_without_an_outcome_converts_it()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:SweepEverySeconds"] = "3600" });
        var body = VendorFiles.SalesJson("S011", "000001", "100");
        var ingestion = await KeepAsync(gateway, body);
        using var resend = await gateway.Acme.PushAsync("vendor-b", body);
        Assert.Equal("true", resend.Headers.GetValues("Idempotent-Replay").Single());
        var receipt = await resend.JsonAsync();
        Assert.Equal(ingestion.ReceiptId, receipt.Text("receipt_id"));
        Assert.Equal((1, 1, 0, 0, 0), receipt.Rows());
    }

    [Fact]
    public async Task A_lake_that_fails_before_the_payload_is_kept_acknowledges_nothing()
    {
        var faults = new Faults { BeforeAppend = 1 };
        await using var gateway = await GatewayHost.StartAsync(postgres, Impatient, faults.Install);
        var body = VendorFiles.SalesJson("S011", "000001", "100");
        using var refused = await gateway.Acme.PushAsync("vendor-b", body);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion"));
        Assert.Equal((1, 1, 0, 0, 0), (await gateway.Acme.LandAsync("vendor-b", body)).Rows());
    }

    [Fact]
    public async Task A_payload_kept_without_a_row_in_the_ledger_is_no_duplicate_of_itself()
    {
        var faults = new Faults { AfterAppend = 1 };
        await using var gateway = await GatewayHost.StartAsync(postgres, Impatient, faults.Install);
        var body = VendorFiles.SalesJson("S011", "000001", "100");
        using var refused = await gateway.Acme.PushAsync("vendor-b", body);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal((1, 1, 0, 0, 0), (await gateway.Acme.LandAsync("vendor-b", body)).Rows());
        Assert.Equal(1, (await gateway.PublishedAsync()).Sum(batch => batch.Transactions.Store.Count));
    }

    [Fact]
    public async Task A_conversion_that_fails_is_acknowledged_as_kept_and_done_again()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, Impatient);
        await using (var lockOut = gateway.Database.Owner.CreateCommand("ALTER TABLE gateway.identity RENAME TO identity_away"))
        {
            await lockOut.ExecuteNonQueryAsync();
        }

        using var response = await gateway.Acme.PushAsync("vendor-b", VendorFiles.SalesJson("S011", "000001", "100"));
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("landed", (await response.JsonAsync()).Text("state"));
        await using (var back = gateway.Database.Owner.CreateCommand("ALTER TABLE gateway.identity_away RENAME TO identity"))
        {
            await back.ExecuteNonQueryAsync();
        }

        var location = response.Headers.Location!.ToString();
        await GatewayHost.UntilAsync(async () => (await gateway.Acme.GetJsonAsync(location)).Text("state") == "converted");
        Assert.Equal((1, 1, 0, 0, 0), (await gateway.Acme.GetJsonAsync(location)).Rows());
        Assert.Equal(1, (await gateway.PublishedAsync()).Sum(batch => batch.Transactions.Store.Count));
    }

    [Fact]
    public async Task A_relay_that_dies_after_publishing_loses_nothing()
    {
        var faults = new Faults { AfterPublish = 1 };
        await using var gateway = await GatewayHost.StartAsync(postgres, Impatient, faults.Install);
        await gateway.Acme.LandAsync("vendor-b", VendorFiles.SalesJson("S011", "000001", "100"));
        var batches = await gateway.PublishedAsync();
        Assert.Equal(2, batches.Count);
        Assert.Single(batches.Select(batch => batch.BatchId).Distinct());
    }

    [Fact]
    public async Task Two_gateways_over_one_database_land_the_same_bytes_once()
    {
        await using var one = await GatewayHost.StartAsync(postgres);
        await using var other = await GatewayHost.StartAsync(one.Database, Directory.CreateTempSubdirectory("gateway-").FullName);
        var bodies = Enumerable.Range(1, 20).Select(i => VendorFiles.SalesJson("S011", $"{i % 10}", "100")).ToList();
        var answers = await Task.WhenAll(bodies.SelectMany(body => new[] { one.Acme.LandAsync("vendor-b", body), other.Acme.LandAsync("vendor-b", body) }));
        Assert.Equal(10, answers.Select(answer => answer.GetRawText()).Distinct().Count());
        Assert.Equal(10, await one.CountAsync("SELECT count(*) FROM gateway.identity"));
        Assert.Equal(10, (await one.PublishedAsync()).Sum(batch => batch.Transactions.Store.Count));
    }

    [Fact]
    public async Task A_payload_taken_up_twice_at_once_is_no_duplicate_of_itself()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:SweepEverySeconds"] = "3600" });
        var first = await KeepAsync(gateway, VendorFiles.SalesJson("S011", "000001", "100"));
        var twice = await KeepAsync(gateway, VendorFiles.SalesJson("S011", "000002", "100"));
        await using var connection = await gateway.Database.Owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var hold = new Npgsql.NpgsqlCommand("LOCK TABLE gateway.identity IN ACCESS EXCLUSIVE MODE", connection))
        {
            await hold.ExecuteNonQueryAsync();
        }

        // While the first landing waits, the next two come together for the one after it.
        var conversion = gateway.Service<PayloadConversion>();
        var landings = new List<Task<Ingestion>> { conversion.RunAsync(first, null, default) };
        await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()") == 1);
        landings.AddRange([conversion.RunAsync(twice, null, default), conversion.RunAsync(twice, null, default)]);
        await Task.Delay(500);
        await transaction.RollbackAsync();
        Assert.All(await Task.WhenAll(landings), landed => Assert.Equal((1, 1, 0, 0, 0), JsonDocument.Parse(landed.Answer!).RootElement.Rows()));
        Assert.Equal((1, 1, 0, 0, 0), (await gateway.Acme.GetJsonAsync("/v1/receipts/" + twice.ReceiptId)).Rows());
        Assert.Equal(2, (await gateway.PublishedAsync()).Sum(batch => batch.Transactions.Store.Count));
    }

    private static async Task<Ingestion> KeepAsync(GatewayHost gateway, byte[] body)
    {
        var payload = (await Payload.ReceiveAsync(new MemoryStream(body), body.Length, new("acme", body.Length), new(), gateway.Service<LargeUploads>(), default))!;
        var receivedAt = new DateTimeOffset(2026, 11, 21, 1, 2, 3, TimeSpan.Zero);
        var pointer = await gateway.Service<RawStore>().KeepAsync("acme", "vendor-b", receivedAt, payload, default);
        var ingestion = new Ingestion
        {
            Id = Ingestion.IdOf("acme", "vendor-b", SHA256.HashData(body), "identity"),
            Tenant = "acme",
            Feed = "vendor-b",
            Vendor = "vendor-b",
            Profile = "vendor-b",
            ProfileVersion = 1,
            ContentEncoding = "identity",
            Sha256 = payload.Sha256,
            Raw = pointer,
            ReceivedAt = receivedAt,
        };
        Assert.True(await gateway.Service<IngestionLedger>().OpenAsync(ingestion, receivedAt));
        return ingestion;
    }

    /// <summary>The real lake and bus, which fail the given number of times at the given place.</summary>
    private sealed class Faults
    {
        public int BeforeAppend;
        public int AfterAppend;
        public int AfterPublish;

        public void Install(IServiceCollection services)
        {
            Decorate<ILake>(services, lake => new FaultyLake(lake, this));
            Decorate<IMessageBus>(services, bus => new FaultyBus(bus, this));
        }

        public static void Strike(ref int times)
        {
            if (Interlocked.Decrement(ref times) >= 0)
            {
                throw new IOException("struck");
            }
        }

        private static void Decorate<T>(IServiceCollection services, Func<T, T> decorate)
            where T : class
        {
            var real = services.Last(service => service.ServiceType == typeof(T));
            services.AddSingleton(provider => decorate((T)(real.ImplementationInstance
                ?? real.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType!))));
        }
    }

    private sealed class FaultyLake(ILake lake, Faults faults) : ILake
    {
        public Task<LakeObject> PutAsync(string key, Stream content, CancellationToken cancellationToken) => lake.PutAsync(key, content, cancellationToken);

        public async Task<LakePointer> AppendAsync(string feed, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        {
            Faults.Strike(ref faults.BeforeAppend);
            var pointer = await lake.AppendAsync(feed, payload, cancellationToken);
            Faults.Strike(ref faults.AfterAppend);
            return pointer;
        }

        public Task<Stream> OpenAsync(LakePointer pointer, CancellationToken cancellationToken) => lake.OpenAsync(pointer, cancellationToken);

        public IAsyncEnumerable<LakeObject> ListAsync(string prefix, CancellationToken cancellationToken) => lake.ListAsync(prefix, cancellationToken);
    }

    private sealed class FaultyBus(IMessageBus bus, Faults faults) : IMessageBus
    {
        public Task EnsureSubscriptionAsync(string topic, string subscription, SubscriptionOptions options, CancellationToken cancellationToken) =>
            bus.EnsureSubscriptionAsync(topic, subscription, options, cancellationToken);

        public async Task<IReadOnlyList<string>> PublishAsync(string topic, IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken)
        {
            var ids = await bus.PublishAsync(topic, messages, cancellationToken);
            Faults.Strike(ref faults.AfterPublish);
            return ids;
        }

        public Task<IReadOnlyList<BusDelivery>> PullAsync(string subscription, int maxMessages, TimeSpan wait, CancellationToken cancellationToken) =>
            bus.PullAsync(subscription, maxMessages, wait, cancellationToken);

        public Task AckAsync(string subscription, IReadOnlyList<string> ackIds, CancellationToken cancellationToken) =>
            bus.AckAsync(subscription, ackIds, cancellationToken);

        public Task NackAsync(string subscription, IReadOnlyList<string> ackIds, string? reason, CancellationToken cancellationToken) =>
            bus.NackAsync(subscription, ackIds, reason, cancellationToken);

        public Task ExtendAsync(string subscription, IReadOnlyList<string> ackIds, TimeSpan extension, CancellationToken cancellationToken) =>
            bus.ExtendAsync(subscription, ackIds, extension, cancellationToken);

        public Task DeadLetterAsync(string subscription, IReadOnlyList<string> ackIds, string reason, CancellationToken cancellationToken) =>
            bus.DeadLetterAsync(subscription, ackIds, reason, cancellationToken);

        public Task<int> RedriveAsync(string subscription, CancellationToken cancellationToken) => bus.RedriveAsync(subscription, cancellationToken);
    }
}
