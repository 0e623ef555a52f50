using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery;
using RetailInsight.GoogleFakes.BigQuery.Jobs;

namespace RetailInsight.Tests.GoogleFakes;

/// <summary>What GoogleSQL means, construct by construct, by its documentation.</summary>
public sealed class TheBigQueryDialect : IClassFixture<TheBigQueryDialect.Sample>
{
    private readonly LocalBigQuery _bigQuery;

    public TheBigQueryDialect(Sample sample) => _bigQuery = sample.BigQuery;

    [Theory]
    [InlineData("SELECT 7 / 2, DIV(-7, 2), MOD(-7, 2), 1.5 * NUMERIC '2'", "3.5 | -3 | -1 | 3")]
    [InlineData("SELECT NUMERIC '10' / 3, NUMERIC '-10' / 3, ROUND(NUMERIC '2.345', 2), ROUND(2.5), ROUND(-2.5), ROUND(3)", "3.333333333 | -3.333333333 | 2.35 | 3.0 | -3.0 | 3.0")]
    [InlineData("SELECT CAST(2.5 AS INT64), CAST(-2.5 AS INT64), SAFE_CAST('x' AS INT64), CAST('0x1F' AS INT64)", "3 | -3 | NULL | 31")]
    [InlineData("SELECT CAST(1.0 AS STRING), CAST(NUMERIC '1.50' AS STRING), CAST(TIMESTAMP '2024-01-01 00:00:00.5' AS STRING)", "1 | 1.5 | 2024-01-01 00:00:00.500+00")]
    [InlineData("SELECT GREATEST(1, NULL), CONCAT('a', NULL), LEAST(2, 1.5), SAFE_DIVIDE(1, 0)", "NULL | NULL | 1.5 | NULL")]
    [InlineData("SELECT \"dq\", r'\\d', 'it\\'s', 'a' || 'b' -- end\n # and this", "dq | \\d | it's | ab")]
    [InlineData("SELECT 'a_c' LIKE 'a\\\\_c', 'abc' LIKE 'a\\\\_c', 'abc' NOT LIKE 'a%'", "true | false | false")]
    [InlineData("SELECT x FROM UNNEST([1, 2, 3]) AS x WHERE x IN UNNEST([1, 3]) ORDER BY x", "1", "3")]
    [InlineData("SELECT place, x FROM UNNEST(['a', 'b']) AS x WITH OFFSET AS place ORDER BY place", "0 | a", "1 | b")]
    [InlineData("SELECT s.a, b FROM UNNEST([STRUCT(1 AS a, 'q' AS b)]) AS s", "1 | q")]
    [InlineData("SELECT ARRAY(SELECT x FROM UNNEST([3, 1, 2]) AS x ORDER BY x), [1, 2][OFFSET(0)], [1, 2][SAFE_OFFSET(9)], [1, 2][ORDINAL(2)]", "[1, 2, 3] | 1 | NULL | 2")]
    [InlineData("SELECT AS STRUCT 1 AS a, [STRUCT(TIMESTAMP '1970-01-01' AS t)] AS b", "(1, [(0)])")]
    [InlineData("SELECT DATE_TRUNC(DATE '2024-05-15', WEEK(MONDAY)), DATE_TRUNC(DATE '2024-02-03', WEEK), DATE_TRUNC(DATE '2024-02-03', ISOWEEK)", "2024-05-13 | 2024-01-28 | 2024-01-29")]
    [InlineData("SELECT DATE_DIFF('2024-01-09', DATE '2024-01-06', WEEK), DATE_DIFF(DATE '2024-01-08', DATE '2024-01-07', WEEK(MONDAY)), DATE_DIFF(DATE '2024-02-01', DATE '2024-01-31', MONTH)", "1 | 1 | 1")]
    [InlineData("SELECT DATE_ADD(DATE '2024-01-31', INTERVAL 1 MONTH), DATE '2024-03-01' - 1, LAST_DAY(DATE '2024-02-03')", "2024-02-29 | 2024-02-29 | 2024-02-29")]
    [InlineData("SELECT TIMESTAMP_DIFF(TIMESTAMP '2024-01-02 00:00:00+09', TIMESTAMP '2024-01-01', HOUR), EXTRACT(DAYOFWEEK FROM DATE '2024-01-07')", "15 | 1")]
    [InlineData("SELECT DATE(TIMESTAMP '2024-01-01 20:00:00+00', 'Asia/Tokyo'), EXTRACT(HOUR FROM TIMESTAMP '2024-01-01 00:00:00+00' AT TIME ZONE 'Asia/Tokyo')", "2024-01-02 | 9")]
    [InlineData("SELECT TIMESTAMP_TRUNC(TIMESTAMP '2024-02-03 20:00:00', DAY, 'Asia/Tokyo'), UNIX_MICROS(TIMESTAMP '1969-12-31 23:59:59.5+00'), UNIX_SECONDS(TIMESTAMP '1969-12-31 23:59:59.5+00')", "1706972400000000 | -500000 | -1")]
    [InlineData("SELECT FORMAT_DATE('%Y%m', DATE '2024-05-15'), PARSE_DATE('%Y-%m-%d', '2024-05-15'), SAFE.PARSE_DATE('%Y-%m-%d', 'x')", "202405 | 2024-05-15 | NULL")]
    [InlineData("SELECT REGEXP_EXTRACT('abc123', '[a-z]+([0-9]+)'), REGEXP_REPLACE('aaa', 'a', 'b'), REGEXP_EXTRACT('a', 'z')", "123 | bbb | NULL")]
    [InlineData("SELECT GENERATE_ARRAY(1, 3), GENERATE_DATE_ARRAY('2024-01-01', '2024-01-02')", "[1, 2, 3] | [2024-01-01, 2024-01-02]")]
    [InlineData("SELECT n FROM (SELECT 1 AS n UNION DISTINCT SELECT 1 UNION DISTINCT SELECT NULL) ORDER BY n", "NULL", "1")]
    [InlineData("SELECT 1 AS n UNION ALL SELECT 2.5 ORDER BY n DESC", "2.5", "1.0")]
    [InlineData("SELECT * EXCEPT (amount, day) FROM sale ORDER BY shop DESC, line DESC LIMIT 2", "b | 3 | NULL", "a | 2 | 1")]
    [InlineData("SELECT * REPLACE (0 AS amount) FROM sale WHERE line = 1", "a | 1 | 0 | 2024-01-01 | 5")]
    [InlineData("SELECT shop, COUNT(*) AS n, SUM(amount) AS amount FROM sale GROUP BY shop HAVING n > 1 ORDER BY amount", "a | 2 | 3.75")]
    [InlineData("SELECT shop, ROW_NUMBER() OVER (PARTITION BY shop ORDER BY line DESC) AS place FROM sale QUALIFY place = 1 ORDER BY shop", "a | 1", "b | 1")]
    [InlineData("SELECT line, SUM(line) OVER w, LAG(line) OVER w FROM sale WINDOW w AS (ORDER BY line ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY line", "1 | 1 | NULL", "2 | 3 | 1", "3 | 5 | 2")]
    [InlineData("SELECT a.line FROM sale AS a JOIN sale AS b USING (shop, line) WHERE EXISTS (SELECT 1 FROM sale AS c WHERE c.line = a.line + 1) ORDER BY 1", "1", "2")]
    [InlineData("SELECT COUNTIF(items > 1), LOGICAL_OR(items > 9), STRING_AGG(shop, '-' ORDER BY line), MAX_BY(shop, line), ARRAY_AGG(items IGNORE NULLS ORDER BY items LIMIT 1) FROM sale", "1 | false | a-a-b | b | [1]")]
    [InlineData("WITH sale AS (SELECT 'x' AS shop), other AS (SELECT shop FROM sale) SELECT shop FROM other", "x")]
    [InlineData("SELECT (SELECT MAX(s.line) FROM sale AS s WHERE s.shop = sale.shop) AS newest FROM `d.sale` AS sale ORDER BY line", "2", "2", "3")]
    public void It_answers_as_documented(string sql, params string[] rows) => Assert.Equal(rows, _bigQuery.Rows(sql));

