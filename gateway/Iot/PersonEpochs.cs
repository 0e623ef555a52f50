using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Iot;

/// <summary>
/// Pseudonyms of persons. What a camera calls a person goes through HMAC-SHA256 under a secret of the tenant and the calendar month, so
/// that a person cannot be followed from one tenant or month to another. When a month is over for long enough its secret is destroyed:
/// from then on nobody can say which pseudonym a person had, and what comes late counts without a person.
/// </summary>
internal sealed class PersonEpochs([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, IOptions<GatewayOptions> options)
{
    private const int SecretBytes = 32;

    private readonly ConcurrentDictionary<string, (FrozenDictionary<DateOnly, byte[]> Secrets, long ReadAt)> _known = new(StringComparer.Ordinal);

    /// <summary>The pseudonyms of a tenant's persons, by business date and what the device calls the person. Makes the secrets of months that have none yet.</summary>
    /// <param name="tenant">Tenant id.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async ValueTask<Func<DateOnly, string, Id128>> OfAsync(string tenant, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(tenant, out var known) || clock.GetElapsedTime(known.ReadAt).TotalSeconds >= options.Value.CacheSeconds)
        {
            known = (await ReadAsync(tenant, cancellationToken), clock.GetTimestamp());
            _known[tenant] = known;
        }

        var secrets = known.Secrets;
        return (date, person) => secrets.TryGetValue(EpochOf(date), out var secret) ? PseudonymOf(secret, person) : Id128.None;
    }

    /// <summary>Destroys the secrets of months that are over for long enough, of every tenant.</summary>
    /// <returns>How many.</returns>
    public async Task<int> DestroyAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand("UPDATE gateway.person_epoch SET secret = NULL, destroyed_at = $2 WHERE epoch < $1 AND secret IS NOT NULL");
        command.Parameters.Add(new() { Value = FirstOf(now) });
        command.Parameters.Add(new() { Value = now });
        var destroyed = await command.ExecuteNonQueryAsync(cancellationToken);
        if (destroyed > 0)
        {
            _known.Clear();
        }

        return destroyed;
    }

    private async Task<FrozenDictionary<DateOnly, byte[]>> ReadAsync(string tenant, CancellationToken cancellationToken)
    {
        // A store ahead of UTC may begin the next month earlier.
        var now = clock.GetUtcNow();
        var last = EpochOf(DateOnly.FromDateTime(now.UtcDateTime.AddDays(2)));
        var epochs = Enumerable.Range(0, int.MaxValue).Select(FirstOf(now).AddMonths).TakeWhile(epoch => epoch <= last).ToArray();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("INSERT INTO gateway.person_epoch (tenant, epoch, secret, created_at) SELECT $1, e.epoch, e.secret, $4 FROM unnest($2::date[], $3::bytea[]) AS e(epoch, secret) ON CONFLICT DO NOTHING")
        {
            Parameters = { new() { Value = tenant }, new() { Value = epochs }, new() { Value = Array.ConvertAll(epochs, _ => RandomNumberGenerator.GetBytes(SecretBytes)) }, new() { Value = now } },
        });
        batch.BatchCommands.Add(new("SELECT epoch, secret FROM gateway.person_epoch WHERE tenant = $1 AND secret IS NOT NULL") { Parameters = { new() { Value = tenant } } });
        var secrets = new Dictionary<DateOnly, byte[]>();
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            secrets.Add(reader.GetFieldValue<DateOnly>(0), reader.GetFieldValue<byte[]>(1));
        }

        return secrets.ToFrozenDictionary();
    }

    private static Id128 PseudonymOf(byte[] secret, string person)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(person), hash);
        return new Id128(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash), System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash[8..]));
    }

    // The first month that still has its secret.
    private DateOnly FirstOf(DateTimeOffset now) => EpochOf(DateOnly.FromDateTime(now.UtcDateTime)).AddMonths(-options.Value.PersonMonths);

    private static DateOnly EpochOf(DateOnly date) => new(date.Year, date.Month, 1);
}
