using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Warehouse;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>One table's rows of a load as gzipped lines of JSON, each with its batch.</summary>
/// <param name="Table">Target table.</param>
/// <param name="Columns">Its columns, in order.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Content">What is uploaded.</param>
/// <param name="Sha256">Hash of the lines before compression: what the rows are, whoever compressed them.</param>
internal sealed record StagedRows(string Table, IReadOnlyList<WarehouseColumn> Columns, long Rows, ReadOnlyMemory<byte> Content, string Sha256)
{
    /// <summary>Whose row it is, in a staging table.</summary>
    public const string TenantColumn = "load_tenant";

    /// <summary>Which batch brought it, in a staging table.</summary>
    public const string BatchColumn = "load_batch_id";

    private const int FlushBytes = 1 << 16;
    private const byte LineFeed = (byte)'\n';
    private const decimal FinestNumeric = 0.000000001m;
    private static readonly int FirstDay = DateOnly.MinValue.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
    private static readonly int LastDay = DateOnly.MaxValue.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
    private static readonly long FirstMicrosecond = (DateTime.MinValue - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    private static readonly long LastMicrosecond = (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static readonly JsonWriterOptions Json = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Checksum of what is uploaded, as Cloud Storage writes it.</summary>
    public string Crc32C
    {
        get
        {
            Span<byte> bytes = stackalloc byte[sizeof(uint)];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, Platform.Crc32C.Compute(Content.Span));
            return Convert.ToBase64String(bytes);
        }
    }

    /// <summary>Columns of the staging table.</summary>
    public IReadOnlyList<WarehouseColumn> StagingColumns =>
        [.. Columns, new(TenantColumn, ColumnType.String, false), new(BatchColumn, ColumnType.String, false)];

    /// <summary>Writes what several batches bring to a table.</summary>
    /// <exception cref="WarehouseDataException">A column does not fit the table, or an amount has more decimals than NUMERIC.</exception>
    public static StagedRows Of(string table, IReadOnlyList<WarehouseColumn> columns, IEnumerable<(WarehouseBatch Batch, RowBlock Rows)> parts)
    {
        using var content = new MemoryStream();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var rows = 0L;
        using (var gzip = new GZipStream(content, CompressionLevel.Fastest, leaveOpen: true))
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>(FlushBytes * 2);
            using var json = new Utf8JsonWriter(buffer, Json);
            foreach (var (batch, block) in parts)
            {
                var values = BatchRows.Arrange(table, columns, batch, block);
                for (var row = 0; row < block.RowCount; row++)
                {
                    WriteRow(json, table, columns, values, batch, row);
                    json.Flush();
                    json.Reset(buffer);
                    buffer.GetSpan(1)[0] = LineFeed;
                    buffer.Advance(1);
                    if (buffer.WrittenCount >= FlushBytes)
                    {
                        Flush(buffer, gzip, hash);
                    }
                }

                rows += block.RowCount;
            }

            Flush(buffer, gzip, hash);
        }

        return new(table, columns, rows, content.GetBuffer().AsMemory(0, (int)content.Length), Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static void Flush(System.Buffers.ArrayBufferWriter<byte> buffer, GZipStream gzip, IncrementalHash hash)
    {
        hash.AppendData(buffer.WrittenSpan);
        gzip.Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }

    private static void WriteRow(
        Utf8JsonWriter json, string table, IReadOnlyList<WarehouseColumn> columns, ColumnData?[] values, WarehouseBatch batch, int row)
    {
        json.WriteStartObject();
        for (var column = 0; column < columns.Count; column++)
        {
            if (values[column] is { } data && !data.IsNullAt(row))
            {
                WriteValue(json, table, data, row);
            }
        }

        json.WriteString(TenantColumn, batch.Tenant);
        json.WriteString(BatchColumn, batch.BatchId);
        json.WriteEndObject();
    }

    // Numbers as text: JSON's own lose digits on the way through a double.
    private static void WriteValue(Utf8JsonWriter json, string table, ColumnData data, int row)
    {
        switch (data.Type)
        {
            case ColumnType.Bool:
                json.WriteBoolean(data.Name, ((bool[])data.Values)[row]);
                break;
            case ColumnType.Int64:
                json.WriteString(data.Name, data.Int64At(row).ToString(CultureInfo.InvariantCulture));
                break;
            case ColumnType.Float64:
                var number = ((double[])data.Values)[row];
                json.WriteString(data.Name, double.IsPositiveInfinity(number) ? "Infinity" : double.IsNegativeInfinity(number) ? "-Infinity" : number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case ColumnType.Numeric:
                json.WriteString(data.Name, Exact(table, data, row).ToString(CultureInfo.InvariantCulture));
                break;
            case ColumnType.Date:
                json.WriteString(data.Name, Day(table, data, row).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            case ColumnType.Timestamp:
                json.WriteString(data.Name, Instant(table, data, row));
                break;
            default:
                json.WriteString(data.Name, data.StringAt(row));
                break;
        }
    }

    private static decimal Exact(string table, ColumnData data, int row)
    {
        var value = ((decimal[])data.Values)[row];
        return value % FinestNumeric == 0
            ? value
            : throw new WarehouseDataException($"{table}.{data.Name}: {value.ToString(CultureInfo.InvariantCulture)} in row {row} has more than 9 decimals; round it first.");
    }

    // Both warehouses keep the years 1 to 9999; a number outside them is no date, and no try will make it one.
    private static DateOnly Day(string table, ColumnData data, int row)
    {
        var days = ((int[])data.Values)[row];
        return days >= FirstDay && days <= LastDay
            ? data.DateAt(row)
            : throw new WarehouseDataException($"{table}.{data.Name}: day {days.ToString(CultureInfo.InvariantCulture)} in row {row} lies outside the years 1 to 9999.");
    }

    private static string Instant(string table, ColumnData data, int row)
    {
        var micros = data.Int64At(row);
        return micros >= FirstMicrosecond && micros <= LastMicrosecond
            ? DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond).ToString("yyyy-MM-dd HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)
            : throw new WarehouseDataException($"{table}.{data.Name}: instant {micros.ToString(CultureInfo.InvariantCulture)} in row {row} lies outside the years 1 to 9999.");
    }
}
