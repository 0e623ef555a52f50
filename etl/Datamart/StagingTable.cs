using System.Globalization;
using Npgsql;
using Npgsql.Schema;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;
using RetailInsight.Etl.Models;

namespace RetailInsight.Etl.Datamart;

/// <summary>The unlogged table one lease stages one partition of one model in.</summary>
internal sealed class StagingTable(ModelRun run, long leaseToken)
{
    private const string Schema = "mart_staging";

    /// <summary>Schema and name, quoted. The name begins with the lease token and hashes the rest to stay short.</summary>
    public string Name { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"{Schema}.\"t{leaseToken}_{Id128.FromParts([run.Model.Name, run.Partition.Tenant, run.Partition.BusinessDate.ToString("O", CultureInfo.InvariantCulture), .. run.Partition.Stores])}\"");

    /// <summary>All staging tables with the token of their lease.</summary>
    public static async Task<IReadOnlyList<(string Name, long LeaseToken)>> ListAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT format('%I.%I', schemaname, tablename), substring(tablename FROM '^t(-?[0-9]{1,19})_')::bigint
            FROM pg_tables WHERE schemaname = $1 AND tablename ~ '^t-?[0-9]{1,19}_'
            """,
            connection)
        { Parameters = { new() { Value = Schema } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tables = new List<(string, long)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            tables.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return tables;
    }

    /// <summary>
    /// Creates the table, empty; one left by an earlier attempt under the same lease is replaced. The transaction's commit does
    /// not wait for the disk: a crash that loses it loses an unlogged table, and the attempt is repeated.
    /// </summary>
    public async Task CreateAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SET LOCAL synchronous_commit = off; DROP TABLE IF EXISTS {Name}; CREATE UNLOGGED TABLE {Name} AS SELECT {Columns} FROM {run.Model.Publish!.Table} WITH NO DATA",
            connection,
            transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Copies the result in as it is computed.</summary>
    /// <returns>Rows copied.</returns>
    /// <exception cref="InvalidOperationException">A row lies outside the run's partition.</exception>
    public async Task<long> FillAsync(
        IAsyncEnumerable<RowBlock> result, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var types = await TypesAsync(connection, transaction, cancellationToken);
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {Name} ({Columns}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        var inside = new PartitionGuard(run.Partition);
        await foreach (var block in result.WithCancellation(cancellationToken))
        {
            inside.Add(block);
            for (var row = 0; row < block.RowCount; row++)
            {
                await copy.StartRowAsync(cancellationToken);
                for (var column = 0; column < types.Length; column++)
                {
                    await WriteAsync(copy, block.Columns[column], row, types[column], cancellationToken);
                }
            }
        }

        inside.ThrowIfOutside(run.Model.Name);
        return checked((long)await copy.CompleteAsync(cancellationToken));
    }

    private string Columns => string.Join(", ", run.Model.Columns.Select(column => column.Name));

    private async Task<NpgsqlDbType[]> TypesAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT * FROM {Name} LIMIT 0", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var columns = await reader.GetColumnSchemaAsync(cancellationToken);
        return [.. columns.OfType<NpgsqlDbColumn>().Select(column => column.NpgsqlDbType ?? throw new NotSupportedException($"{Name}.{column.ColumnName} has the unsupported type {column.DataTypeName}."))];
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, ColumnData column, int row, NpgsqlDbType type, CancellationToken cancellationToken) =>
        column.IsNullAt(row) ? copy.WriteNullAsync(cancellationToken) : type switch
        {
            NpgsqlDbType.Smallint => copy.WriteAsync(checked((short)column.Int64At(row)), type, cancellationToken),
            NpgsqlDbType.Integer => copy.WriteAsync(checked((int)column.Int64At(row)), type, cancellationToken),
            NpgsqlDbType.Bigint => copy.WriteAsync(column.Int64At(row), type, cancellationToken),
            NpgsqlDbType.Text => copy.WriteAsync(column.StringAt(row), type, cancellationToken),
            NpgsqlDbType.Date => copy.WriteAsync(column.DateAt(row), type, cancellationToken),
            _ => copy.WriteAsync(column.ValueAt(row)!, type, cancellationToken),
        };
}