    [Theory]
    [InlineData("SELEC 1", "invalidQuery: Syntax error: Unexpected identifier \"SELEC\" at [1:1]")]
    [InlineData("SELECT shop\nFROM sale\nWHERE shp = 'a'", "invalidQuery: Unrecognized name: shp at [3:7]")]
    [InlineData("SELECT line AS n FROM sale WHERE n = 1", "invalidQuery: Unrecognized name: n at [1:34]")]
    [InlineData("SELECT 1 FROM sale WHERE shop = 5", "invalidQuery: No matching signature for operator = for argument types: STRING, INT64 at [1:31]")]
    [InlineData("SELECT shop + 1 FROM sale", "invalidQuery: No matching signature for operator + for argument types: STRING, INT64 at [1:13]")]
    [InlineData("SELECT FARM(1)", "invalidQuery: Function not found: FARM at [1:8]")]
    [InlineData("SELECT 1 FROM nowhere", "notFound: Not found: Table p:d.nowhere was not found in location US")]
    [InlineData("SELECT @p", "invalidQuery: Query parameter 'p' not found at [1:8]")]
    [InlineData("SELECT 1 / 0", "invalidQuery: division by zero: 1.0 / 0.0")]
    [InlineData("SELECT 9223372036854775807 + 1", "invalidQuery: int64 overflow: 9223372036854775807 + 1")]
    [InlineData("SELECT SUM(x) FROM UNNEST([9223372036854775807, 1]) AS x", "invalidQuery: int64 overflow: 9223372036854775808")]
    [InlineData("SELECT CAST('1.5' AS INT64)", "invalidQuery: Bad int64 value: 1.5")]
    [InlineData("SELECT shop, COUNT(*) FROM sale", "invalidQuery: SELECT list expression references column shop which is neither grouped nor aggregated")]
    [InlineData("SELECT line FROM sale AS a, sale AS b", "invalidQuery: Column name line is ambiguous at [1:8]")]
    [InlineData("INSERT INTO sale (shop, line, day) SELECT 'a', 1, 5", "invalidQuery: Query column 3 has type INT64 which cannot be inserted into column day, which has type DATE at [1:36]")]
    [InlineData("INSERT INTO sale (line) VALUES (9)", "invalidQuery: Required field shop cannot be null")]
    [InlineData("DELETE FROM sale", "invalidQuery: DELETE must have a WHERE clause at [1:17]")]
    [InlineData("UPDATE sale SET items = s.n FROM UNNEST([STRUCT(1 AS n), STRUCT(2)]) AS s WHERE TRUE", "invalidQuery: UPDATE/MERGE must match at most one source row for each target row")]
    [InlineData("SELECT DATE_ADD(DATE '2024-01-01', INTERVAL 1 HOUR)", "invalidQuery: DATE_ADD does not support the HOUR date part at [1:8]")]
    [InlineData("FROM sale |> WHERE TRUE", "invalidQuery: Syntax error: Unexpected identifier \"FROM\" at [1:1]")]
    [InlineData("SELECT 'open", "invalidQuery: Syntax error: Unclosed string literal at [1:8]")]
    [InlineData("", "invalidQuery: Syntax error: Unexpected end of statement at [1:1]")]
    public void What_is_wrong_is_refused_and_placed(string sql, string refusal) => Assert.Equal(refusal, _bigQuery.Refusal(sql));

