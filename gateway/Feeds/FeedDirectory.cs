using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Feeds;

/// <summary>A feed of a tenant: who pushes to it and how it is read.</summary>
internal sealed record Feed(string Tenant, string Id, string Vendor, string Profile);

/// <summary>Finds feeds. Those that were found are remembered for a few seconds.</summary>
internal sealed class FeedDirectory(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, IOptions<GatewayOptions> options)
{
    private readonly ConcurrentDictionary<(string Tenant, string Feed), (Feed Feed, DateTimeOffset Until)> _known = new();

    /// <summary>The feed, or null when the tenant has none of that name.</summary>
    public async ValueTask<Feed?> FindAsync(string tenant, string feed, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue((tenant, feed), out var known) && known.Until > now)
        {
            return known.Feed;
        }

        await using var command = database.CreateCommand("SELECT vendor, profile FROM gateway.feed WHERE tenant = $1 AND feed = $2");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = feed });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            _known.TryRemove((tenant, feed), out _);
            return null;
        }

        var found = new Feed(tenant, feed, reader.GetString(0), reader.GetString(1));
        _known[(tenant, feed)] = (found, now.AddSeconds(options.Value.CacheSeconds));
        return found;
    }
}
