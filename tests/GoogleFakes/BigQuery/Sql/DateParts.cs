namespace RetailInsight.GoogleFakes.BigQuery.Sql;

/// <summary>Date parts: <c>MONTH</c>, <c>WEEK(MONDAY)</c>.</summary>
internal static class DateParts
{
    private static readonly string[] Weekdays = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

    /// <summary>Which argument of a function is a date part; null when none is.</summary>
    public static int? PartAt(string function) => function switch
    {
        "DATE_TRUNC" or "DATETIME_TRUNC" or "TIMESTAMP_TRUNC" or "LAST_DAY" => 1,
        "DATE_DIFF" or "DATETIME_DIFF" or "TIMESTAMP_DIFF" => 2,
        _ => null,
    };

    /// <summary>First day of the week the part names, Monday 0; null when it is no week.</summary>
    public static int? WeekStart(string part) => part switch
    {
        "WEEK" => 6,
        "ISOWEEK" => 0,
        _ when part.StartsWith("WEEK(", StringComparison.Ordinal) && Array.IndexOf(Weekdays, part[5..^1]) is >= 0 and var day => day,
        _ => null,
    };

    /// <summary>A TIMESTAMP cut to the part; null when the part is unknown.</summary>
    public static string? Truncate(string part, string local) => WeekStart(part) is { } start
        ? $"(date_trunc('week', {local} - to_days({start})) + to_days({start}))"
        : part is "MICROSECOND" or "MILLISECOND" or "SECOND" or "MINUTE" or "HOUR" or "DAY" or "MONTH" or "QUARTER" or "YEAR" or "ISOYEAR"
            ? $"date_trunc('{part.ToLowerInvariant()}', {local})"
            : null;

    /// <summary>Boundaries of the part between two dates or datetimes; null when the part is unknown.</summary>
    public static string? Boundaries(string part, string from, string to)
    {
        if (WeekStart(part) is { } start)
        {
            return $"({Week(to, start)} - {Week(from, start)})";
        }

        return part switch
        {
            "ISOYEAR" => $"(date_part('isoyear', {to}) - date_part('isoyear', {from}))",
            "MICROSECOND" or "MILLISECOND" or "SECOND" or "MINUTE" or "HOUR" or "DAY" or "MONTH" or "QUARTER" or "YEAR" =>
                $"date_diff('{part.ToLowerInvariant()}', {from}, {to})",
            _ => null,
        };
    }

    /// <summary>Microseconds of a part of fixed length; null for others.</summary>
    public static long? Micros(string part) => part switch
    {
        "MICROSECOND" => 1,
        "MILLISECOND" => 1_000,
        "SECOND" => 1_000_000,
        "MINUTE" => 60_000_000,
        "HOUR" => 3_600_000_000,
        "DAY" => 86_400_000_000,
        _ => null,
    };

    /// <summary>DuckDB's interval of so many parts; null when the part is unknown.</summary>
    public static string? Interval(string part, string count) => part switch
    {
        "YEAR" => $"to_years(CAST({count} AS INTEGER))",
        "QUARTER" => $"to_months(CAST(3 * {count} AS INTEGER))",
        "MONTH" => $"to_months(CAST({count} AS INTEGER))",
        "WEEK" => $"to_days(CAST(7 * {count} AS INTEGER))",
        "DAY" => $"to_days(CAST({count} AS INTEGER))",
        "HOUR" => $"to_hours({count})",
        "MINUTE" => $"to_minutes({count})",
        "SECOND" => $"to_seconds({count})",
        "MILLISECOND" => $"to_microseconds(1000 * {count})",
        "MICROSECOND" => $"to_microseconds({count})",
        _ => null,
    };

    // The 1st of January 1970 was a Thursday: 3 days after a Monday.
    private static string Week(string date, int start) => $"fake.floor_div(CAST(CAST({date} AS DATE) - DATE '1970-01-01' AS BIGINT) + {3 - start}, 7)";
}
