using System.Collections.Frozen;

namespace RetailInsight.Platform.Local.DuckDb;

/// <summary>The functions and words of GoogleSQL the rewriter and the linter treat by name.</summary>
internal static class GoogleSqlFunctions
{
    /// <summary>Functions DuckDB has with another meaning, and the macro of the prelude that has GoogleSQL's.</summary>
    public static readonly FrozenDictionary<string, string> Renamed = new Dictionary<string, string>
    {
        ["ARRAY_CONCAT"] = "gsql_array_concat",
        ["CURRENT_DATE"] = "gsql_current_date",
        ["DATE"] = "gsql_date",
        ["DATETIME"] = "gsql_datetime",
        ["TIMESTAMP"] = "gsql_timestamp",
        ["DATE_ADD"] = "gsql_date_add",
        ["DATE_SUB"] = "gsql_date_sub",
        ["FORMAT"] = "gsql_format",
        ["GREATEST"] = "gsql_greatest",
        ["JSON_VALUE"] = "gsql_json_value",
        ["LEAST"] = "gsql_least",
        ["LOG"] = "gsql_log",
        ["LPAD"] = "gsql_lpad",
        ["LTRIM"] = "gsql_ltrim",
        ["MD5"] = "gsql_md5",
        ["MOD"] = "gsql_mod",
        ["REGEXP_EXTRACT"] = "gsql_regexp_extract",
        ["REGEXP_REPLACE"] = "gsql_regexp_replace",
        ["RPAD"] = "gsql_rpad",
        ["RTRIM"] = "gsql_rtrim",
        ["SHA256"] = "gsql_sha256",
        ["SPLIT"] = "gsql_split",
        ["SUBSTR"] = "gsql_substr",
        ["SUBSTRING"] = "gsql_substr",
        ["TO_HEX"] = "gsql_to_hex",
        ["TRIM"] = "gsql_trim",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Functions with a date part, and which argument it is (0-based).</summary>
    public static readonly FrozenDictionary<string, int> PartArgument = new Dictionary<string, int>
    {
        ["DATE_TRUNC"] = 1,
        ["DATETIME_TRUNC"] = 1,
        ["TIMESTAMP_TRUNC"] = 1,
        ["LAST_DAY"] = 1,
        ["DATE_DIFF"] = 2,
        ["DATETIME_DIFF"] = 2,
        ["TIMESTAMP_DIFF"] = 2,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Parts an INTERVAL may have.</summary>
    public static readonly FrozenSet<string> IntervalParts = Words("MICROSECOND MILLISECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR");

    /// <summary>Functions with a <c>SAFE.</c> form here.</summary>
    public static readonly FrozenSet<string> Safe = Words("PARSE_DATE PARSE_TIMESTAMP");

    /// <summary>Words after a table that are not its name.</summary>
    public static readonly FrozenSet<string> NeverAlias = Words(
        "ON USING WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT UNION EXCEPT INTERSECT JOIN LEFT RIGHT FULL INNER CROSS WITH TABLESAMPLE PIVOT UNPIVOT");

    /// <summary>
    /// Functions whose answer is known to be the same in both warehouses: each has its row in <c>tests/GoogleSql/constructs.yml</c>.
    /// </summary>
    public static readonly FrozenSet<string> Subset = Words(
        """
        ABS APPROX_COUNT_DISTINCT APPROX_QUANTILES APPROX_TOP_COUNT ARRAY ARRAY_AGG ARRAY_CONCAT ARRAY_LENGTH ARRAY_REVERSE ARRAY_TO_STRING
        ANY_VALUE CAST CEIL COALESCE CONCAT CORR COUNT COUNTIF CURRENT_DATE CURRENT_DATETIME CURRENT_TIMESTAMP
        DATE DATE_ADD DATE_DIFF DATE_FROM_UNIX_DATE DATE_SUB DATE_TRUNC DATETIME DATETIME_ADD DATETIME_DIFF DATETIME_SUB DATETIME_TRUNC
        DENSE_RANK DIV ENDS_WITH EXISTS EXP EXTRACT FIRST_VALUE FLOOR FORMAT FORMAT_DATE FORMAT_DATETIME FORMAT_TIMESTAMP
        GENERATE_ARRAY GENERATE_DATE_ARRAY GENERATE_TIMESTAMP_ARRAY GENERATE_UUID GREATEST IEEE_DIVIDE IF IFNULL IS_INF IS_NAN
        JSON_EXTRACT_SCALAR JSON_QUERY JSON_VALUE LAG LAST_DAY LAST_VALUE LEAD LEAST LENGTH LN LOG LOGICAL_AND LOGICAL_OR LOWER LPAD LTRIM
        MAX MAX_BY MD5 MIN MIN_BY MOD NTILE NULLIF PARSE_DATE PARSE_DATETIME PARSE_TIMESTAMP PERCENTILE_CONT PERCENTILE_DISC POW
        RAND RANGE_BUCKET RANK REGEXP_CONTAINS REGEXP_EXTRACT REGEXP_REPLACE REPLACE ROUND ROW_NUMBER RPAD RTRIM
        SAFE_ADD SAFE_CAST SAFE_DIVIDE SAFE_MULTIPLY SAFE_SUBTRACT SHA256 SIGN SPLIT SQRT STARTS_WITH STDDEV STRING_AGG STRPOS STRUCT
        SUBSTR SUM TIMESTAMP TIMESTAMP_ADD TIMESTAMP_DIFF TIMESTAMP_MICROS TIMESTAMP_MILLIS TIMESTAMP_SECONDS TIMESTAMP_SUB
        TIMESTAMP_TRUNC TO_HEX TO_JSON_STRING TRIM TRUNC UNIX_DATE UNIX_MICROS UNIX_MILLIS UNIX_SECONDS UNNEST UPPER VARIANCE
        """);

    private static FrozenSet<string> Words(string words) =>
        words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
