using RetailInsight.Core.Ports;
using RetailInsight.Platform.Native.DuckDb;
using RetailInsight.Platform.Warehouse;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>
/// Parquet by DuckDB's own writer, in a private database that lives in memory, spills to a directory of its own and ends with the file.
/// </summary>
public sealed class DuckDbParquetWriter : IParquetWriter
{
    private const string InMemory = ":memory:";

    /// <inheritdoc/>
    public async Task WriteAsync(IReadOnlyList<ColumnSpec> columns, IAsyncEnumerable<RowBlock> blocks, Stream destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(destination);
        var directory = Directory.CreateTempSubdirectory("retailinsight-parquet-");
        try
        {
            var file = Path.Combine(directory.FullName, "rows.parquet");
            using (var instance = DuckDbInstance.Open(InMemory, new Dictionary<string, string>
            {
                ["autoinstall_known_extensions"] = "false",
                ["autoload_known_extensions"] = "false",
                ["memory_limit"] = "256MiB",
                ["threads"] = "1",
                ["temp_directory"] = directory.FullName,
            }))
            using (var connection = instance.Connect())
            using (cancellationToken.Register(connection.Interrupt))
            {
                RowSource.Register(connection);
                connection.Execute("SET TimeZone = 'UTC'");
                connection.Execute($"CREATE TABLE rows ({string.Join(", ", columns.Select(column => $"{WarehouseTypes.Quote(column.Name)} {column.Type.Ddl()}"))})");
                var targets = columns.Select(column => new WarehouseColumn(column.Name, column.Type, column.Nullable)).ToList();
                await foreach (var block in blocks.WithCancellation(cancellationToken))
                {
                    using var rows = new LoadRows("rows", targets, [[.. targets.Select(column => block[column.Name])]], [block.RowCount]);
                    connection.Execute(FormattableString.Invariant($"INSERT INTO rows SELECT * FROM {RowSource.FunctionName}({rows.Id})"));
                }

                connection.Execute($"COPY rows TO '{file.Replace("'", "''", StringComparison.Ordinal)}' (FORMAT parquet, COMPRESSION zstd)");
            }

            await using var written = File.OpenRead(file);
            await written.CopyToAsync(destination, cancellationToken);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
