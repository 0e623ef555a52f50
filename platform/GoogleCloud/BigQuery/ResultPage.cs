using System.Globalization;
using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Warehouse;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>A page of a query's result, read from the answer's bytes into typed columns without an object a cell.</summary>
/// <param name="IsComplete">Whether the job is done; if not, there is nothing else here.</param>
/// <param name="Columns">The result's columns; empty where the page does not repeat them.</param>
/// <param name="Rows">The page's rows; null when it has none.</param>
/// <param name="NextPage">Token of the next page; null after the last.</param>
internal sealed record ResultPage(bool IsComplete, IReadOnlyList<WarehouseColumn> Columns, RowBlock? Rows, string? NextPage)
{
    /// <summary>Reads a page.</summary>
    /// <param name="json">The answer.</param>
    /// <param name="known">The result's columns, if a page before named them.</param>
    /// <exception cref="WarehouseDataException">A value does not fit its type: an INT64 that overflowed, a type no table has.</exception>
    public static ResultPage Read(ReadOnlySpan<byte> json, IReadOnlyList<WarehouseColumn> known)
    {
        var reader = new Utf8JsonReader(json);
        var complete = false;
        var columns = known;
        string? token = null;
        var hasRows = false;
        Utf8JsonReader rows = default;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "jobComplete":
                    complete = reader.GetBoolean();
                    break;
                case "pageToken":
                    token = reader.GetString();
                    break;
                case "schema":
                    columns = ColumnTypes.Read(JsonElement.ParseValue(ref reader), "The result");
                    break;
                case "rows":
                    // Read after the schema, wherever that stands.
                    rows = reader;
                    hasRows = true;
                    reader.Skip();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new(complete, columns, hasRows ? ReadRows(ref rows, columns) : null, string.IsNullOrEmpty(token) ? null : token);
    }

    private static RowBlock? ReadRows(ref Utf8JsonReader reader, IReadOnlyList<WarehouseColumn> columns)
    {
        ColumnReader[] readers = [.. columns.Select(column => new ColumnReader(column))];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // {"f":[{"v":"1"},{"v":null}]}
            Expect(ref reader, JsonTokenType.PropertyName);
            Expect(ref reader, JsonTokenType.StartArray);
            foreach (var column in readers)
            {
                Expect(ref reader, JsonTokenType.StartObject);
                Expect(ref reader, JsonTokenType.PropertyName);
                reader.Read();
                column.Add(ref reader);
                Expect(ref reader, JsonTokenType.EndObject);
            }

            Expect(ref reader, JsonTokenType.EndArray);
            Expect(ref reader, JsonTokenType.EndObject);
        }

        return readers.Length == 0 || readers[0].Count == 0 ? null : new RowBlock([.. readers.Select(column => column.ToColumn())]);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new JsonException($"A row of a result has {reader.TokenType} where {type} was expected.");
        }
    }

    /// <summary>Gathers the values of a column.</summary>
    private sealed class ColumnReader(WarehouseColumn column)
    {
        private readonly List<bool> _nulls = [];
        private readonly List<long> _whole = [];
        private readonly List<decimal> _exact = [];
        private readonly List<double> _floating = [];
        private readonly List<string?> _texts = [];
        private bool _anyNull;

        public int Count => _nulls.Count;

        public void Add(ref Utf8JsonReader reader)
        {
            var isNull = reader.TokenType == JsonTokenType.Null;
            _nulls.Add(isNull);
            _anyNull |= isNull;
            switch (column.Type)
            {
                case ColumnType.String:
                    _texts.Add(isNull ? null : reader.GetString());
                    break;
                case ColumnType.Numeric:
                    _exact.Add(isNull ? 0 : Exact(reader.GetString()!));
                    break;
                case ColumnType.Float64:
                    _floating.Add(isNull ? 0 : Floating(reader.GetString()!));
                    break;
                default:
                    _whole.Add(isNull ? 0 : Whole(ref reader));
                    break;
            }
        }

        public ColumnData ToColumn()
        {
            bool[]? nulls = _anyNull ? [.. _nulls] : null;
            return column.Type switch
            {
                ColumnType.Bool => ColumnData.Bool(column.Name, [.. _whole.Select(value => value != 0)], nulls),
                ColumnType.Int64 => ColumnData.Int64(column.Name, [.. _whole], nulls),
                ColumnType.Timestamp => ColumnData.Timestamp(column.Name, [.. _whole], nulls),
                ColumnType.Date => ColumnData.Date(column.Name, [.. _whole.Select(value => (int)value)], nulls),
                ColumnType.Float64 => ColumnData.Float64(column.Name, [.. _floating], nulls),
                ColumnType.Numeric => ColumnData.Numeric(column.Name, [.. _exact], nulls),
                _ => ColumnData.String(column.Name, [.. _texts]),
            };
        }

        // Parsing a text of more digits than a decimal has would round it without a word.
        private decimal Exact(string text)
        {
            const int SureDigits = 28;
            var isParsed = decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value);
            var written = text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
            return isParsed && (written.Count(char.IsAsciiDigit) <= SureDigits || value.ToString(CultureInfo.InvariantCulture) == written)
                ? value
                : throw new OverflowException($"A value of column '{column.Name}' does not fit 28 digits: {text}.");
        }

        private static double Floating(string text) => text switch
        {
            "NaN" => double.NaN,
            "Infinity" or "inf" or "+inf" => double.PositiveInfinity,
            "-Infinity" or "-inf" => double.NegativeInfinity,
            _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        };

        private long Whole(ref Utf8JsonReader reader)
        {
            var text = reader.ValueSpan;
            if (column.Type == ColumnType.Bool)
            {
                return reader.TokenType == JsonTokenType.True || text.SequenceEqual("true"u8) || text.SequenceEqual("TRUE"u8) ? 1 : 0;
            }

            if (column.Type == ColumnType.Date)
            {
                return DateOnly.ParseExact(reader.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
            }

            if (System.Buffers.Text.Utf8Parser.TryParse(text, out long whole, out var read) && read == text.Length)
            {
                return whole;
            }

            // Timestamps in the default encoding: seconds as 1.710506096123456E9. A decimal keeps every digit, a double does not.
            return column.Type == ColumnType.Timestamp && decimal.TryParse(reader.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
                ? (long)decimal.Round(seconds * 1_000_000m, MidpointRounding.AwayFromZero)
                : throw new WarehouseDataException($"{column.Name}: '{reader.GetString()}' is no {column.Type}.");
        }
    }
}
