using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Gateway.Quarantine;
using RetailInsight.Profiles;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A gateway with a second profile for vendor A, which knows the code 05, and the warehouse's view of what it published.</summary>
internal static class ReplayHost
{
    /// <summary>Starts a gateway whose worker moves only when it is told or woken.</summary>
    public static Task<GatewayHost> StartAsync(PostgresFixture postgres, Dictionary<string, string?>? settings = null, int partBytes = int.MaxValue / 4) => GatewayHost.StartAsync(
        postgres,
        new(settings ?? []) { ["Gateway:SweepEverySeconds"] = "3600", ["Gateway:CacheSeconds"] = "0", ["Gateway:PartBytes"] = $"{partBytes}" },
        services => services.AddSingleton(_ => Catalog()));

    /// <summary>A second process over the same database and lake, which looks every second.</summary>
    public static Task<GatewayHost> StartBesideAsync(GatewayHost gateway)
    {
        var directory = Directory.CreateTempSubdirectory("gateway-").FullName;
        Directory.CreateSymbolicLink(Path.Combine(directory, "lake"), Path.Combine(gateway.Directory, "lake"));
        return GatewayHost.StartAsync(
            gateway.Database,
            directory,
            new() { ["Gateway:SweepEverySeconds"] = "1", ["Gateway:CacheSeconds"] = "0" },
            services => services.AddSingleton(_ => Catalog()));
    }

    /// <summary>From now on the feed is read by the profile that knows 05.</summary>
    public static Task FixProfileAsync(this GatewayHost gateway, string profile = "vendor-a-fixed") =>
        gateway.ExecuteAsync($"UPDATE gateway.feed SET profile = '{profile}' WHERE feed = 'vendor-a'");

    public static Task<JsonElement> PreviewAsync(this GatewayHost gateway, object scope) => gateway.Operator.PostJsonAsync("/v1/quarantine/previews", scope);

    public static Task<JsonElement> ReplayAsync(this GatewayHost gateway, object scope) => gateway.Operator.PostJsonAsync("/v1/quarantine/replays", scope);

    public static Task<JsonElement> UndoAsync(this GatewayHost gateway, long id) => gateway.Operator.PostJsonAsync($"/v1/quarantine/replays/{id}/undo", new { });

    public static async Task<JsonElement> PostJsonAsync(this HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        var json = await response.JsonAsync();
        Assert.True(response.IsSuccessStatusCode, json.ToString());
        return json;
    }

    public static long Id(this JsonElement replay) => replay.GetProperty("id").GetInt64();

    public static int Outcome(this JsonElement replay, string outcome) =>
        replay.GetProperty("outcomes").TryGetProperty(outcome, out var count) ? count.GetInt32() : 0;

    /// <summary>Effects as lines: what, store, date, rows, gross.</summary>
    public static string[] Effects(this JsonElement replay) =>
    [
        .. replay.GetProperty("effects").EnumerateArray()
            .Select(one => $"{one.Text("effect")} {one.GetProperty("store")} {one.GetProperty("business_date")} {one.GetProperty("rows")} {one.Text("gross")}"),
    ];

    /// <summary>All open items of the operator.</summary>
    public static async Task<List<JsonElement>> OpenItemsAsync(this GatewayHost gateway) =>
        [.. (await gateway.Operator.GetJsonAsync("/v1/quarantine?state=open&limit=1000")).GetProperty("items").EnumerateArray()];

    public static Task WorkAsync(this GatewayHost gateway) => gateway.Service<ReplayWorker>().RunOnceAsync(default);

    /// <summary>The profile vendor-a-fixed: that of vendor A, which knows 05.</summary>
    public static string FixedProfile() => Know05().Replace("id: vendor-a\n", "id: vendor-a-fixed\n", StringComparison.Ordinal);

    private static string Know05() => Yaml("vendor-a.v1.yaml").Replace("    \"01\": sale\n", "    \"01\": sale\n    \"05\": sale\n", StringComparison.Ordinal);

