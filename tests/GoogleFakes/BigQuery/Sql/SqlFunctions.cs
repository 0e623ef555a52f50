namespace RetailInsight.GoogleFakes.BigQuery.Sql;

/// <summary>A function whose translation is a template.</summary>
/// <param name="Name">Name.</param>
/// <param name="Arguments">A letter an argument, see <see cref="SqlFunctions"/>; an upper-case <c>A</c> before it makes it an array.</param>
/// <param name="Result">The result, likewise.</param>
/// <param name="Sql">DuckDB's SQL with <c>{0}</c>, <c>{1}</c> … for the arguments.</param>
internal sealed record SqlFunction(string Name, string Arguments, string Result, string Sql);

/// <summary>
/// The scalar functions. Letters: I INT64, F FLOAT64, N NUMERIC, B BOOL, S STRING, Y BYTES, D DATE, T DATETIME, M TIME,
/// Z TIMESTAMP, J JSON, V INTERVAL, and x for one type that all its places share; Ax is an array of it. Of several signatures
/// the first that fits is taken.
/// </summary>
internal static class SqlFunctions
{
    private static readonly SqlFunction[] All =
    [
        new("ABS", "I", "I", "abs({0})"), new("ABS", "N", "N", "abs({0})"), new("ABS", "F", "F", "abs({0})"),
        new("SIGN", "I", "I", "CAST(sign({0}) AS BIGINT)"), new("SIGN", "N", "N", "CAST(sign({0}) AS DECIMAL(38,9))"), new("SIGN", "F", "F", "CAST(sign({0}) AS DOUBLE)"),
        new("DIV", "II", "I", "fake.div({0}, {1})"), new("DIV", "NN", "N", "CAST(trunc(fake.numeric_divide({0}, {1})) AS DECIMAL(38,9))"),
        new("MOD", "II", "I", "fake.mod({0}, {1})"), new("MOD", "NN", "N", "CAST(fake.mod({0}, {1}) AS DECIMAL(38,9))"),
        new("ROUND", "N", "N", "CAST(round({0}) AS DECIMAL(38,9))"), new("ROUND", "F", "F", "round({0})"),
        new("ROUND", "NI", "N", "fake.numeric_round({0}, {1})"), new("ROUND", "FI", "F", "round({0}, CAST({1} AS INTEGER))"),
        new("TRUNC", "N", "N", "CAST(trunc({0}) AS DECIMAL(38,9))"), new("TRUNC", "F", "F", "trunc({0})"),
        new("CEIL", "N", "N", "CAST(ceil({0}) AS DECIMAL(38,9))"), new("CEIL", "F", "F", "ceil({0})"),
        new("CEILING", "N", "N", "CAST(ceil({0}) AS DECIMAL(38,9))"), new("CEILING", "F", "F", "ceil({0})"),
        new("FLOOR", "N", "N", "CAST(floor({0}) AS DECIMAL(38,9))"), new("FLOOR", "F", "F", "floor({0})"),
        new("POW", "FF", "F", "pow({0}, {1})"), new("POWER", "FF", "F", "pow({0}, {1})"), new("SQRT", "F", "F", "sqrt({0})"),
        new("EXP", "F", "F", "exp({0})"), new("LN", "F", "F", "ln({0})"), new("LOG", "F", "F", "ln({0})"), new("LOG", "FF", "F", "(ln({0}) / ln({1}))"),
        new("LOG10", "F", "F", "log10({0})"), new("IS_NAN", "F", "B", "isnan({0})"), new("IS_INF", "F", "B", "isinf({0})"),
        new("SAFE_DIVIDE", "NN", "N", "fake.safe_numeric_divide({0}, {1})"), new("SAFE_DIVIDE", "FF", "F", "fake.safe_divide({0}, {1})"),
        new("IEEE_DIVIDE", "FF", "F", "({0} / {1})"),
        new("SAFE_ADD", "II", "I", "TRY_CAST(CAST({0} AS HUGEINT) + {1} AS BIGINT)"), new("SAFE_SUBTRACT", "II", "I", "TRY_CAST(CAST({0} AS HUGEINT) - {1} AS BIGINT)"),
        new("SAFE_MULTIPLY", "II", "I", "TRY_CAST(CAST({0} AS HUGEINT) * {1} AS BIGINT)"), new("SAFE_NEGATE", "I", "I", "TRY_CAST(- CAST({0} AS HUGEINT) AS BIGINT)"),
        new("RAND", "", "F", "random()"), new("GENERATE_UUID", "", "S", "CAST(uuid() AS VARCHAR)"), new("SESSION_USER", "", "S", "'fake@example.com'"),
        new("RANGE_BUCKET", "xAx", "I", "len(list_filter({1}, lambda e: e <= {0}))"),
        new("ERROR", "S", "I", "error({0})"),

        new("UPPER", "S", "S", "upper({0})"), new("LOWER", "S", "S", "lower({0})"), new("REVERSE", "S", "S", "reverse({0})"),
        new("LENGTH", "S", "I", "length({0})"), new("LENGTH", "Y", "I", "octet_length({0})"), new("CHAR_LENGTH", "S", "I", "length({0})"), new("BYTE_LENGTH", "S", "I", "strlen({0})"),
        new("TRIM", "S", "S", "trim({0})"), new("TRIM", "SS", "S", "trim({0}, {1})"), new("LTRIM", "S", "S", "ltrim({0})"), new("LTRIM", "SS", "S", "ltrim({0}, {1})"),
        new("RTRIM", "S", "S", "rtrim({0})"), new("RTRIM", "SS", "S", "rtrim({0}, {1})"),
        new("REPLACE", "SSS", "S", "replace({0}, {1}, {2})"), new("REPEAT", "SI", "S", "repeat({0}, {1})"),
        new("SUBSTR", "SI", "S", "fake.substr({0}, {1})"), new("SUBSTR", "SII", "S", "fake.substr({0}, {1}, {2})"),
        new("SUBSTRING", "SI", "S", "fake.substr({0}, {1})"), new("SUBSTRING", "SII", "S", "fake.substr({0}, {1}, {2})"),
        new("LEFT", "SI", "S", "left({0}, {1})"), new("RIGHT", "SI", "S", "right({0}, {1})"), new("STRPOS", "SS", "I", "strpos({0}, {1})"), new("INSTR", "SS", "I", "instr({0}, {1})"),
        new("STARTS_WITH", "SS", "B", "starts_with({0}, {1})"), new("ENDS_WITH", "SS", "B", "ends_with({0}, {1})"), new("CONTAINS_SUBSTR", "SS", "B", "contains(lower({0}), lower({1}))"),
        new("LPAD", "SI", "S", "lpad({0}, CAST({1} AS INTEGER), ' ')"), new("LPAD", "SIS", "S", "lpad({0}, CAST({1} AS INTEGER), {2})"),
        new("RPAD", "SI", "S", "rpad({0}, CAST({1} AS INTEGER), ' ')"), new("RPAD", "SIS", "S", "rpad({0}, CAST({1} AS INTEGER), {2})"),
        new("SPLIT", "S", "AS", "string_split({0}, ',')"), new("SPLIT", "SS", "AS", "string_split({0}, {1})"),
        new("REGEXP_CONTAINS", "SS", "B", "regexp_matches({0}, {1})"), new("REGEXP_REPLACE", "SSS", "S", "regexp_replace({0}, {1}, {2}, 'g')"),
        new("REGEXP_EXTRACT", "SS", "S", "fake.regexp_extract({0}, {1})"),
        new("MD5", "S", "Y", "unhex(md5({0}))"), new("SHA256", "S", "Y", "unhex(sha256({0}))"), new("TO_HEX", "Y", "S", "lower(hex({0}))"), new("FROM_HEX", "S", "Y", "unhex({0})"),
        new("TO_BASE64", "Y", "S", "to_base64({0})"), new("FROM_BASE64", "S", "Y", "from_base64({0})"),
        new("JSON_VALUE", "SS", "S", "json_extract_string(CAST({0} AS JSON), {1})"), new("JSON_VALUE", "JS", "S", "json_extract_string(CAST({0} AS JSON), {1})"),
        new("JSON_EXTRACT_SCALAR", "SS", "S", "json_extract_string(CAST({0} AS JSON), {1})"),
        new("JSON_QUERY", "SS", "S", "CAST(json_extract(CAST({0} AS JSON), {1}) AS VARCHAR)"), new("JSON_QUERY", "JS", "J", "CAST(json_extract(CAST({0} AS JSON), {1}) AS VARCHAR)"),
        new("PARSE_JSON", "S", "J", "CAST(CAST({0} AS JSON) AS VARCHAR)"),

        new("ARRAY_LENGTH", "Ax", "I", "len({0})"), new("ARRAY_TO_STRING", "ASS", "S", "array_to_string({0}, {1})"), new("ARRAY_REVERSE", "Ax", "Ax", "list_reverse({0})"),
        new("ARRAY_CONCAT", "AxAx", "Ax", "fake.array_concat({0}, {1})"), new("ARRAY_CONCAT", "AxAxAx", "Ax", "fake.array_concat(fake.array_concat({0}, {1}), {2})"),
        new("GENERATE_ARRAY", "II", "AI", "generate_series({0}, {1})"), new("GENERATE_ARRAY", "III", "AI", "generate_series({0}, {1}, {2})"),
        new("GENERATE_DATE_ARRAY", "DD", "AD", "CAST(generate_series(CAST({0} AS TIMESTAMP), CAST({1} AS TIMESTAMP), to_days(1)) AS DATE[])"),
        new("GENERATE_DATE_ARRAY", "DDV", "AD", "CAST(generate_series(CAST({0} AS TIMESTAMP), CAST({1} AS TIMESTAMP), {2}) AS DATE[])"),
        new("GENERATE_TIMESTAMP_ARRAY", "ZZV", "AZ", "generate_series({0}, {1}, {2})"),

        new("CURRENT_DATE", "", "D", "CAST(timezone('UTC', now()) AS DATE)"), new("CURRENT_DATE", "S", "D", "CAST(timezone({0}, now()) AS DATE)"),
        new("CURRENT_TIMESTAMP", "", "Z", "now()"), new("CURRENT_DATETIME", "", "T", "timezone('UTC', now())"), new("CURRENT_DATETIME", "S", "T", "timezone({0}, now())"),
        new("DATE", "III", "D", "make_date({0}, {1}, {2})"), new("DATE", "Z", "D", "CAST(timezone('UTC', {0}) AS DATE)"), new("DATE", "ZS", "D", "CAST(timezone({1}, {0}) AS DATE)"),
        new("DATE", "T", "D", "CAST({0} AS DATE)"), new("DATE", "D", "D", "{0}"),
        new("DATETIME", "ZS", "T", "timezone({1}, {0})"), new("DATETIME", "Z", "T", "timezone('UTC', {0})"), new("DATETIME", "D", "T", "CAST({0} AS TIMESTAMP)"),
        new("TIMESTAMP", "Z", "Z", "{0}"), new("TIMESTAMP", "D", "Z", "timezone('UTC', CAST({0} AS TIMESTAMP))"), new("TIMESTAMP", "DS", "Z", "timezone({1}, CAST({0} AS TIMESTAMP))"),
        new("TIMESTAMP", "T", "Z", "timezone('UTC', {0})"), new("TIMESTAMP", "TS", "Z", "timezone({1}, {0})"),
        new("TIME", "Z", "M", "CAST(timezone('UTC', {0}) AS TIME)"), new("TIME", "ZS", "M", "CAST(timezone({1}, {0}) AS TIME)"), new("TIME", "T", "M", "CAST({0} AS TIME)"),
        new("UNIX_SECONDS", "Z", "I", "fake.floor_div(epoch_us({0}), 1000000)"), new("UNIX_MILLIS", "Z", "I", "fake.floor_div(epoch_us({0}), 1000)"), new("UNIX_MICROS", "Z", "I", "epoch_us({0})"),
        new("TIMESTAMP_SECONDS", "I", "Z", "make_timestamptz({0} * 1000000)"), new("TIMESTAMP_MILLIS", "I", "Z", "make_timestamptz({0} * 1000)"), new("TIMESTAMP_MICROS", "I", "Z", "make_timestamptz({0})"),
        new("UNIX_DATE", "D", "I", "CAST({0} - DATE '1970-01-01' AS BIGINT)"), new("DATE_FROM_UNIX_DATE", "I", "D", "(DATE '1970-01-01' + CAST({0} AS INTEGER))"),
        new("LAST_DAY", "D", "D", "last_day({0})"),
    ];

    private static readonly ILookup<string, SqlFunction> ByName = All.ToLookup(function => function.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Signatures of a function, none when there is no such function.</summary>
    public static IEnumerable<SqlFunction> Find(string name) => ByName[name];
}
