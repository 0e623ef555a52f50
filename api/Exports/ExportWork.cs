using System.Globalization;
using System.Text;
using Npgsql;
using RetailInsight.Api.Tenancy;
using RetailInsight.Api.Webhooks;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Exports;

/// <summary>
/// Makes the files of bulk exports. All files of an export are read in one snapshot; a process that takes an export over goes on behind the last
/// whole file while the data version is the same, and begins anew when it is not.
/// </summary>
internal sealed class ExportWork(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TenantScope scope, IParquetWriter parquet)
{
    /// <summary>How long an export stays with a process that puts no piece.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private const int MostAttempts = 5;
    private const int FlushCharacters = 1 << 16;
    private const int BlockRows = 20_000;

    /// <summary>Removes what expired and takes the oldest export that waits; null when none does.</summary>
    public async Task<ClaimedExport?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var expire = database.CreateCommand(
            """
            WITH gone AS (UPDATE api.export SET state = 'expired' WHERE expires_at < now() AND state <> 'expired' RETURNING export_id),
              files AS (DELETE FROM api.export_file WHERE export_id IN (SELECT export_id FROM gone))
            DELETE FROM api.export_piece WHERE export_id IN (SELECT export_id FROM gone)
            """);
        await expire.ExecuteNonQueryAsync(cancellationToken);
        await using var command = database.CreateCommand(
            """
            UPDATE api.export SET state = 'running', attempts = attempts + 1, leased_until = now() + $1
            WHERE export_id = (SELECT export_id FROM api.export WHERE state IN ('queued', 'running') AND (leased_until IS NULL OR leased_until < now())
              ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING export_id, tenant, tables, from_date, to_date, format, stores, attempts, data_version
            """);
        command.Parameters.Add(new() { Value = Lease });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new ClaimedExport(
                row.GetGuid(0), row.GetString(1), row.GetFieldValue<string[]>(2), row.GetFieldValue<DateOnly>(3), row.GetFieldValue<DateOnly>(4), row.GetString(5),
                row.IsDBNull(6) ? null : row.GetFieldValue<string[]>(6), row.GetInt32(7), row.IsDBNull(8) ? null : row.GetInt64(8))
            : null;
    }

    /// <summary>Makes the files that are not there yet and tells of the export once it is whole.</summary>
    /// <exception cref="ExportLostException">Another process has taken it over.</exception>
    public async Task RunAsync(ClaimedExport export, CancellationToken cancellationToken)
    {
        if (export.Attempt > MostAttempts)
        {
            await ExecuteAsync("UPDATE api.export SET state = 'failed', error = $4, finished_at = now() WHERE tenant = $1 AND export_id = $2 AND attempts = $3", export, cancellationToken,
                $"It broke off {MostAttempts} times. Ask again, for fewer months.");
            return;
        }

        var version = await scope.ReadAtLengthAsync(export.Tenant, async (read, token) =>
        {
            var whole = export.DataVersion == read.DataVersion;
            if (!whole)
            {
                await ExecuteAsync("DELETE FROM api.export_file USING api.export AS e WHERE e.tenant = $1 AND e.export_id = $2 AND e.attempts = $3 AND export_file.export_id = e.export_id", export, token);
                await ExecuteAsync("UPDATE api.export SET data_version = $4 WHERE tenant = $1 AND export_id = $2 AND attempts = $3", export, token, read.DataVersion);
            }

            await ExecuteAsync(
                """
                DELETE FROM api.export_piece AS p USING api.export AS e WHERE e.tenant = $1 AND e.export_id = $2 AND e.attempts = $3 AND p.export_id = e.export_id
                  AND NOT EXISTS (SELECT FROM api.export_file AS f WHERE f.export_id = p.export_id AND f.name = p.name)
                """,
                export, token);
            var there = await NamesAsync(export, token);
            foreach (var table in export.Tables.Select(name => ExportTables.All[name]))
            {
                for (var month = new DateOnly(export.From.Year, export.From.Month, 1); month <= export.To; month = month.AddMonths(1))
                {
                    var name = string.Create(CultureInfo.InvariantCulture, $"{table.Name}-{month:yyyy-MM}.{export.Format}");
                    if (!there.Contains(name))
                    {
                        await WriteAsync(read, export, table, month, name, token);
                    }
                }
            }

            return read.DataVersion;
        }, cancellationToken);
        await FinishAsync(export, version, cancellationToken);
    }

    private async Task WriteAsync(TenantRead read, ClaimedExport export, ExportTable table, DateOnly month, string name, CancellationToken cancellationToken)
    {
        var last = month.AddMonths(1).AddDays(-1);
        var rows = read.StreamAsync(
            table.Select(export.Stores is not null), cancellationToken,
            new("from", month < export.From ? export.From : month), new("to", last > export.To ? export.To : last), new("stores", export.Stores ?? []));
        await using var pieces = new ExportPieces(database, export, name);
        var count = 0L;
        if (export.Format == "csv")
        {
            var csv = new CsvText();
            foreach (var column in table.Columns)
            {
                csv.Text(column.Name);
            }

            csv.EndRow();
            await pieces.WriteAsync(Encoding.UTF8.GetPreamble(), cancellationToken);
            await foreach (var row in rows)
            {
                count++;
                Write(csv, row, table);
                if (csv.Length >= FlushCharacters)
                {
                    await pieces.WriteAsync(Encoding.UTF8.GetBytes(csv.Take()), cancellationToken);
                }
            }

            await pieces.WriteAsync(Encoding.UTF8.GetBytes(csv.Take()), cancellationToken);
        }
        else
        {
            await parquet.WriteAsync([.. table.Columns.Select(column => new ColumnSpec(column.Name, column.Type, true, ""))], BlocksAsync(), pieces, cancellationToken);
        }

        await pieces.CompleteAsync(table.Name, month, count, cancellationToken);

        async IAsyncEnumerable<RowBlock> BlocksAsync()
        {
            var block = new List<object?[]>();
            await foreach (var row in rows)
            {
                count++;
                block.Add([.. table.Columns.Select((_, at) => row.IsDBNull(at) ? null : row.GetValue(at))]);
                if (block.Count == BlockRows)
                {
                    yield return ExportBlock.Of(table, block);
                    block.Clear();
                }
            }

            yield return ExportBlock.Of(table, block);
        }
    }

    private static void Write(CsvText csv, NpgsqlDataReader row, ExportTable table)
    {
        for (var at = 0; at < table.Columns.Count; at++)
        {
            _ = row.IsDBNull(at) ? csv.Number(null) : table.Columns[at].Type switch
            {
                ColumnType.String => csv.Text(row.GetString(at)),
                ColumnType.Date => csv.Number(row.GetFieldValue<DateOnly>(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                ColumnType.Bool => csv.Number(row.GetBoolean(at) ? "true" : "false"),
                ColumnType.Int64 => csv.Number(row.GetInt64(at)),
                _ => csv.Number(row.GetDecimal(at).ToString("0.######", CultureInfo.InvariantCulture)),
            };
        }

        csv.EndRow();
    }

    private async Task FinishAsync(ClaimedExport export, long version, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "UPDATE api.export SET state = 'ready', finished_at = now() WHERE tenant = $1 AND export_id = $2 AND attempts = $3", connection, transaction);
        command.Parameters.Add(new() { Value = export.Tenant });
        command.Parameters.Add(new() { Value = export.Id });
        command.Parameters.Add(new() { Value = export.Attempt });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 1)
        {
            await WebhookOutbox.AddAsync(
                connection, transaction, export.Tenant, WebhookOutbox.ExportReady,
                new { operation = $"/v1/operations/{export.Id:N}", data_version = version, tables = export.Tables }, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<HashSet<string>> NamesAsync(ClaimedExport export, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT name FROM api.export_file WHERE tenant = $1 AND export_id = $2");
        command.Parameters.Add(new() { Value = export.Tenant });
        command.Parameters.Add(new() { Value = export.Id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellationToken))
        {
            names.Add(row.GetString(0));
        }

        return names;
    }

    private async Task ExecuteAsync(string sql, ClaimedExport export, CancellationToken cancellationToken, params object[] more)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in (object[])[export.Tenant, export.Id, export.Attempt, .. more])
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>An export under lease; its attempt fences what is written.</summary>
internal sealed record ClaimedExport(
    Guid Id, string Tenant, IReadOnlyList<string> Tables, DateOnly From, DateOnly To, string Format, string[]? Stores, int Attempt, long? DataVersion);