    [Fact]
    public void Parameters_come_as_strings_numbers_lists_and_nulls()
    {
        Assert.Equal(["2 | 2024-01-01 | 1.5"], _bigQuery.Rows(
            "SELECT @n + 1, @d, @x", ("n", "INT64", 1), ("d", "DATE", "2024-01-01"), ("x", "NUMERIC", "1.5")));
        Assert.Equal(["1", "3"], _bigQuery.Rows("SELECT line FROM sale WHERE line IN UNNEST(@lines) ORDER BY line", ("lines", "INT64", new JsonArray("1", 3))));
        Assert.Equal(["0"], _bigQuery.Rows("SELECT COUNT(*) FROM sale WHERE shop = @shop", ("shop", "STRING", null)));
        Assert.Equal(["1"], _bigQuery.Rows("SELECT COUNT(*) FROM sale WHERE shop NOT IN UNNEST(@none) AND line = 1", ("none", "STRING", new JsonArray())));
    }

    [Fact]
    public void A_dry_run_tells_bytes_schema_tables_and_parameters()
    {
        var statistics = _bigQuery.DryRun("SELECT shop, SUM(amount) AS amount FROM sale WHERE day = @day AND line IN UNNEST(@lines) GROUP BY shop");
        // 3 shops of 2 + 1 bytes, 3 amounts of 16, 3 days and 3 lines of 8.
        Assert.Equal("105", (string?)statistics["totalBytesProcessed"]);
        Assert.Equal("STRING NUMERIC", string.Join(' ', statistics["query"]!["schema"]!["fields"]!.AsArray().Select(field => (string?)field!["type"])));
        Assert.Equal("sale", (string?)statistics["query"]!["referencedTables"]![0]!["tableId"]);
        var undeclared = statistics["query"]!["undeclaredQueryParameters"]!.AsArray().Select(parameter => $"{parameter!["name"]} {parameter["parameterType"]!["type"]}");
        Assert.Equal(["day DATE", "lines ARRAY"], undeclared);
    }

