using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Access;

/// <summary>
/// The people of a tenant. The pages' role cannot reach them, so this class works as retail_job; every statement names the tenant of
/// whoever asks. A change and its entry in the audit are one transaction.
/// </summary>
internal sealed class UserRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, AuditLog audit, TimeProvider clock)
{
    /// <summary>How long a one-time token works.</summary>
    public static readonly TimeSpan TokenLife = TimeSpan.FromHours(72);

    private const string Columns = "login, display_name, role, stores, vendor, language, disabled_at IS NOT NULL, password_hash <> '', created_at, version";

    /// <summary>People by login, after a login.</summary>
    public Task<List<UserView>> ListAsync(SessionUser user, string after, int limit, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command($"SELECT {Columns} FROM api.app_user WHERE tenant = $1 AND login > $2 ORDER BY login LIMIT $3", user.Tenant, after, limit);
        return await ReadAsync(command, token);
    }, cancellationToken);

    /// <summary>One person; null when the tenant has none of that login.</summary>
    public Task<UserView?> FindAsync(SessionUser user, string login, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command($"SELECT {Columns} FROM api.app_user WHERE tenant = $1 AND login = $2", user.Tenant, AuditEntry.Storable(login));
        return (await ReadAsync(command, token)).SingleOrDefault();
    }, cancellationToken);

    /// <summary>Stores and vendors of a request the tenant does not have.</summary>
    public async Task<(List<string> Stores, bool Vendor)> UnknownAsync(SessionUser user, List<string>? stores, string? vendor, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            SELECT n FROM unnest($2::text[]) n WHERE NOT EXISTS (SELECT FROM tenancy.store WHERE tenant = $1 AND store = n)
            UNION ALL SELECT NULL WHERE $3::text IS NOT NULL AND NOT EXISTS (SELECT FROM gateway.feed WHERE tenant = $1 AND vendor = $3)
            """,
            user.Tenant, (stores ?? []).ToArray(), (object?)vendor ?? DBNull.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (missing, noVendor) = (new List<string>(), false);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.IsDBNull(0))
            {
                noVendor = true;
            }
            else
            {
                missing.Add(reader.GetString(0));
            }
        }

        return (missing, noVendor);
    }

    /// <summary>Makes a person without a password; null when the login is taken.</summary>
    public async Task<UserWithToken?> CreateAsync(HttpContext context, SessionUser user, UserRequest request, CancellationToken cancellationToken)
    {
        var (token, expires) = (NewToken(), clock.GetUtcNow() + TokenLife);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        await using var command = connection.Command(
            $"""
            INSERT INTO api.app_user (login, tenant, password_hash, role, stores, vendor, language, display_name, created_at, reset_hash, reset_expires_at)
            VALUES ($1, $2, '', $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (login) DO NOTHING RETURNING {Columns}
            """,
            $"{request.Name}@{user.Tenant}", user.Tenant, request.Role, Stores(request.Role, request.Stores), (object?)request.Vendor ?? DBNull.Value, request.Language,
            request.DisplayName, clock.GetUtcNow(), Hash(token), expires);
        if ((await ReadAsync(command, cancellationToken)).SingleOrDefault() is not { } made)
        {
            return null;
        }

        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "user.create", made.Login, new { made.Role, made.Stores, made.Vendor }), cancellationToken);
        await context.KeepWithoutSecretAsync(connection, made.Login, Reset(made.Login), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new UserWithToken(made, token, expires);
    }

    /// <summary>Changes a person and ends the sessions made under other rights.</summary>
    /// <returns>The person now, null when the version is not the one that was read.</returns>
    public async Task<UserView?> ChangeAsync(HttpContext context, SessionUser user, UserView before, UserChange change, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(
            $"""
            UPDATE api.app_user SET display_name = $4, role = $5, stores = $6, vendor = $7, language = $8, version = version + 1,
              disabled_at = CASE WHEN $9 THEN coalesce(disabled_at, $10) END,
              session_stamp = CASE WHEN (role, stores, vendor, disabled_at IS NOT NULL) IS NOT DISTINCT FROM ($5, $6, $7, $9) THEN session_stamp ELSE gen_random_uuid() END
            WHERE tenant = $1 AND login = $2 AND version = $3 RETURNING {Columns}
            """,
            user.Tenant, before.Login, before.Version, change.DisplayName, change.Role, Stores(change.Role, change.Stores), (object?)change.Vendor ?? DBNull.Value,
            change.Language, change.Disabled, clock.GetUtcNow());
        if ((await ReadAsync(command, cancellationToken)).SingleOrDefault() is not { } now)
        {
            return null;
        }

        var action = now.Disabled == before.Disabled ? "user.change" : now.Disabled ? "user.disable" : "user.enable";
        var detail = new { From = new { before.Role, before.Stores, before.Vendor }, To = new { now.Role, now.Stores, now.Vendor } };
        await audit.WriteAsync(connection, AuditEntry.Of(context, user, action, now.Login, detail), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return now;
    }

    /// <summary>Takes the password away, ends every session and opens a one-time token; null when the tenant has no such person.</summary>
    public async Task<UserWithToken?> ResetAsync(HttpContext context, SessionUser user, string login, CancellationToken cancellationToken)
    {
        var (token, expires) = (NewToken(), clock.GetUtcNow() + TokenLife);
        return await TouchAsync(
            context, user, login, "user.reset_password", ", password_hash = '', reset_hash = $3, reset_expires_at = $4", cancellationToken, Hash(token), expires) is { } now
            ? new UserWithToken(now, token, expires)
            : null;
    }

    /// <summary>Ends every session of a person; null when the tenant has no such person.</summary>
    public Task<UserView?> SignOutAsync(HttpContext context, SessionUser user, string login, CancellationToken cancellationToken) =>
        TouchAsync(context, user, login, "user.sign_out", "", cancellationToken);

    /// <summary>Sets the password somebody chose with the one-time token or the password until now. A wrong secret and an unknown login take as long.</summary>
    public async Task<bool> SetPasswordAsync(HttpContext context, string login, string secret, string password, CancellationToken cancellationToken)
    {
        var (tenant, hash, token, expires) = ("", "", Array.Empty<byte>(), DateTimeOffset.MinValue);
        await using (var lookup = database.Command(
            "SELECT tenant, password_hash, coalesce(reset_hash, ''), coalesce(reset_expires_at, '-infinity') FROM api.app_user WHERE login = $1 AND disabled_at IS NULL",
            AuditEntry.Storable(login)))
        {
            await using var reader = await lookup.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
            {
                (tenant, hash, token, expires) = (reader.GetString(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<DateTimeOffset>(3));
            }
        }

        // Hashing takes its time by design: no row and no connection is held meanwhile, and the secret must still be the one that was checked.
        var known = PasswordHash.Verify(hash, secret);
        var opened = expires > clock.GetUtcNow() && CryptographicOperations.FixedTimeEquals(token, Hash(secret));
        var made = PasswordHash.Create(password);
        var entry = new AuditEntry(tenant, tenant.Length == 0 ? "" : login, "password.set", tenant.Length == 0 ? "" : login) { Address = context.Connection.RemoteIpAddress };
        if ((known || opened) && await ReplaceAsync())
        {
            return true;
        }

        await audit.WriteRefusalAsync(entry, cancellationToken);
        return false;

        async Task<bool> ReplaceAsync()
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = connection.Command(
                """
                UPDATE api.app_user SET password_hash = $2, reset_hash = NULL, reset_expires_at = NULL, session_stamp = gen_random_uuid(), version = version + 1
                WHERE login = $1 AND disabled_at IS NULL AND password_hash = $3 AND coalesce(reset_hash, '') = $4
                """,
                login,
                made,
                hash,
                token);
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return false;
            }

            await audit.WriteAsync(connection, entry, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        }
    }

    private async Task<UserView?> TouchAsync(
        HttpContext context, SessionUser user, string login, string action, string change, CancellationToken cancellationToken, params object[] values)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        await using var command = connection.Command(
            $"UPDATE api.app_user SET version = version + 1, session_stamp = gen_random_uuid(){change} WHERE tenant = $1 AND login = $2 RETURNING {Columns}",
            [user.Tenant, AuditEntry.Storable(login), .. values]);
        if ((await ReadAsync(command, cancellationToken)).SingleOrDefault() is not { } now)
        {
            return null;
        }

        await context.KeepWithoutSecretAsync(connection, now.Login, Reset(now.Login), cancellationToken);
        await audit.WriteAsync(connection, AuditEntry.Of(context, user, action, now.Login), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return now;
    }

    private static string Reset(string login) => $"/v1/users/{login}/password-reset";

    // 256 random bits need no slow hash.
    private static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static NpgsqlParameter Stores(string role, List<string>? stores) =>
        PositionalParameters.OrNull(NpgsqlDbType.Array | NpgsqlDbType.Text, role == Role.Vendor ? Array.Empty<string>() : stores?.Distinct().Order(StringComparer.Ordinal).ToArray());

    private static async Task<List<UserView>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var people = new List<UserView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            people.Add(new UserView(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<string[]>(3),
                reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetString(5), reader.GetBoolean(6), reader.GetBoolean(7),
                reader.GetFieldValue<DateTimeOffset>(8), reader.GetInt64(9)));
        }

        return people;
    }
}
