using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Webhooks;

/// <summary>
/// The endpoints of a tenant and what was sent to them. The pages' role cannot reach them, so this class works as retail_job; every statement
/// names the tenant of the session.
/// </summary>
internal sealed class WebhookRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, IDataProtectionProvider protection, AuditLog audit)
{
    /// <summary>The most endpoints of a tenant.</summary>
    public const int MaxEndpoints = 20;

    /// <summary>Messages of one page of the log.</summary>
    public const int PageSize = 50;

    private const string Columns = """
        endpoint_id, url, description, events, active, disabled_reason, CASE WHEN previous_until > now() THEN previous_until END,
        (SELECT count(*) FROM api.webhook_delivery AS d WHERE d.endpoint_id = e.endpoint_id AND d.due_at IS NOT NULL), created_at
        """;

    private readonly IDataProtector _protector = protection.CreateProtector("webhook-secret");

    /// <summary>The endpoints, oldest first; or the one of an id.</summary>
    public Task<List<WebhookView>> ListAsync(SessionUser user, Guid? id, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command($"SELECT {Columns} FROM api.webhook_endpoint AS e WHERE tenant = $1 {(id is null ? "" : "AND endpoint_id = $2")} ORDER BY created_at, endpoint_id", user.Tenant);
        if (id is not null)
        {
            command.Parameters.Add(new() { Value = id.Value });
        }

        await using var reader = await command.ExecuteReaderAsync(token);
        var list = new List<WebhookView>();
        while (await reader.ReadAsync(token))
        {
            list.Add(new WebhookView(
                reader.GetGuid(0).ToString("N"), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<string[]>(3), reader.GetBoolean(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6), reader.GetInt64(7),
                reader.GetFieldValue<DateTimeOffset>(8)));
        }

        return list;
    }, cancellationToken);

    /// <summary>Makes an endpoint; null when the tenant has as many as it may.</summary>
    public async Task<NewWebhook?> CreateAsync(HttpContext context, SessionUser user, WebhookRequest request, CancellationToken cancellationToken)
    {
        var secret = WebhookSignature.NewSecret();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        await connection.TakeTurnAsync("webhook_endpoint", user.Tenant, cancellationToken);
        await using var command = connection.Command(
            """
            INSERT INTO api.webhook_endpoint (tenant, url, description, events, active, secret, created_by)
            SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM api.webhook_endpoint WHERE tenant = $1) < $8 RETURNING endpoint_id
            """,
            user.Tenant, request.Url, request.Description, request.Events.ToArray(), request.Active, Seal(secret), user.Login, MaxEndpoints);
        if (await command.ExecuteScalarAsync(cancellationToken) is not Guid id)
        {
            return null;
        }

        await context.KeepWithoutSecretAsync(connection, Name(id), Rotation(id), cancellationToken);
        await FinishAsync(transaction, AuditEntry.Of(context, user, "webhook.create", Name(id), Facts(request)), cancellationToken);
        return new NewWebhook(secret, (await ListAsync(user, id, cancellationToken)).Single());
    }

    /// <summary>Changes an endpoint; false when there is none. One that works again begins with a clean slate.</summary>
    public async Task<bool> UpdateAsync(HttpContext context, SessionUser user, Guid id, WebhookRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(
            """
            WITH changed AS (
              UPDATE api.webhook_endpoint SET url = $3, description = $4, events = $5, active = $6, disabled_reason = NULL WHERE tenant = $1 AND endpoint_id = $2
              RETURNING endpoint_id
            ), again AS (
              UPDATE api.webhook_delivery SET first_due_at = now() WHERE endpoint_id IN (SELECT endpoint_id FROM changed) AND due_at IS NOT NULL
            )
            SELECT count(*) FROM changed
            """,
            user.Tenant, id, request.Url, request.Description, request.Events.ToArray(), request.Active);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! == 1
            && await FinishAsync(transaction, AuditEntry.Of(context, user, "webhook.change", Name(id), Facts(request)), cancellationToken);
    }

    /// <summary>Removes an endpoint and its log; false when there is none.</summary>
    public async Task<bool> DeleteAsync(HttpContext context, SessionUser user, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command("DELETE FROM api.webhook_endpoint WHERE tenant = $1 AND endpoint_id = $2", user.Tenant, id);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1
            && await FinishAsync(transaction, AuditEntry.Of(context, user, "webhook.remove", Name(id)), cancellationToken);
    }

    /// <summary>Gives an endpoint a new secret; the one before signs too for a while. Null when there is no such endpoint.</summary>
    public async Task<NewWebhook?> RotateAsync(HttpContext context, SessionUser user, Guid id, TimeSpan overlap, CancellationToken cancellationToken)
    {
        var secret = WebhookSignature.NewSecret();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        await using var command = connection.Command(
            "UPDATE api.webhook_endpoint SET previous_secret = secret, previous_until = now() + $4, secret = $3 WHERE tenant = $1 AND endpoint_id = $2", user.Tenant, id, Seal(secret), overlap);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return null;
        }

        await context.KeepWithoutSecretAsync(connection, Name(id), Rotation(id), cancellationToken);
        await FinishAsync(transaction, AuditEntry.Of(context, user, "webhook.rotate", Name(id), new { OverlapHours = overlap.TotalHours }), cancellationToken);
        return new NewWebhook(secret, (await ListAsync(user, id, cancellationToken)).Single());
    }

    /// <summary>The log of an endpoint, newest first, before a message.</summary>
    public Task<WebhookDeliveryList> DeliveriesAsync(SessionUser user, Guid id, long? before, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command(
            """
            SELECT d.delivery_id, sequence, event, attempts, created_at, delivered_at, due_at, failed_at,
              array(SELECT a.at FROM api.webhook_attempt a WHERE a.delivery_id = d.delivery_id ORDER BY attempt_id DESC LIMIT 10),
              array(SELECT coalesce(a.status, 0) FROM api.webhook_attempt a WHERE a.delivery_id = d.delivery_id ORDER BY attempt_id DESC LIMIT 10),
              array(SELECT coalesce(a.error, '') FROM api.webhook_attempt a WHERE a.delivery_id = d.delivery_id ORDER BY attempt_id DESC LIMIT 10),
              array(SELECT a.milliseconds FROM api.webhook_attempt a WHERE a.delivery_id = d.delivery_id ORDER BY attempt_id DESC LIMIT 10)
            FROM api.webhook_delivery AS d WHERE tenant = $1 AND endpoint_id = $2 AND sequence < $3 ORDER BY sequence DESC LIMIT $4
            """,
            user.Tenant, id, before ?? long.MaxValue, PageSize + 1);
        await using var row = await command.ExecuteReaderAsync(token);
        var items = new List<WebhookDeliveryView>();
        while (await row.ReadAsync(token))
        {
            var (at, status, error, milliseconds) = (row.GetFieldValue<DateTimeOffset[]>(8), row.GetFieldValue<int[]>(9), row.GetFieldValue<string[]>(10), row.GetFieldValue<int[]>(11));
            items.Add(new WebhookDeliveryView(
                row.GetInt64(0).ToString(CultureInfo.InvariantCulture), MessageId(id, row.GetInt64(1)), row.GetInt64(1), row.GetString(2),
                !row.IsDBNull(5) ? "delivered" : !row.IsDBNull(7) ? "failed" : "waiting", row.GetInt32(3), row.GetFieldValue<DateTimeOffset>(4),
                row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5), row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6),
                [.. Enumerable.Range(0, at.Length).Select(one => new WebhookAttemptView(at[one], status[one] == 0 ? null : status[one], error[one].Length == 0 ? null : error[one], milliseconds[one]))]));
        }

        var more = items.Count > PageSize;
        return new WebhookDeliveryList([.. items.Take(PageSize)], more ? items[PageSize - 1].Sequence.ToString(CultureInfo.InvariantCulture) : null);
    }, cancellationToken);

    /// <summary>Puts a message on its way again, with its id; false when there is none.</summary>
    public async Task<bool> RedeliverAsync(SessionUser user, Guid id, long delivery, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "UPDATE api.webhook_delivery SET due_at = now(), first_due_at = now(), delivered_at = NULL, failed_at = NULL WHERE tenant = $1 AND endpoint_id = $2 AND delivery_id = $3",
            user.Tenant, id, delivery);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>The secrets that were sealed, null for one that cannot be read because the keys it was sealed with are gone.</summary>
    public string? Open(byte[] secret)
    {
        try
        {
            return Encoding.UTF8.GetString(_protector.Unprotect(secret));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>What a message is called in every attempt.</summary>
    public static string MessageId(Guid endpoint, long sequence) => string.Create(CultureInfo.InvariantCulture, $"msg_{endpoint:N}_{sequence}");

    private static string Name(Guid id) => id.ToString("N");

    private static string Rotation(Guid id) => $"/v1/webhooks/{id:N}/rotate";

    // Of the URL its host alone: some systems have their callers put a password into the rest.
    private static object Facts(WebhookRequest request) => new { Host = new Uri(request.Url).Authority, request.Events, request.Active };

    private async Task<bool> FinishAsync(NpgsqlTransaction transaction, AuditEntry entry, CancellationToken cancellationToken)
    {
        await audit.WriteAsync(transaction.Connection!, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private byte[] Seal(string secret) => _protector.Protect(Encoding.UTF8.GetBytes(secret));
}