    [Theory]
    [InlineData("SELECT COUNT(*) FROM sale", 0)]
    [InlineData("SELECT line FROM (SELECT * FROM sale)", 24)]
    [InlineData("WITH unused AS (SELECT shop FROM sale) SELECT line FROM sale", 24)]
    [InlineData("SELECT a.line, b.line FROM sale AS a JOIN sale AS b ON a.line = b.line", 24)]
    public void Only_columns_that_matter_are_paid_for(string sql, long bytes)
    {
        using var session = new Session(_bigQuery.Store, new MutationLocks());
        var statement = _bigQuery.Translate(sql.Replace(", b.line", ", b.line AS other", StringComparison.Ordinal));
        Assert.Equal(bytes, BytesRead.ByTable(session.Connection, statement.Reads, (_, column) =>
            column == "shop" ? RetailInsight.GoogleFakes.BigQuery.Sql.SqlType.String : RetailInsight.GoogleFakes.BigQuery.Sql.SqlType.Int64).Sum());
    }

    [Theory]
    [InlineData(0L, "0.0")]
    [InlineData(3_600_000_000L, "3600.0")]
    [InlineData(-1L, "-0.000001")]
    [InlineData(1_710_506_096_123_456L, "1.710506096123456E9")]
    [InlineData(-62_135_596_800_000_000L, "-6.21355968E10")]
    public void Timestamps_are_written_as_float_seconds(long micros, string text) => Assert.Equal(text, RetailInsight.GoogleFakes.BigQuery.Rows.RowWriter.FloatSeconds(micros));

    /// <summary>Three sales lines of two shops.</summary>
    public sealed class Sample : IDisposable
    {
        public Sample()
        {
            BigQuery.Rows("""
                CREATE TABLE sale (shop STRING NOT NULL, line INT64, amount NUMERIC, day DATE, items INT64);
                INSERT INTO sale VALUES ('a', 1, 1.25, DATE '2024-01-01', 5), ('a', 2, 2.5, '2024-01-02', 1), ('b', 3, 10, '2024-01-03', NULL)
                """);
        }

        public LocalBigQuery BigQuery { get; } = new();

        public void Dispose() => BigQuery.Dispose();
    }
}
