namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A feed of every shipped profile for the tenant acme, named as the profile, and the stores their samples are of.</summary>
internal static class ShippedFeeds
{
    public static readonly string[] Stores = ["1", "2", "47311", "L7A9SHIBUYA", "L7A9UENO", "655441491", "655441492", "ONLINE", "ONLINE-UK"];

    /// <summary>Adds feeds and stores; to be called before the first request.</summary>
    public static async Task AddShippedFeedsAsync(this GatewayHost gateway)
    {
        var profiles = RetailInsight.Profiles.ProfileCatalog.LoadEmbedded().All.Select(profile => (profile.Id, profile.Vendor)).Distinct();
        await gateway.ExecuteAsync(
            $"""
            INSERT INTO tenancy.store (tenant, store, name, time_zone, cut_over_minute, opens_minute, closes_minute)
              SELECT 'acme', s, s, 'Asia/Tokyo', 300, 600, 1320 FROM unnest(ARRAY['{string.Join("', '", Stores)}']) s;
            INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES {string.Join(", ", profiles.Select(one => $"('acme', '{one.Id}', '{one.Vendor}', '{one.Id}')"))} ON CONFLICT DO NOTHING;
            UPDATE tenancy.api_key SET feeds = (SELECT array_agg(feed) FROM gateway.feed WHERE tenant = 'acme') WHERE label IN ('acme', 'acme-operator');
            """);
    }
}
