using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Feeds;

/// <summary>A feed of a tenant: who pushes to it and how it is read.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Id">Its name.</param>
/// <param name="Vendor">Who pushes.</param>
/// <param name="Profile">Id of the profile it is read by, in its newest version.</param>
/// <param name="Resend">What sending a store-day again means: one of <see cref="ResendMode"/>.</param>
/// <param name="IsRetired">Whether it takes nothing more.</param>
internal sealed record Feed(string Tenant, string Id, string Vendor, string Profile, string Resend = ResendMode.Append, bool IsRetired = false);

/// <summary>Finds feeds. Those that were found are remembered for a few seconds.</summary>
internal sealed class FeedDirectory(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, IOptions<GatewayOptions> options)
{
    private readonly ConcurrentDictionary<(string Tenant, string Feed), (Feed Feed, long ReadAt)> _known = new();

    /// <summary>The feed, or null when the tenant has none of that name.</summary>
    public async ValueTask<Feed?> FindAsync(string tenant, string feed, CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        if (_known.TryGetValue((tenant, feed), out var known) && clock.GetElapsedTime(known.ReadAt, now).TotalSeconds < options.Value.CacheSeconds)
        {
            return known.Feed;
        }

        await using var command = database.CreateCommand("SELECT vendor, profile, resend, retired_at IS NOT NULL FROM gateway.feed WHERE tenant = $1 AND feed = $2");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = feed });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            _known.TryRemove((tenant, feed), out _);
            return null;
        }

        var found = new Feed(tenant, feed, reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3));
        _known[(tenant, feed)] = (found, now);
        return found;
    }

    /// <summary>Forgets a feed: it was changed here. Other processes learn of it when what they remember has aged out.</summary>
    public void Forget(string tenant, string feed) => _known.TryRemove((tenant, feed), out _);
}