    private static ProfileCatalog Catalog()
    {
        var vendorA = Yaml("vendor-a.v1.yaml");
        var know05 = Know05();
        return ProfileCatalog.Load(
        [
            ("a.yaml", vendorA),
            ("master.yaml", Yaml("vendor-a-pos-master.v1.yaml")),
            ("b.yaml", Yaml("vendor-b.v1.yaml")),
            ("running.yaml", vendorA.Replace("id: vendor-a\n", "id: vendor-a-running\n", StringComparison.Ordinal).Replace("[terminal, business_date, receipt_number]", "[terminal, receipt_number]", StringComparison.Ordinal)),
            ("declared.yaml", Yaml("declared-totals.v1.yaml")),
            ("z-report.yaml", Yaml("vendor-a-z-report.v1.yaml")),
            ("counter.yaml", Yaml("people-counter.v1.yaml")),
            ("fixed.yaml", FixedProfile()),
            ("codes.yaml", vendorA.Replace("id: vendor-a\n", "id: vendor-a-codes\n", StringComparison.Ordinal).Replace("receipt:\n", "receipt:\n  store: { from: POSコード, type: code }\n", StringComparison.Ordinal)
                .Replace("store: { by: terminal }", "store: { by: dated_code }", StringComparison.Ordinal)),
            ("renamed.yaml", know05.Replace("id: vendor-a\n", "id: vendor-a-renamed\n", StringComparison.Ordinal).Replace("現金: cash", "現金: notes", StringComparison.Ordinal)),
            ("other.yaml", vendorA.Replace("id: vendor-a\n", "id: vendor-a-columns\n", StringComparison.Ordinal).Replace("POSコード", "端末コード", StringComparison.Ordinal)),
        ]);
    }

    private static string Yaml(string name)
    {
        var assembly = typeof(ProfileCatalog).Assembly;
        using var reader = new StreamReader(assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(resource => resource.EndsWith("." + name, StringComparison.Ordinal)))!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

/// <summary>What the warehouse's view of the current receipts says, by the batches published so far.</summary>
internal sealed class PublishedReceipts
{
    private readonly Dictionary<(ulong, ulong), (uint Revision, TransactionKind Kind, string Store, int Day, long Gross, (ulong, ulong) Original)> _newest = [];
    private readonly HashSet<string> _batches = [];

    /// <summary>Takes what is on the bus.</summary>
    public async Task<PublishedReceipts> ReadAsync(GatewayHost gateway)
    {
        foreach (var batch in (await gateway.PublishedAsync()).Where(batch => _batches.Add(batch.BatchId)))
        {
            var from = batch.Transactions;
            for (var row = 0; row < (from?.Store.Count ?? 0); row++)
            {
                var id = (from!.EventIdHi[row], from.EventIdLo[row]);
                Assert.False(_newest.TryGetValue(id, out var known) && known.Revision == from.Revision[row], "A revision was given away twice.");
                if (!_newest.ContainsKey(id) || known.Revision < from.Revision[row])
                {
                    _newest[id] = (from.Revision[row], from.Kind[row], batch.Strings[(int)from.Store[row]], from.BusinessDate[row], from.Gross[row], (from.OriginalEventIdHi[row], from.OriginalEventIdLo[row]));
                }
            }
        }

        return this;
    }

    /// <summary>Gross of sales and returns that no void takes back, by store and date, in yen.</summary>
    public string Days()
    {
        var voided = _newest.Values.Where(one => one.Kind == TransactionKind.Void).Select(one => one.Original).ToHashSet();
        return string.Join("; ", _newest
            .Where(one => one.Value.Kind is TransactionKind.Sale or TransactionKind.Return && !voided.Contains(one.Key))
            .GroupBy(one => (one.Value.Store, one.Value.Day)).OrderBy(day => day.Key)
            .Select(day => $"{day.Key.Store} {DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(day.Key.Day):MM-dd} {day.Count()} {Money.Format(day.Sum(one => one.Value.Gross))}"));
    }
}
