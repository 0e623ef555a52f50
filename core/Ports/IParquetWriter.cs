namespace RetailInsight.Core.Ports;

/// <summary>Writes Apache Parquet files: columns with their types, for client systems that would rather not read text.</summary>
public interface IParquetWriter
{
    /// <summary>
    /// Writes one file. Memory stays bounded by one block, whatever the number of blocks; text may contain anything.
    /// </summary>
    /// <param name="columns">Name, type and whether it may be null, in order. Numeric is a decimal of 38 digits with 9 after the point.</param>
    /// <param name="blocks">The rows; each block has exactly these columns.</param>
    /// <param name="destination">Receives the file.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    Task WriteAsync(IReadOnlyList<ColumnSpec> columns, IAsyncEnumerable<RowBlock> blocks, Stream destination, CancellationToken cancellationToken);
}
