using System.Net;
using System.Text;
using Npgsql;
using RetailInsight.Gateway.Landing;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>Two tenants in one gateway: what the noisy one does, the quiet one does not notice.</summary>
public sealed class TenantFairnessTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly byte[] Large = VendorFiles.SalesCsv([.. Enumerable.Range(1, 12_000).Select(i => VendorFiles.Sale($"{i}", 100 + (i % 900)))]);

    [Fact]
    public async Task Past_its_rate_a_tenant_is_told_when_to_come_back_and_another_passes()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:RequestsPerSecond"] = "1", ["Gateway:RequestBurst"] = "3" });
        var address = new Uri("/v1/reconciliation", UriKind.Relative);
        using var first = await gateway.Acme.GetAsync(address);
        Assert.Equal("\"requests\";q=3;w=3, \"bytes-in-flight\";q=268435456;qu=\"content-bytes\"", string.Join(", ", first.Headers.GetValues("RateLimit-Policy")));
        Assert.Equal("\"requests\";r=2;t=1", first.Headers.GetValues("RateLimit").Single());
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => gateway.Acme.GetAsync(address)));
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.StartsWith("\"requests\";r=0;t=", refused.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        Assert.Equal("rate_limited", (await refused.JsonAsync()).Text("code"));
        using var other = await gateway.Client(GatewayHost.Key("rival")).GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Uploads_that_stall_take_neither_the_room_nor_the_bytes_of_another_tenant()
    {
        await using var gateway = await GatewayHost.StartAsync(
            postgres, new() { ["Gateway:LargeUploads"] = "4", ["Gateway:BytesInFlight"] = (8 * Large.Length).ToString(System.Globalization.CultureInfo.InvariantCulture) });
        using var stop = new CancellationTokenSource();
        var rival = gateway.Client(GatewayHost.Key("rival"));
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = gateway.Address };
        patient.DefaultRequestHeaders.Authorization = rival.DefaultRequestHeaders.Authorization;

        // The gateway says 100 when it begins to read a body, and by then it has counted its bytes.
        patient.DefaultRequestHeaders.ExpectContinue = true;
        var contents = Enumerable.Range(0, 8).Select(_ => new StallingContent(Large, stop.Token)).ToList();
        var stalled = contents.Select(content => patient.PostAsync(new Uri("/v1/ingest/vendor-a", UriKind.Relative), content, stop.Token)).ToList();
        await Task.WhenAll(contents.Select(content => content.Begun)).WaitAsync(TimeSpan.FromSeconds(30));
        using var probe = await rival.PushAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110)));
        Assert.Equal(HttpStatusCode.TooManyRequests, probe.StatusCode);
        using var crowded = await rival.PushAsync("vendor-a", Large);
        Assert.Equal("bytes_limited", (await crowded.JsonAsync()).Text("code"));
        Assert.Equal(TimeSpan.FromSeconds(2), crowded.Headers.RetryAfter!.Delta);

        using var quiet = await gateway.Acme.PushAsync("vendor-a", Large).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.Accepted, quiet.StatusCode);
        await stop.CancelAsync();
        await Task.WhenAll(stalled.Select(async one => await Assert.ThrowsAnyAsync<Exception>(() => one)));
    }

    [Fact]
    public async Task One_large_file_is_converted_before_the_many_of_another_tenant_that_came_first()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:Conversions"] = "2" });
        var rival = gateway.Client(GatewayHost.Key("rival"));
        var files = Enumerable.Range(0, 12).Select(n => VendorFiles.SalesCsv([.. Enumerable.Range(1, 12_000).Select(i => VendorFiles.Sale($"{n}-{i}", 100))])).ToList();
        foreach (var file in files)
        {
            using var accepted = await rival.PushAsync("vendor-a", file);
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        }

        using var mine = await gateway.Acme.PushAsync("vendor-a", Large);
        var address = mine.Headers.Location!.ToString();
        await GatewayHost.UntilAsync(async () => (await gateway.Acme.GetJsonAsync(address)).Text("state") == "converted");
        var left = await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE tenant = 'rival' AND state = 'landed'");
        Assert.True(left >= 4, $"{left} of the twelve files were still waiting");
    }

    [Fact]
    public async Task A_small_payload_lands_in_the_midst_of_another_tenants_flood()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres);
        var (rival, acme) = (gateway.Client(GatewayHost.Key("rival")), gateway.Acme);
        List<Task<HttpResponseMessage>> flood;
        Task mine;

        // Nothing lands while the table is locked: the flood queues up first, and only then comes the quiet tenant.
        await using (var elsewhere = await gateway.Database.Owner.OpenConnectionAsync())
        await using (var held = await elsewhere.BeginTransactionAsync())
        {
            await using (var locking = new NpgsqlCommand("LOCK TABLE gateway.ingestion IN SHARE ROW EXCLUSIVE MODE", elsewhere))
            {
                await locking.ExecuteNonQueryAsync();
            }

            flood = [.. Enumerable.Range(0, 3_000).Select(n => rival.PushAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale($"{n:0000}", 110))))];
            await GatewayHost.UntilAsync(() => Task.FromResult(PayloadsKept(gateway, "rival/vendor-a") == 3_000));
            mine = acme.LandAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110)));
            await GatewayHost.UntilAsync(() => Task.FromResult(PayloadsKept(gateway, "acme/vendor-a") == 1));
            await held.RollbackAsync();
        }

        await mine;
        await Task.WhenAll(flood);
        var later = await gateway.CountAsync(
            """
            SELECT count(*) FROM gateway.ingestion
            WHERE tenant = 'rival' AND xmin::text::bigint > (SELECT xmin::text::bigint FROM gateway.ingestion WHERE tenant = 'acme')
            """);
        Assert.True(later > flood.Count / 2, $"{later} of {flood.Count} landed in later transactions");
    }

    [Fact]
    public async Task A_large_file_on_its_way_shows_how_far_it_is()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        await using var elsewhere = await gateway.Database.Owner.OpenConnectionAsync();
        await using (var held = new NpgsqlCommand("SELECT pg_advisory_lock($1)", elsewhere) { Parameters = { new() { Value = new LandingLane("acme", "vendor-a", "vendor-a").LockKey } } })
        {
            await held.ExecuteNonQueryAsync();
        }

        using var answer = await gateway.Acme.PushAsync("vendor-a", Large);
        var address = answer.Headers.Location!.ToString();
        await GatewayHost.UntilAsync(async () => (await gateway.Acme.GetJsonAsync(address)).GetProperty("progress").Text("stage") == "landing");
        var progress = (await gateway.Acme.GetJsonAsync(address)).GetProperty("progress");
        Assert.Equal($"{{\"stage\":\"landing\",\"rows_done\":12000,\"rows_total\":12000,\"bytes_total\":{Large.Length}}}", progress.GetRawText());
        await using (var free = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", elsewhere))
        {
            await free.ExecuteNonQueryAsync();
        }

        await GatewayHost.UntilAsync(async () => (await gateway.Acme.GetJsonAsync(address)).Text("state") == "converted");
        Assert.False((await gateway.Acme.GetJsonAsync(address)).TryGetProperty("progress", out _));
    }

    // Each frame of a segment names its feed.
    private static int PayloadsKept(GatewayHost gateway, string feed)
    {
        var segment = Directory.EnumerateFiles(gateway.Directory, "*.seg", SearchOption.AllDirectories).FirstOrDefault();
        if (segment is null)
        {
            return 0;
        }

        using var file = new FileStream(segment, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var written = new byte[4 << 20];
        return written.AsSpan(0, file.ReadAtLeast(written, written.Length, throwOnEndOfStream: false)).Count(Encoding.UTF8.GetBytes(feed));
    }

    /// <summary>A body that stops shortly before its end until it is told to end.</summary>
    private sealed class StallingContent(byte[] body, CancellationToken stop) : HttpContent
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            _begun.SetResult();
            await stream.WriteAsync(body.AsMemory(0, body.Length * 95 / 100), stop);
            await stream.FlushAsync(stop);
            await Task.Delay(Timeout.Infinite, stop);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
