using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.OpenApi;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Feeds;

/// <summary>The services and addresses of feeds, and of what a feed is made from: profiles and stores.</summary>
internal static class FeedRoutes
{
    private static readonly int[] OfChanges = [StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict];

    /// <summary>Registers reading and changing.</summary>
    public static void AddFeeds(this IServiceCollection services) => services.AddSingleton<FeedRegister>().AddSingleton<FeedEndpoint>();

    /// <summary>Maps <c>/feeds</c>, <c>/profiles</c> and <c>/stores</c>.</summary>
    public static void MapFeeds(this RouteGroupBuilder v1)
    {
        v1.MapGet("/feeds", (FeedEndpoint endpoint, HttpContext context) => endpoint.ListAsync(context)).Describe("Feeds by name", typeof(FeedList));
        v1.MapGet("/feeds/{feed}", (string feed, FeedEndpoint endpoint, HttpContext context) => endpoint.GetAsync(feed, context))
            .Describe("A feed and what was done to it", typeof(FeedView), StatusCodes.Status404NotFound);
        var create = v1.MapPost("/feeds", (FeedEndpoint endpoint, HttpContext context) => endpoint.CreateAsync(context)).Accepts<FeedRequest>("application/json");
        create.Produces<FeedView>(StatusCodes.Status201Created);
        create.Describe("Make a feed", typeof(FeedView), StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict);
        v1.MapPatch("/feeds/{feed}", (string feed, FeedEndpoint endpoint, HttpContext context) => endpoint.PatchAsync(feed, context)).Accepts<FeedRequest>("application/json")
            .Describe("Change the profile of a feed, or what a resend means", typeof(FeedView), OfChanges);
        v1.MapPost("/feeds/{feed}/retire", (string feed, FeedEndpoint endpoint, HttpContext context) => endpoint.RetireAsync(feed, context))
            .Describe("Retire a feed: it takes nothing more", typeof(FeedView), StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound);
        v1.MapGet("/profiles", (ProfileCatalog profiles) => TypedResults.Json(ListOf(profiles), GatewayJson.Plain.ProfileList)).Describe("Published profiles", typeof(ProfileList));
        v1.MapGet("/stores", async ([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, HttpContext context) =>
                TypedResults.Json(await StoresAsync(database, Caller.Of(context), context.RequestAborted), GatewayJson.Plain.StoreList))
            .Describe("The tenant's store codes", typeof(StoreList));
    }

    private static ProfileList ListOf(ProfileCatalog profiles) => new(
    [
        .. profiles.All.GroupBy(profile => profile.Id).Select(versions => (Newest: versions.Last(), Versions: versions.Select(profile => profile.Version).ToList())).Select(one => new ProfileEntry(
            one.Newest.Id, one.Newest.Version, one.Versions, one.Newest.Vendor, FeedEndpoint.ContentOf(one.Newest), one.Newest.Format, one.Newest.Encoding, one.Newest.Currency)),
    ]);

    private static async Task<StoreList> StoresAsync(NpgsqlDataSource database, Caller caller, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT store, name, time_zone, cut_over_minute FROM tenancy.store WHERE tenant = $1 AND ($2::text[] IS NULL OR store = ANY($2)) ORDER BY store");
        command.Parameters.Add(new() { Value = caller.Tenant });
        command.Parameters.Add(new() { Value = (object?)caller.Stores ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var stores = new List<StoreView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var minute = reader.GetInt32(3);
            stores.Add(new StoreView(reader.GetString(0), reader.GetString(1), reader.GetString(2), string.Create(CultureInfo.InvariantCulture, $"{minute / 60:00}:{minute % 60:00}")));
        }

        return new StoreList(stores);
    }
}
