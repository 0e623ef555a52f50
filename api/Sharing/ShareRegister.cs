using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Sharing;

/// <summary>
/// The links people made. The pages' role cannot reach them, so this class works as retail_job; every statement names a tenant but the
/// one that finds a link by its token, where only the token tells the tenant.
/// </summary>
internal sealed class ShareRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, UserDirectory users, AuditLog audit, TimeProvider clock)
{
    /// <summary>Links one person may have that still work.</summary>
    public const int MostAlive = 200;

    private const string Columns =
        "share_id, tenant, made_by, page, filter, stores, language, created_at, expires_at, revoked_at, uses, last_used_at";

    private static readonly TimeSpan KeptAfterItsEnd = TimeSpan.FromDays(30);

    /// <summary>Makes a link.</summary>
    /// <returns>The link and its token, which is kept nowhere; null when the person has <see cref="MostAlive"/> already.</returns>
    public async Task<(ShareLink Link, string Token)?> CreateAsync(
        HttpContext context, SessionUser user, string page, string filter, string language, int days, CancellationToken cancellationToken)
    {
        // 256 random bits need no slow hash.
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.TakeTurnAsync("share_link", user.Tenant, cancellationToken);
        await using var tidy = connection.Command("DELETE FROM api.share_link WHERE tenant = $1 AND made_by = $2 AND expires_at < $3", user.Tenant, user.Login, now - KeptAfterItsEnd);
        await tidy.ExecuteNonQueryAsync(cancellationToken);
        await using var command = connection.Command(
            $"""
            INSERT INTO api.share_link (tenant, token_hash, made_by, page, filter, stores, language, created_at, expires_at)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
            WHERE (SELECT count(*) FROM api.share_link WHERE tenant = $1 AND made_by = $3 AND revoked_at IS NULL AND expires_at > $8) < $10 RETURNING {Columns}
            """,
            user.Tenant, Hash(token), user.Login, page, filter, Stores(user), language, now, now + TimeSpan.FromDays(days), MostAlive);
        if ((await ReadAsync(command, cancellationToken)).SingleOrDefault() is not { } made)
        {
            return null;
        }

        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "share.create", Name(made.Id), new { page, filter, made.ExpiresAt }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (made, token);
    }

    /// <summary>The links of a person, the latest first.</summary>
    public Task<List<ShareLink>> ListAsync(SessionUser user, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command(
            $"SELECT {Columns} FROM api.share_link WHERE tenant = $1 AND made_by = $2 AND expires_at > $3 ORDER BY created_at DESC LIMIT 500",
            user.Tenant, user.Login, clock.GetUtcNow() - KeptAfterItsEnd);
        return await ReadAsync(command, token);
    }, cancellationToken);

    /// <summary>Takes a link back. False when the person has no such link that still works.</summary>
    public async Task<bool> RevokeAsync(HttpContext context, SessionUser user, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(
            $"UPDATE api.share_link SET revoked_at = $4 WHERE tenant = $1 AND made_by = $2 AND share_id = $3 AND revoked_at IS NULL RETURNING {Columns}",
            user.Tenant, user.Login, id, clock.GetUtcNow());
        if ((await ReadAsync(command, cancellationToken)).SingleOrDefault() is not { } revoked)
        {
            return false;
        }

        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "share.revoke", Name(id), new { revoked.Uses }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>
    /// The link of a token and whose rights it is followed with. Null where the token is wrong, the link is over, its maker was removed or
    /// shut out, or sees less than when making it: nobody can tell which.
    /// </summary>
    public async Task<(ShareLink Link, SessionUser Maker)?> FindAsync(string token, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"SELECT {Columns} FROM api.share_link WHERE token_hash = $1", Hash(token));
        if ((await ReadAsync(command, cancellationToken)).SingleOrDefault() is not { } link || !link.IsAlive(clock.GetUtcNow())
            || await users.FindAsync(link.MadeBy, cancellationToken) is not { User: { } maker } || maker.Tenant != link.Tenant)
        {
            return null;
        }

        var seesAsMuch = maker.Stores is null || (link.Stores is { Count: > 0 } stores && stores.All(maker.Stores.Contains));
        return seesAsMuch ? (link, maker with { Stores = link.Stores?.ToFrozenSet(StringComparer.Ordinal) }) : null;
    }

    /// <summary>Counts that a link was followed; the first time is entered in the audit. False when it was taken back meanwhile.</summary>
    public async Task<bool> CountAsync(HttpContext context, ShareLink link, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(
            $"UPDATE api.share_link SET uses = uses + 1, last_used_at = $3 WHERE tenant = $1 AND share_id = $2 AND revoked_at IS NULL RETURNING {Columns}",
            link.Tenant, link.Id, clock.GetUtcNow());
        if ((await ReadAsync(command, cancellationToken)).SingleOrDefault() is not { } used)
        {
            return false;
        }

        if (used.Uses == 1)
        {
            var entry = new AuditEntry(link.Tenant, "", "share.first_use", Name(link.Id)) { Address = context.Connection.RemoteIpAddress, Detail = new { link.MadeBy, link.Page } };
            await audit.WriteAsync(connection, entry, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static string Name(Guid id) => id.ToString("N");

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static NpgsqlParameter Stores(SessionUser user) =>
        PositionalParameters.OrNull(NpgsqlDbType.Array | NpgsqlDbType.Text, user.Stores?.Order(StringComparer.Ordinal).ToArray());

    private static async Task<List<ShareLink>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var links = new List<ShareLink>();
        while (await reader.ReadAsync(cancellationToken))
        {
            links.Add(new ShareLink(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetFieldValue<string[]>(5),
                reader.GetString(6), reader.GetFieldValue<DateTimeOffset>(7), reader.GetFieldValue<DateTimeOffset>(8),
                reader.IsDBNull(9) ? null : reader.GetFieldValue<DateTimeOffset>(9), reader.GetInt64(10), reader.IsDBNull(11) ? null : reader.GetFieldValue<DateTimeOffset>(11)));
        }

        return links;
    }
}
