using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Exports;

/// <summary>The bulk exports people asked for and their files. Works as retail_job; every statement names the tenant.</summary>
internal sealed class ExportRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, AuditLog audit)
{
    /// <summary>Exports of one tenant that may wait or run at once.</summary>
    public const int MaxUnfinished = 5;

    /// <summary>Queues an export; null when too many are waiting. It, its entry in the audit and the answer under the request's key are one transaction.</summary>
    public async Task<OperationView?> QueueAsync(
        HttpContext context, SessionUser user, IReadOnlyList<string> tables, DateOnly from, DateOnly to, string format, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        await connection.TakeTurnAsync("export", user.Tenant, cancellationToken);
        OperationView queued;
        await using (var command = connection.Command(
            """
            INSERT INTO api.export (tenant, requested_by, tables, from_date, to_date, format, stores)
            SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM api.export WHERE tenant = $1 AND state IN ('queued', 'running')) < $8
            RETURNING export_id, state, created_at, expires_at
            """,
            user.Tenant, user.Login, tables.ToArray(), from, to, format, PositionalParameters.OrNull(NpgsqlDbType.Array | NpgsqlDbType.Text, user.Stores?.ToArray()), (long)MaxUnfinished))
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            if (!await row.ReadAsync(cancellationToken))
            {
                return null;
            }

            queued = new OperationView(
                row.GetGuid(0).ToString("N"), "export", row.GetString(1), null, row.GetFieldValue<DateTimeOffset>(2), null, row.GetFieldValue<DateTimeOffset>(3), null, 0, []);
        }

        await context.KeepAnswerAsync(connection, StatusCodes.Status202Accepted, ExportEndpoints.Location(queued), queued, cancellationToken);
        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "export.create", queued.Id, new { Tables = tables, From = from, To = to, Format = format }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return queued;
    }

    /// <summary>An export of the person with its files; null when there is none.</summary>
    public Task<OperationView?> FindAsync(SessionUser user, Guid id, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        // The state first: what is ready then has all its files.
        OperationView? found;
        await using (var find = database.CreateCommand(
            "SELECT state, error, created_at, finished_at, expires_at, data_version FROM api.export WHERE tenant = $1 AND export_id = $2 AND requested_by = $3"))
        {
            find.Parameters.Add(new() { Value = user.Tenant });
            find.Parameters.Add(new() { Value = id });
            find.Parameters.Add(new() { Value = user.Login });
            await using var reader = await find.ExecuteReaderAsync(token);
            found = await reader.ReadAsync(token)
                ? new OperationView(
                    id.ToString("N"), "export", reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2),
                    reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3), reader.GetFieldValue<DateTimeOffset>(4), reader.IsDBNull(5) ? null : reader.GetInt64(5), 0, [])
                : null;
        }

        if (found is null)
        {
            return null;
        }

        var files = new List<ExportFileView>();
        await using var command = database.CreateCommand("SELECT name, table_name, month, rows, bytes, sha256 FROM api.export_file WHERE tenant = $1 AND export_id = $2 ORDER BY file_id");
        command.Parameters.Add(new() { Value = user.Tenant });
        command.Parameters.Add(new() { Value = id });
        await using var row = await command.ExecuteReaderAsync(token);
        while (await row.ReadAsync(token))
        {
            files.Add(new ExportFileView(
                row.GetString(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetInt64(3), row.GetInt64(4), row.GetString(5), $"/v1/exports/{id:N}/files/{row.GetString(0)}"));
        }

        return found with { Rows = files.Sum(file => file.Rows), Files = files };
    }, cancellationToken);

    /// <summary>A file of a ready export of the person, to be read from anywhere; null when there is none.</summary>
    public async Task<(ExportFileView File, Stream Content)?> OpenAsync(SessionUser user, Guid id, string name, CancellationToken cancellationToken)
    {
        var export = await FindAsync(user, id, cancellationToken);
        return export is { State: "ready" } && export.Files.FirstOrDefault(file => file.Name == name) is { } file
            ? (file, new ExportFileStream(database, user.Tenant, id, name, file.Bytes))
            : null;
    }
}
