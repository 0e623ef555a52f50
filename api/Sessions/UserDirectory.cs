using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Sessions;

/// <summary>
/// Looks people up by login. The only reader of <c>api.app_user</c> and the only user of retail_job here: at sign-in the
/// tenant is not known yet, and the page role must never be able to read a hash.
/// </summary>
internal sealed class UserDirectory([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource source, IMemoryCache cache)
{
    // How long a revoked person or a changed store list may still work.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);

    /// <summary>The person if login and password are right, else null; unknown logins take as long as wrong passwords.</summary>
    public async Task<Registration?> SignInAsync(string login, string password, CancellationToken cancellationToken)
    {
        var (registration, hash) = await ReadAsync(Normalise(login), cancellationToken);
        return PasswordHash.Verify(hash, password) ? registration : null;
    }

    /// <summary>The person behind a session, at most 30 s old; null when removed.</summary>
    public Task<Registration?> FindAsync(string login, CancellationToken cancellationToken) =>
        cache.GetOrCreateAsync((typeof(UserDirectory), login), async entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = Freshness;
            return (await ReadAsync(login, cancellationToken)).Registration;
        });

    /// <summary>Logins are stored in lower case.</summary>
    public static string Normalise(string login) => login.Trim().ToLowerInvariant();

    private async Task<(Registration? Registration, string? Hash)> ReadAsync(string login, CancellationToken cancellationToken)
    {
        // PostgreSQL text cannot hold U+0000, so nobody has such a login.
        if (login.Contains('\0', StringComparison.Ordinal))
        {
            return (null, null);
        }

        await using var command = source.CreateCommand(
            "SELECT login, tenant, role, stores, language, display_name, password_hash FROM api.app_user WHERE login = $1");
        command.CommandTimeout = 5;
        command.Parameters.Add(new() { Value = login });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return (null, null);
        }

        var stores = reader.IsDBNull(3) ? null : reader.GetFieldValue<string[]>(3).ToFrozenSet(StringComparer.Ordinal);
        var user = new SessionUser(reader.GetString(0), reader.GetString(1), reader.GetString(2), stores, reader.GetString(4), reader.GetString(5));
        var hash = reader.GetString(6);
        var stamp = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hash)).AsSpan(0, 8));
        return (new Registration(user, stamp), hash);
    }
}

/// <summary>A person and the stamp of the password: a session made with another password is over.</summary>
internal sealed record Registration(SessionUser User, string Stamp);
