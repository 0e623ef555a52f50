using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Sessions;

/// <summary>
/// Looks people up by login, as retail_job: at sign-in the tenant is not known yet, and the page role must never be able to
/// read a hash. Beside it only <see cref="Access.UserRegister"/> reaches <c>api.app_user</c>.
/// </summary>
internal sealed class UserDirectory([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource source, IMemoryCache cache, AuditLog audit, TimeProvider clock)
{
    /// <summary>How long a person who was shut out on another instance, or whose rights were changed there, may still work.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(3);

    /// <summary>How long a session goes on while nobody can be looked up.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    private const string Columns = "login, tenant, role, stores, language, display_name, password_hash, session_stamp, disabled_at IS NOT NULL";

    /// <summary>
    /// The person if login and password are right, else null; an unknown login and a disabled person take as long as a wrong password.
    /// Both outcomes are audited; a login that is unknown is not written down, since it may be a mistyped password.
    /// </summary>
    /// <exception cref="NpgsqlException">The database cannot be reached, or the entry of the audit cannot be written: nobody is signed in.</exception>
    public async Task<Registration?> SignInAsync(HttpContext context, string login, string password)
    {
        var cancellationToken = context.RequestAborted;
        var found = await ReadAsync(Normalise(login), cancellationToken);
        var right = PasswordHash.Verify(found?.Hash, password);
        var entry = new AuditEntry(found?.User.Tenant ?? "", found?.User.Login ?? "", "session.create", "") { Address = context.Connection.RemoteIpAddress };
        if (found is null || !right || found.Disabled)
        {
            await audit.WriteRefusalAsync(entry, cancellationToken);
            return null;
        }

        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (PasswordHash.IsOutdated(found.Hash))
        {
            // Not over a password that was chosen in the meantime.
            var made = PasswordHash.Create(password);
            await using var renew = new NpgsqlCommand("UPDATE api.app_user SET password_hash = $2 WHERE login = $1 AND password_hash = $3", connection);
            renew.Parameters.Add(new() { Value = found.User.Login });
            renew.Parameters.Add(new() { Value = made });
            renew.Parameters.Add(new() { Value = found.Hash });
            found = found with { Hash = made };
            await renew.ExecuteNonQueryAsync(cancellationToken);
        }

        await audit.WriteAsync(connection, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Forget(found.User.Login);
        return found;
    }

    /// <summary>
    /// The person behind a session, at most <see cref="Freshness"/> old; null when removed or disabled. While the database cannot be asked, the
    /// person as last read, for no longer than <see cref="Remembered"/>.
    /// </summary>
    /// <exception cref="NpgsqlException">The database cannot be asked, and the person was not seen lately.</exception>
    public async Task<Registration?> FindAsync(string login, CancellationToken cancellationToken)
    {
        if (Known(login) is { } known && clock.GetElapsedTime(known.LookedAt) < Freshness)
        {
            return known.Registration;
        }

        var person = await DatabaseOutage.AskAsync(Patience, async token =>
        {
            var asked = clock.GetTimestamp();
            var read = new Person(await ReadAsync(login, token) is { Disabled: false } found ? found : null, asked, asked);
            return cache.Set((typeof(UserDirectory), login), read, Remembered);
        }, () => Known(login) is { } earlier ? cache.Set((typeof(UserDirectory), login), earlier with { LookedAt = clock.GetTimestamp() }, Remembered) : null, cancellationToken);
        return person.Registration;
    }

    /// <summary>Has the next request read the person anew.</summary>
    public void Forget(string login) => cache.Remove((typeof(UserDirectory), login));

    /// <summary>Logins are stored in lower case.</summary>
    public static string Normalise(string login) => login.Trim().ToLowerInvariant();

    private async Task<Registration?> ReadAsync(string login, CancellationToken cancellationToken)
    {
        // PostgreSQL text cannot hold U+0000 or half of a character, so nobody has such a login.
        if (AuditEntry.Storable(login) != login)
        {
            return null;
        }

        await using var command = source.CreateCommand($"SELECT {Columns} FROM api.app_user WHERE login = $1");
        command.CommandTimeout = 5;
        command.Parameters.Add(new() { Value = login });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var stores = reader.IsDBNull(3) ? null : reader.GetFieldValue<string[]>(3).ToFrozenSet(StringComparer.Ordinal);
        var user = new SessionUser(reader.GetString(0), reader.GetString(1), reader.GetString(2), stores, reader.GetString(4), reader.GetString(5));
        return new Registration(user, reader.GetString(6), reader.GetGuid(7), reader.GetBoolean(8));
    }

    // The cache forgets by the wall clock, which may be set back; how old a person is goes by the monotonic one.
    private Person? Known(string login) =>
        cache.TryGetValue((typeof(UserDirectory), login), out Person? known) && clock.GetElapsedTime(known!.ReadAt) < Remembered ? known : null;

    // Who was looked up, or null for nobody; when that was read, and when it was last looked for.
    private sealed record Person(Registration? Registration, long ReadAt, long LookedAt);
}

/// <summary>A person with what decides whether a session is still good. Never leaves the server.</summary>
internal sealed record Registration(SessionUser User, string Hash, Guid SessionStamp, bool Disabled)
{
    /// <summary>Of the password and of the sessions: a session made under another is over.</summary>
    public string Stamp => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Hash} {SessionStamp:N}")).AsSpan(0, 8));
}
