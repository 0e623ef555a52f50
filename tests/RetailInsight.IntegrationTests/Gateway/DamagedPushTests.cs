using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Fuzzing;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>
/// Damaged files of every shipped profile, pushed as vendors push: each is kept as it came, answered and accounted for.
/// RETAILINSIGHT_SOAK_PUSHES (per sample) and RETAILINSIGHT_SOAK_SEED ask for more and other damage than the suite's.
/// </summary>
public sealed class DamagedPushTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private static readonly int PushesPerSample = Setting("RETAILINSIGHT_SOAK_PUSHES", 12);
    private static readonly int Seed = Setting("RETAILINSIGHT_SOAK_SEED", 20261121);

    private static readonly string Vendors = Path.Combine(
        typeof(DamagedPushTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(one => one.Key == "RepositoryRoot").Value!, "gateway", "profiles", "vendors");

    [Fact]
    public async Task Damaged_pushes_are_kept_byte_for_byte_and_accounted_for_and_none_is_our_fault()
    {
        // Small limits, so that segments, objects, answers in the request and answers after it all occur.
        await using var gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:InlineBytes"] = "90000" });
        await gateway.AddShippedFeedsAsync();
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster("POS01,S001,一号店,2020/04/01,", "POS02,S002,二号店,2020/04/01,"));
        var sent = new Dictionary<string, byte[]>();
        foreach (var sample in Directory.EnumerateFiles(Vendors, "*", SearchOption.AllDirectories).Where(IsSample).Order(StringComparer.Ordinal))
        {
            var feed = Path.GetRelativePath(Vendors, sample).Split(Path.DirectorySeparatorChar)[0];
            var original = await File.ReadAllBytesAsync(sample);
            for (var n = 0; n < PushesPerSample; n++)
            {
                await PushAsync(gateway.Acme, feed, original, unchecked((Seed * 31) + (sent.Count * 101) + n), sent);
            }
        }

        await GatewayHost.UntilAsync(async () => await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE state = 'landed'") == 0);
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE rows_read <> accepted + duplicate + superseding + quarantined"));
        await AssertKeptAsync(gateway, sent);
        await AssertTellableAsync(gateway, sent.Keys);
        output.WriteLine($"seed {Seed}: {sent.Count} payloads kept as sent, {await gateway.CountAsync("SELECT count(*) FROM gateway.ingestion WHERE state = 'unreadable'")} of them unreadable; "
            + $"{await gateway.CountAsync("SELECT sum(rows_read)::bigint FROM gateway.ingestion")} rows, {await gateway.CountAsync("SELECT sum(quarantined)::bigint FROM gateway.ingestion")} of them held");
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), System.Globalization.CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    private static bool IsSample(string path) => Path.GetFileName(Path.GetDirectoryName(path)) == "samples" && !path.EndsWith(".golden.json", StringComparison.Ordinal);

    private static async Task PushAsync(HttpClient client, string feed, byte[] original, int seed, Dictionary<string, byte[]> sent)
    {
        var random = new Random(seed);
        var mutator = new PayloadMutator(seed);
        var body = mutator.Mutate(original);
        var packed = random.Next(4) == 0;
        body = !packed ? body : random.Next(2) == 0 ? VendorFiles.Gzip(body) : mutator.Mutate(VendorFiles.Gzip(original));
        using var response = await client.PushAsync(feed, body, packed ? "gzip" : null, prefer: random.Next(4) == 0 ? "respond-async" : null);
        var text = await response.Content.ReadAsStringAsync();
        var told = $"{feed}, seed {seed}, {string.Join(" + ", mutator.Done)}: {(int)response.StatusCode} {text[..Math.Min(text.Length, 2_000)]}";
        if (body.Length == 0)
        {
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            return;
        }

        // What a camera sends and cannot be looked through is not kept, and the sender is told so.
        if (packed && response.StatusCode == HttpStatusCode.BadRequest && text.Contains("payload_unsearchable", StringComparison.Ordinal))
        {
            return;
        }

        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted or HttpStatusCode.UnprocessableEntity, told);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        using var answer = JsonDocument.Parse(text);
        var id = answer.RootElement.Text("receipt_id");
        sent[id] = body;
        if (response.StatusCode == HttpStatusCode.OK)
        {
            var (read, accepted, duplicate, superseding, quarantined) = answer.RootElement.Rows();
            Assert.True(read > 0 && read == accepted + duplicate + superseding + quarantined, told);
        }
    }

    private static async Task AssertKeptAsync(GatewayHost gateway, Dictionary<string, byte[]> sent)
    {
        await using var command = gateway.Database.Owner.CreateCommand(
            "SELECT replace(id::text, '-', ''), lake_object, lake_offset, bytes, sha256, removed_values, coalesce(sent_bytes, bytes) FROM gateway.ingestion WHERE replace(id::text, '-', '') = ANY($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = sent.Keys.ToArray() });
        await using var reader = await command.ExecuteReaderAsync();
        var found = 0;
        while (await reader.ReadAsync())
        {
            var body = sent[reader.GetString(0)];
            await using var stream = await gateway.Service<ILake>().OpenAsync(new LakePointer(reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)), default);
            using var kept = new MemoryStream();
            await stream.CopyToAsync(kept);
            Assert.Equal(body.Length, reader.GetInt64(6));
            if (reader.GetInt32(5) == 0)
            {
                Assert.Equal(body, kept.ToArray());
            }
            else
            {
                // A face or a picture is not kept; what stands in its place says so.
                Assert.Contains("removed ", Encoding.UTF8.GetString(kept.ToArray()), StringComparison.Ordinal);
            }

            Assert.Equal(SHA256.HashData(body), reader.GetFieldValue<byte[]>(4));
            found++;
        }

        Assert.Equal(sent.Count, found);
    }

    // What vendors and operators then ask about it is answered too.
    private static async Task AssertTellableAsync(GatewayHost gateway, IEnumerable<string> receipts)
    {
        foreach (var id in receipts)
        {
            await gateway.Acme.GetJsonAsync("/v1/receipts/" + id);
        }

        Assert.All((await gateway.Acme.GetJsonAsync("/v1/reconciliation?limit=1000")).GetProperty("files").EnumerateArray(), file => Assert.True(file.GetProperty("balanced").GetBoolean(), file.ToString()));
        await gateway.Acme.GetJsonAsync("/v1/quarantine/causes");
        await gateway.Acme.GetJsonAsync("/v1/masters/unmapped");
        var held = (await gateway.Operator.GetJsonAsync("/v1/quarantine?limit=1000")).GetProperty("items").EnumerateArray().ToList();
        Assert.NotEmpty(held);
        foreach (var item in held.Where((_, place) => place % 20 == 0))
        {
            await gateway.Operator.GetJsonAsync($"/v1/quarantine/{item.GetProperty("id").GetInt64()}");
        }
    }
}
