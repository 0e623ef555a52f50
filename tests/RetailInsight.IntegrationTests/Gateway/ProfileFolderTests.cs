using System.Text;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Profiles;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A vendor is taken on, and a profile corrected, while the gateway runs.</summary>
public sealed class ProfileFolderTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private static readonly byte[] Sales = Encoding.UTF8.GetBytes(CornerShop.Sales);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("profiles-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_new_vendor_costs_one_file_and_no_restart()
    {
        await using var gateway = await StartAsync();
        await SetAsync(gateway, "corner-shop.v1.yaml", CornerShop.Profile);
        Assert.Equal((1, 1, 0, 0, 0), (await gateway.Acme.LandAsync("corner-shop", Sales)).Rows());
    }

    [Fact]
    public async Task A_published_version_never_changes_and_the_next_one_takes_its_place()
    {
        await using var gateway = await StartAsync();
        await SetAsync(gateway, "corner-shop.v1.yaml", CornerShop.Profile);
        await SetAsync(gateway, "corner-shop.v1.yaml", CornerShop.Profile.Replace("from: price", "from: cost", StringComparison.Ordinal));
        Assert.Equal(1, (await gateway.Acme.LandAsync("corner-shop", Sales)).GetProperty("profile_version").GetInt32());

        await SetAsync(gateway, "corner-shop.v2.yaml", CornerShop.Profile.Replace("version: 1", "version: 2", StringComparison.Ordinal).Replace("from: price", "from: cost", StringComparison.Ordinal));
        var renamed = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Sales).Replace("price", "cost", StringComparison.Ordinal).Replace(",7,", ",8,", StringComparison.Ordinal));
        var receipt = await gateway.Acme.LandAsync("corner-shop", renamed);
        Assert.Equal(2, receipt.GetProperty("profile_version").GetInt32());
        Assert.Equal((1, 1, 0, 0, 0), receipt.Rows());
    }

    [Fact]
    public async Task A_changed_text_of_a_published_version_is_refused_after_a_restart_too()
    {
        await using var first = await StartAsync();
        await SetAsync(first, "corner-shop.v1.yaml", CornerShop.Profile);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "corner-shop.v1.yaml"), CornerShop.Profile + "\n# another text\n");
        await using var second = await StartAsync(first);
        Assert.Null(second.Service<ProfileCatalog>().Find("corner-shop"));
    }

    [Fact]
    public async Task A_wrong_profile_holds_up_no_other()
    {
        await using var gateway = await StartAsync();
        await SetAsync(gateway, "a.yaml", "id: [");
        await SetAsync(gateway, "b.yaml", CornerShop.Profile.Replace("clock: terminal", "clock: sundial", StringComparison.Ordinal));
        await SetAsync(gateway, "c.yaml", CornerShop.Profile);
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
