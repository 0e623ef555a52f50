using System.Text.Json;
using Npgsql;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Similarity;

/// <summary>
/// Reads of what stores are like and which resemble each other. The rule is that of <see cref="Peers.PeerGroup"/>: stores the reader may not see are
/// counted and never named, and a group of fewer than <see cref="TargetReads.SmallestGroup"/> stores says nothing of those.
/// </summary>
internal static class SimilarityReads
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The last day up to one as of which stores were compared; null for none.</summary>
    /// <param name="read">Where to read.</param>
    /// <param name="asOf">The latest day that counts; null for any.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<DateOnly?> ComparedAsOfAsync(this TenantRead read, DateOnly? asOf, CancellationToken cancellationToken) =>
        (await read.ListAsync(
            "SELECT max(as_of) FROM mart.store_profile WHERE tenant = @tenant AND as_of <= @until",
            row => row.IsDBNull(0) ? (DateOnly?)null : row.GetFieldValue<DateOnly>(0), cancellationToken, new NpgsqlParameter("until", asOf ?? DateOnly.MaxValue)))[0];

    /// <summary>How the stores were divided as of a day, by currency; only currencies of stores the reader may see.</summary>
    /// <param name="read">Where to read.</param>
    /// <param name="asOf">A day of <see cref="ComparedAsOfAsync"/>.</param>
    /// <param name="visible">The stores the reader may see.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<IReadOnlyList<StoreDivision>> DivisionsAsync(this TenantRead read, DateOnly asOf, IReadOnlyList<Store> visible, CancellationToken cancellationToken)
    {
        var divisions = await read.ListAsync(
            "SELECT currency, segments, reason, by_k::text, axes::text FROM mart.segmentation WHERE tenant = @tenant AND as_of = @asOf ORDER BY currency",
            row => new StoreDivision(row.GetString(0), row.GetInt16(1), row.GetString(2), Read<TriedNumber>(row.GetString(3)), Read<PictureAxis>(row.GetString(4)), []),
            cancellationToken, new NpgsqlParameter("asOf", asOf));
        var groups = await read.ListAsync(
            "SELECT currency, segment, stores, traits::text FROM mart.segment WHERE tenant = @tenant AND as_of = @asOf ORDER BY segment",
            row => (Currency: row.GetString(0), Group: new SimilarityGroup(row.GetInt32(1), row.GetInt32(2), Read<GroupTrait>(row.GetString(3)), [], null)),
            cancellationToken, new NpgsqlParameter("asOf", asOf));
        var places = await read.ListAsync(
            """
            SELECT p.currency, s.store, s.segment, s.candidate, s.x, s.y FROM mart.store_segment s
            JOIN mart.store_profile p ON p.tenant = s.tenant AND p.as_of = s.as_of AND p.store = s.store
            WHERE s.tenant = @tenant AND s.as_of = @asOf ORDER BY s.store
            """,
            row => new Place(row.GetString(0), row.GetString(1), row.GetInt32(2), row.IsDBNull(3) ? null : row.GetInt32(3), row.GetDouble(4), row.GetDouble(5)),
            cancellationToken, new NpgsqlParameter("asOf", asOf));
        return
        [
            .. divisions.Select(division => division with
            {
                Groups = [.. groups.Where(one => one.Currency == division.Currency)
                    .Select(one => Held(one.Group, [.. places.Where(place => place.Currency == division.Currency && place.Segment == one.Group.Number)], visible))],
            }).Where(division => division.Groups.Any(group => group.Named.Count > 0)),
        ];
    }

    /// <summary>The stores nearest to one as of a day, nearest first; none where there are too few to be compared with.</summary>
    /// <param name="read">Where to read.</param>
    /// <param name="store">Code of a store the reader may see.</param>
    /// <param name="asOf">A day of <see cref="ComparedAsOfAsync"/>.</param>
    /// <param name="visible">The stores the reader may see; others are not named.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<IReadOnlyList<NearStore>> NearestAsync(
        this TenantRead read, string store, DateOnly asOf, IReadOnlyList<Store> visible, CancellationToken cancellationToken)
    {
        var near = await read.ListAsync(
            "SELECT rank, peer, distance, alike, unlike FROM mart.store_peer WHERE tenant = @tenant AND as_of = @asOf AND store = @store ORDER BY rank",
            row => new NearStore(
                row.GetInt16(0), visible.FirstOrDefault(one => one.Code == row.GetString(1)), row.GetDouble(2), row.GetFieldValue<string[]>(3), row.IsDBNull(4) ? null : row.GetString(4)),
            cancellationToken, new("asOf", asOf), new NpgsqlParameter("store", store));
        return near.Count + 1 < TargetReads.SmallestGroup ? [] : near;
    }

    /// <summary>What stores are like as of a day, by code.</summary>
    /// <param name="read">Where to read.</param>
    /// <param name="stores">Codes of stores the reader may see.</param>
    /// <param name="asOf">A day of <see cref="ComparedAsOfAsync"/>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static Task<List<StoreProfile>> ProfilesAsync(this TenantRead read, IReadOnlyCollection<string> stores, DateOnly asOf, CancellationToken cancellationToken) => read.ListAsync(
        "SELECT store, currency, days, features::text FROM mart.store_profile WHERE tenant = @tenant AND as_of = @asOf AND store = ANY(@stores) ORDER BY store",
        row => new StoreProfile(row.GetString(0), row.GetString(1), row.GetInt32(2), JsonSerializer.Deserialize<Dictionary<string, double?>>(row.GetString(3))!),
        cancellationToken, new("asOf", asOf), new NpgsqlParameter("stores", stores.ToArray()));

    private static SimilarityGroup Held(SimilarityGroup group, List<Place> places, IReadOnlyList<Store> visible)
    {
        var named = places.Select(place => (Place: place, Store: visible.FirstOrDefault(store => store.Code == place.Store))).Where(one => one.Store is not null)
            .Select(one => new GroupMember(one.Store!, one.Place.X, one.Place.Y, one.Place.Candidate)).ToList();
        var isShown = places.Count > 0 && (named.Count == places.Count || places.Count >= TargetReads.SmallestGroup);
        return group with { Named = named, Traits = isShown ? group.Traits : [], Middle = isShown ? MiddleOf(places) : null };
    }

    // Half of the stores of the group lie within its reach.
    private static (double X, double Y, double Reach) MiddleOf(List<Place> places)
    {
        var (x, y) = (places.Average(place => place.X), places.Average(place => place.Y));
        return (x, y, places.Select(place => Math.Sqrt(((place.X - x) * (place.X - x)) + ((place.Y - y) * (place.Y - y)))).Order().ElementAt(places.Count / 2));
    }

    private static List<T> Read<T>(string json) => JsonSerializer.Deserialize<List<T>>(json, Json)!;

    private sealed record Place(string Currency, string Store, int Segment, int? Candidate, double X, double Y);
}

/// <summary>What a store is like.</summary>
/// <param name="Store">Code.</param>
/// <param name="Currency">ISO 4217 code of amounts.</param>
/// <param name="Days">Open days it was seen on.</param>
/// <param name="Features">By name, as people know them; null where there was too little evidence.</param>
internal sealed record StoreProfile(string Store, string Currency, int Days, IReadOnlyDictionary<string, double?> Features);

/// <summary>A store near another by what both are.</summary>
/// <param name="Rank">1 for the nearest.</param>
/// <param name="Store">Which; null where the reader may not see it.</param>
/// <param name="Distance">Root of the mean squared difference, in robust standard deviations.</param>
/// <param name="Alike">Features in which both are alike, the most telling first.</param>
/// <param name="Unlike">The feature they differ most in; null where they differ in none much.</param>
internal sealed record NearStore(int Rank, Store? Store, double Distance, IReadOnlyList<string> Alike, string? Unlike);
