namespace RetailInsight.GoogleFakes.BigQuery.Sql;

// Functions of dates that take a part or an interval.
internal sealed partial class SqlTranslator
{
    /// <summary>A part as an argument: its name stands in the value's name.</summary>
    private SqlValue Part()
    {
        var at = Take();
        var part = at.Text.ToUpperInvariant();
        if (part == "WEEK" && AcceptSymbol("("))
        {
            part = $"WEEK({Take().Text.ToUpperInvariant()})";
            ExpectSymbol(")");
        }

        return at.Kind == SqlTokenKind.Word ? new SqlValue("", SqlType.String) { Name = part } : throw at.Refuse("A valid date part name is required");
    }

    private static SqlValue Parted(SqlToken at, List<SqlValue> arguments, int partAt)
    {
        var name = at.Text.ToUpperInvariant();
        var part = arguments[partAt].Name!;
        var type = name.StartsWith("TIMESTAMP", StringComparison.Ordinal) ? SqlType.Timestamp
            : name.StartsWith("DATETIME", StringComparison.Ordinal) ? SqlType.Datetime : SqlType.Date;
        var unknown = at.Refuse($"A valid date part argument for {name} is required, but found {part}");
        var first = Must(at, arguments[0], type, name).Sql;
        switch (name)
        {
            case "DATE_TRUNC" or "DATETIME_TRUNC" when arguments.Count == 2 && (type != SqlType.Date || DateParts.Micros(part) is null or 86_400_000_000):
                var truncated = DateParts.Truncate(part, type == SqlType.Date ? $"CAST({first} AS TIMESTAMP)" : first) ?? throw unknown;
                return new SqlValue($"CAST({truncated} AS {type.Duck})", type, Reads(arguments));
            case "TIMESTAMP_TRUNC" when arguments.Count is 2 or 3:
                var zone = arguments.Count == 3 ? Must(at, arguments[2], SqlType.String, name).Sql : "'UTC'";
                return new SqlValue($"timezone({zone}, {DateParts.Truncate(part, $"timezone({zone}, {first})") ?? throw unknown})", type, Reads(arguments));
            case "LAST_DAY" when arguments.Count == 2:
                var start = DateParts.Truncate(part, $"CAST({first} AS TIMESTAMP)") ?? throw unknown;
                var length = DateParts.WeekStart(part) is not null ? "to_days(7)" : DateParts.Interval(part, "1") ?? throw unknown;
                return new SqlValue($"CAST({start} + {length} - to_days(1) AS DATE)", type, Reads(arguments));
            case "TIMESTAMP_DIFF" when arguments.Count == 3 && DateParts.Micros(part) is { } micros:
                var second = Must(at, arguments[1], type, name).Sql;
                return new SqlValue($"((epoch_us({first}) - epoch_us({second})) // {micros})", SqlType.Int64, Reads(arguments));
            case "DATE_DIFF" or "DATETIME_DIFF" when arguments.Count == 3 && (type != SqlType.Date || DateParts.Micros(part) is null or 86_400_000_000):
                return new SqlValue(DateParts.Boundaries(part, Must(at, arguments[1], type, name).Sql, first) ?? throw unknown, SqlType.Int64, Reads(arguments));
            default:
                throw unknown;
        }
    }

    private SqlValue Interval()
    {
        Expect("INTERVAL");
        var at = Current;
        var count = Must(at, Concatenation(), SqlType.Int64, "INTERVAL");
        var part = Take();
        var sql = DateParts.Interval(part.Text.ToUpperInvariant(), count.Sql) ?? throw part.Refuse($"A valid date part name is required but found {part.Text}");
        return new SqlValue(sql, SqlType.Interval, count.Reads) { Name = part.Text.ToUpperInvariant() };
    }

    private static SqlValue Shift(SqlToken at, List<SqlValue> arguments)
    {
        var name = at.Text.ToUpperInvariant();
        var type = SqlType.Find(name[..name.IndexOf('_', StringComparison.Ordinal)])!;
        var fixedLength = DateParts.Micros(arguments[1].Name ?? "");
        var fits = type.Kind switch { SqlTypeKind.Date => fixedLength is null or 86_400_000_000, SqlTypeKind.Timestamp => fixedLength is not null, _ => true };
        if (arguments[1].Type.Kind != SqlTypeKind.Interval || !fits)
        {
            throw at.Refuse($"{name} does not support the {arguments[1].Name} date part");
        }

        var sign = name.EndsWith("ADD", StringComparison.Ordinal) ? "+" : "-";
        return new SqlValue($"CAST({Must(at, arguments[0], type, name).Sql} {sign} {arguments[1].Sql} AS {type.Duck})", type, Reads(arguments));
    }

    private SqlValue Extract()
    {
        var at = Take();
        ExpectSymbol("(");
        var part = Part().Name!;
        Expect("FROM");
        var value = Expression();
        var zone = Accept("AT", "TIME", "ZONE") ? Must(at, Expression(), SqlType.String, "EXTRACT").Sql : "'UTC'";
        ExpectSymbol(")");
        if (!value.Type.IsTemporal)
        {
            throw at.Refuse($"EXTRACT from a value of type {value.Type.Name} is not supported");
        }

        var local = value.Type.Kind == SqlTypeKind.Timestamp ? $"timezone({zone}, {value.Sql})" : value.Sql;
        var (sql, type) = part switch
        {
            "DATE" => ($"CAST({local} AS DATE)", SqlType.Date),
            "DATETIME" => ($"CAST({local} AS TIMESTAMP)", SqlType.Datetime),
            "TIME" => ($"CAST({local} AS TIME)", SqlType.Time),
            "DAYOFWEEK" => ($"(date_part('dayofweek', {local}) + 1)", SqlType.Int64),
            "DAYOFYEAR" => ($"date_part('doy', {local})", SqlType.Int64),
            "ISOWEEK" => ($"date_part('week', {local})", SqlType.Int64),
            "WEEK" => ($"CAST(strftime({local}, '%U') AS BIGINT)", SqlType.Int64),
            "MICROSECOND" => ($"(date_part('microsecond', {local}) % 1000000)", SqlType.Int64),
            "MILLISECOND" => ($"(date_part('millisecond', {local}) % 1000)", SqlType.Int64),
            "SECOND" or "MINUTE" or "HOUR" or "DAY" or "MONTH" or "QUARTER" or "YEAR" or "ISOYEAR" => ($"date_part('{part.ToLowerInvariant()}', {local})", SqlType.Int64),
            _ => throw at.Refuse($"A valid date part name is required but found {part}"),
        };
        return new SqlValue(type == SqlType.Int64 ? $"CAST({sql} AS BIGINT)" : sql, type, value.Reads);
    }
}
