using System.Text;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Profiles;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A vendor is taken on, and a profile corrected, while the gateway runs.</summary>
public sealed class ProfileFolderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private const string Profile = """
        id: corner-shop
        version: 1
        vendor: corner-shop
        content: transactions
        currency: JPY
        container: { format: csv, encoding: utf-8, delimiter: ",", quote: '"' }
        records: { receipt_key: [terminal, receipt_number] }
        receipt:
          store: { from: shop, type: code }
          terminal: { from: till, type: code }
          receipt_number: { from: no, type: code }
          kind: { constant: sale, type: code }
          occurred_at: { from: at, type: timestamp, formats: [yyyy-MM-dd HH:mm] }
          total: { from: total, type: money }
        line:
          item_code: { from: sku, type: code }
          quantity: { from: qty, type: decimal }
          unit_price: { from: price, type: money }
        sign: as_sent
        tax: { basis: untaxed }
        store: { by: code }
        business_date: cut_over
        clock: terminal
        identity: [store, terminal, business_date, receipt_number]
        checks: { total: true }
        """;

    private static readonly byte[] Sales = Encoding.UTF8.GetBytes("shop,till,no,at,sku,qty,price,total\nS011,1,7,2026-11-01 10:00,tea,2,50,100\n");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("profiles-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_new_vendor_costs_one_file_and_no_restart()
    {
        await using var gateway = await StartAsync();
        await SetAsync(gateway, "corner-shop.v1.yaml", Profile);
        Assert.Equal((1, 1, 0, 0, 0), (await gateway.Acme.LandAsync("corner-shop", Sales)).Rows());
    }

    [Fact]
    public async Task A_published_version_never_changes_and_the_next_one_takes_its_place()
    {
        await using var gateway = await StartAsync();
        await SetAsync(gateway, "corner-shop.v1.yaml", Profile);
        await SetAsync(gateway, "corner-shop.v1.yaml", Profile.Replace("from: price", "from: cost", StringComparison.Ordinal));
        Assert.Equal(1, (await gateway.Acme.LandAsync("corner-shop", Sales)).GetProperty("profile_version").GetInt32());

        await SetAsync(gateway, "corner-shop.v2.yaml", Profile.Replace("version: 1", "version: 2", StringComparison.Ordinal).Replace("from: price", "from: cost", StringComparison.Ordinal));
        var renamed = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Sales).Replace("price", "cost", StringComparison.Ordinal).Replace(",7,", ",8,", StringComparison.Ordinal));
        var receipt = await gateway.Acme.LandAsync("corner-shop", renamed);
        Assert.Equal(2, receipt.GetProperty("profile_version").GetInt32());
        Assert.Equal((1, 1, 0, 0, 0), receipt.Rows());
    }

    [Fact]
    public async Task A_changed_text_of_a_published_version_is_refused_after_a_restart_too()
    {
        await using var first = await StartAsync();
        await SetAsync(first, "corner-shop.v1.yaml", Profile);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "corner-shop.v1.yaml"), Profile + "\n# another text\n");
        await using var second = await StartAsync(first);
        Assert.Null(second.Service<ProfileCatalog>().Find("corner-shop"));
    }

    [Fact]
    public async Task A_wrong_profile_holds_up_no_other()
    {
        await using var gateway = await StartAsync();
        await SetAsync(gateway, "a.yaml", "id: [");
        await SetAsync(gateway, "b.yaml", Profile.Replace("clock: terminal", "clock: sundial", StringComparison.Ordinal));
        await SetAsync(gateway, "c.yaml", Profile);
        Assert.Equal((1, 1, 0, 0, 0), (await gateway.Acme.LandAsync("corner-shop", Sales)).Rows());
    }

    private async Task<GatewayHost> StartAsync(GatewayHost? over = null)
    {
        var settings = new Dictionary<string, string?> { ["Gateway:ProfilesDirectory"] = _directory.FullName, ["Gateway:CacheSeconds"] = "0" };
        var gateway = over is null ? await GatewayHost.StartAsync(postgres, settings) : await GatewayHost.StartAsync(over.Database, Directory.CreateTempSubdirectory("gateway-").FullName, settings);
        await using var feed = gateway.Database.Owner.CreateCommand(
            """
            INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('acme', 'corner-shop', 'corner-shop', 'corner-shop') ON CONFLICT DO NOTHING;
            UPDATE tenancy.api_key SET feeds = array_append(feeds, 'corner-shop') WHERE tenant = 'acme'
            """);
        await feed.ExecuteNonQueryAsync();
        return gateway;
    }

    private async Task SetAsync(GatewayHost gateway, string file, string yaml)
    {
        var path = Path.Combine(_directory.FullName, file);
        await File.WriteAllTextAsync(path, yaml);
        await gateway.Service<ProfileFolder>().LookAsync(default);
    }
}
