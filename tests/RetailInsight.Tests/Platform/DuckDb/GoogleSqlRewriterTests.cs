using System.Globalization;
using RetailInsight.Platform.GoogleSql;
using RetailInsight.Platform.Local.DuckDb;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Tests.Platform.DuckDb;

/// <summary>Each construct is run on DuckDB; the expected text is BigQuery's documented answer.</summary>
public sealed class GoogleSqlRewriterTests(GoogleSqlRewriterTests.Database database) : IClassFixture<GoogleSqlRewriterTests.Database>
{
    private const string TestTable =
        "CREATE OR REPLACE TABLE t AS SELECT * FROM (VALUES (1, 'one', ['a', 'b'], NULL), (2, 'two', [], NULL), (3, 'three', ['c'], 1)) v(id, name, tags, nothing)";

    [Theory]
    [InlineData("CAST('1.123456789' AS NUMERIC)", "1.123456789")]
    [InlineData("NUMERIC '1.123456789'", "1.123456789")]
    [InlineData("CAST('1.256' AS NUMERIC(12, 2))", "1.26")]
    [InlineData("CAST(2.5 AS FLOAT64)", "2.5")]
    [InlineData("CAST(CAST('2026-03-01 09:00:00+09:00' AS TIMESTAMP) AS STRING)", "2026-03-01 00:00:00+00")]
    [InlineData("CAST(TIMESTAMP '2026-03-01 09:00:00+09:00' AS STRING)", "2026-03-01 00:00:00+00")]
    [InlineData("CAST(DATETIME '2026-03-01 09:00:00' AS STRING)", "2026-03-01 09:00:00")]
    [InlineData("CAST(CAST([1, 2] AS ARRAY<INT64>) AS STRING)", "[1, 2]")]
    [InlineData("CAST(STRUCT(1 AS a, 'x' AS b) AS STRUCT<a INT64, b ARRAY<STRING>>).a", "!")]
    [InlineData("SAFE_CAST('x' AS INT64)", "")]
    [InlineData("SAFE_CAST('7' AS INT64)", "7")]
    [InlineData("\"double \\\"quoted\\\"\"", "double \"quoted\"")]
    [InlineData("'it\\'s \\u3042\\x41\\n'", "it's あA\n")]
    [InlineData("r'a\\d'", "a\\d")]
    [InlineData("'''a'b\nc'''", "a'b\nc")]
    [InlineData("CONCAT('a', 'b', 'c', 'd', 'e', 'f', 'g')", "abcdefg")]
    [InlineData("CONCAT('a', CAST(NULL AS STRING))", "")]
    [InlineData("CAST(GREATEST(1, NULL, 2) AS STRING)", "")]
    [InlineData("LEAST(3, 1, 2)", "1")]
    [InlineData("LOG(100, 10)", "2")]
    [InlineData("SAFE_DIVIDE(1, 0)", "")]
    [InlineData("DIV(7, 2)", "3")]
    [InlineData("LPAD('7', 3, '0')", "007")]
    [InlineData("REGEXP_REPLACE('aXbX', r'X', '-')", "a-b-")]
    [InlineData("REGEXP_EXTRACT('ab12', r'[a-z]+(\\d+)')", "12")]
    [InlineData("REGEXP_EXTRACT('ab', r'\\d+')", "")]
    [InlineData("TO_HEX(MD5('a'))", "0cc175b9c0f1b6a831c399e269772661")]
    [InlineData("FORMAT('%05d-%s', 42, 'x')", "00042-x")]
    [InlineData("JSON_VALUE('{\"a\": \"b\"}', '$.a')", "b")]
    public void Values(string expression, string expected) => AssertAnswer($"SELECT {expression} AS v", expected);

    [Theory]
    [InlineData("DATE_TRUNC(DATE '2026-03-18', MONTH)", "2026-03-01")]
    [InlineData("DATE_TRUNC(DATE '2026-03-18', WEEK)", "2026-03-15")]
    [InlineData("DATE_TRUNC(DATE '2026-03-18', WEEK(MONDAY))", "2026-03-16")]
    [InlineData("DATE_TRUNC(DATE '2026-03-18', WEEK(WEDNESDAY))", "2026-03-18")]
    [InlineData("DATE_TRUNC(DATE '2026-03-18', WEEK(THURSDAY))", "2026-03-12")]
    [InlineData("DATE_TRUNC(DATE '2026-03-18', WEEK(FRIDAY))", "2026-03-13")]
    [InlineData("DATE_TRUNC(DATE '2026-03-18', ISOWEEK)", "2026-03-16")]
    [InlineData("DATE_TRUNC(DATE '2026-03-18', QUARTER)", "2026-01-01")]
    [InlineData("DATE_TRUNC(DATE '2026-01-01', ISOYEAR)", "2025-12-29")]
    [InlineData("CAST(TIMESTAMP_TRUNC(TIMESTAMP '2026-03-18 20:34:56+00', HOUR) AS STRING)", "2026-03-18 20:00:00+00")]
    [InlineData("CAST(TIMESTAMP_TRUNC(TIMESTAMP '2026-03-18 20:34:56+00', DAY, 'Asia/Tokyo') AS STRING)", "2026-03-18 15:00:00+00")]
    [InlineData("CAST(DATETIME_TRUNC(DATETIME '2026-03-18 20:34:56', HOUR) AS STRING)", "2026-03-18 20:00:00")]
    [InlineData("DATE_DIFF(DATE '2026-03-18', DATE '2026-03-01', DAY)", "17")]
    [InlineData("DATE_DIFF(DATE '2017-10-17', DATE '2017-10-15', WEEK)", "0")]
    [InlineData("DATE_DIFF(DATE '2017-10-15', DATE '2017-10-14', WEEK)", "1")]
    [InlineData("DATE_DIFF(DATE '2017-10-17', DATE '2017-10-15', WEEK(MONDAY))", "1")]
    [InlineData("DATE_DIFF(DATE '2017-10-17', DATE '2017-10-16', WEEK(TUESDAY))", "1")]
    [InlineData("DATE_DIFF(DATE '2017-10-16', DATE '2017-10-15', ISOWEEK)", "1")]
    [InlineData("DATE_DIFF(DATE '2026-03-01', DATE '2026-02-28', MONTH)", "1")]
    [InlineData("TIMESTAMP_DIFF(TIMESTAMP '2026-03-01 00:01:59+00', TIMESTAMP '2026-03-01 00:00:00+00', MINUTE)", "1")]
    [InlineData("DATE_ADD(DATE '2026-01-31', INTERVAL 1 MONTH)", "2026-02-28")]
    [InlineData("DATE_SUB(DATE '2026-03-01', INTERVAL n + 1 DAY)", "2026-02-26")]
    [InlineData("DATE_ADD(DATE '2026-03-01', INTERVAL CAST(n AS INT64) WEEK)", "2026-03-15")]
    [InlineData("DATE_ADD(DATE '2026-03-01', INTERVAL (n) DAY)", "2026-03-03")]
    [InlineData("DATE_ADD(DATE '2026-03-01', INTERVAL -n QUARTER)", "2025-09-01")]
    [InlineData("CAST(TIMESTAMP_ADD(TIMESTAMP '2026-03-01 00:00:00+00', INTERVAL n HOUR) AS STRING)", "2026-03-01 02:00:00+00")]
    [InlineData("LAST_DAY(DATE '2026-02-03')", "2026-02-28")]
    [InlineData("LAST_DAY(DATE '2026-02-03', QUARTER)", "2026-03-31")]
    [InlineData("LAST_DAY(DATE '2026-03-18', WEEK(MONDAY))", "2026-03-22")]
    [InlineData("EXTRACT(DAYOFWEEK FROM DATE '2026-03-15')", "1")]
    [InlineData("EXTRACT(WEEK FROM DATE '2026-01-04')", "1")]
    [InlineData("EXTRACT(ISOWEEK FROM DATE '2026-01-04')", "1")]
    [InlineData("EXTRACT(ISOYEAR FROM DATE '2025-12-29')", "2026")]
    [InlineData("EXTRACT(HOUR FROM TIMESTAMP '2026-03-01 00:00:00+00' AT TIME ZONE 'Asia/Tokyo')", "9")]
    [InlineData("EXTRACT(DATE FROM TIMESTAMP '2026-03-01 20:00:00+00')", "2026-03-01")]
    [InlineData("EXTRACT(DATE FROM TIMESTAMP '2026-03-01 20:00:00+00' AT TIME ZONE 'Asia/Tokyo')", "2026-03-02")]
    [InlineData("EXTRACT(MICROSECOND FROM TIMESTAMP '2026-03-01 00:00:07.5+00')", "500000")]
    [InlineData("DATE(TIMESTAMP '2026-03-01 20:00:00+00', 'Asia/Tokyo')", "2026-03-02")]
    [InlineData("DATE(2026, 3, 1)", "2026-03-01")]
    [InlineData("CAST(TIMESTAMP(DATETIME '2026-03-01 09:00:00', 'Asia/Tokyo') AS STRING)", "2026-03-01 00:00:00+00")]
    [InlineData("CAST(TIMESTAMP('2026-03-01 09:00:00+09:00') AS STRING)", "2026-03-01 00:00:00+00")]
    [InlineData("CAST(DATETIME(TIMESTAMP '2026-03-01 00:00:00+00', 'Asia/Tokyo') AS STRING)", "2026-03-01 09:00:00")]
    [InlineData("DATE_DIFF(CURRENT_DATE('UTC'), CURRENT_DATE(), DAY)", "0")]
    [InlineData("TIMESTAMP_DIFF(CURRENT_TIMESTAMP(), CURRENT_TIMESTAMP, DAY)", "0")]
    [InlineData("PARSE_DATE('%Y%m%d', '20260301')", "2026-03-01")]
    [InlineData("SAFE.PARSE_DATE('%Y%m%d', 'x')", "")]
    [InlineData("FORMAT_DATE('%Y/%m', DATE '2026-03-01')", "2026/03")]
    [InlineData("UNIX_SECONDS(TIMESTAMP '1970-01-02 00:00:00+00')", "86400")]
    public void Dates_and_times(string expression, string expected) => AssertAnswer($"SELECT {expression} AS v FROM (SELECT 2 AS n)", expected);

    [Theory]
    [InlineData("SELECT list[OFFSET(0)] AS v FROM (SELECT [5, 6] AS list)", "5")]
    [InlineData("SELECT list[SAFE_OFFSET(-1)] AS v FROM (SELECT [5, 6] AS list)", "")]
    [InlineData("SELECT list[ORDINAL(2)] AS v FROM (SELECT [5, 6] AS list)", "6")]
    [InlineData("SELECT list[SAFE_ORDINAL(9)] AS v FROM (SELECT [5, 6] AS list)", "")]
    [InlineData("SELECT COUNT(*) AS v FROM t WHERE id IN UNNEST([1, 3, 9])", "2")]
    [InlineData("SELECT COUNT(*) AS v FROM t WHERE id NOT IN UNNEST([1, 3, 9])", "1")]
    [InlineData("SELECT COUNT(*) AS v FROM t WHERE id IN (SELECT x FROM UNNEST([1, 3]) AS x)", "2")]
    [InlineData("SELECT STRING_AGG(CAST(x AS STRING), ',' ORDER BY x) AS v FROM UNNEST([3, 1, 2]) AS x", "1,2,3")]
    [InlineData("SELECT SUM(x * id) AS v FROM t, UNNEST([10, 20]) x", "180")]
    [InlineData("SELECT SUM(x * id) AS v FROM t CROSS JOIN UNNEST([10, 20]) AS x WHERE id = 2", "60")]
    [InlineData("SELECT COUNT(*) AS v FROM t LEFT JOIN UNNEST(tags) AS x", "4")]
    [InlineData("SELECT STRING_AGG(x, ',' ORDER BY id, x) AS v FROM t, UNNEST(t.tags) AS x", "a,b,c")]
    [InlineData("SELECT STRING_AGG(CONCAT(x, CAST(p AS STRING)), ',' ORDER BY p) AS v FROM t, UNNEST(tags) AS x WITH OFFSET AS p WHERE id = 1", "a0,b1")]
    [InlineData("SELECT SUM(p) AS v FROM UNNEST([7, 8, 9]) x WITH OFFSET p", "3")]
    [InlineData("SELECT SUM(x.n) AS v FROM UNNEST([STRUCT(1 AS n), STRUCT(2 AS n)]) AS x", "3")]
    [InlineData("SELECT CAST(MAX(d) AS STRING) AS v FROM UNNEST(GENERATE_DATE_ARRAY(DATE '2026-03-01', DATE '2026-03-31', INTERVAL 7 DAY)) AS d", "2026-03-29")]
    [InlineData("SELECT s.b AS v FROM (SELECT STRUCT(1 AS a, 'x' AS b) AS s)", "x")]
    [InlineData("SELECT s.name AS v FROM (SELECT STRUCT(id, t.name) AS s FROM t WHERE id = 2)", "two")]
    [InlineData("SELECT CAST(ARRAY_AGG(name ORDER BY id DESC LIMIT 2) AS STRING) AS v FROM t", "[three, two]")]
    [InlineData("SELECT ARRAY_LENGTH(ARRAY_AGG(nothing IGNORE NULLS ORDER BY id)) AS v FROM t", "1")]
    [InlineData("SELECT ARRAY_AGG(name ORDER BY id LIMIT 1)[OFFSET(0)] AS v FROM t", "one")]
    [InlineData("SELECT ARRAY_AGG(STRUCT(id, name) ORDER BY id DESC LIMIT 1)[OFFSET(0)].name AS v FROM t", "three")]
    [InlineData("SELECT CAST(ARRAY_AGG(DISTINCT nothing IGNORE NULLS) AS STRING) AS v FROM t", "[1]")]
    [InlineData("SELECT APPROX_QUANTILES(id, 2)[OFFSET(1)] AS v FROM t", "2")]
    [InlineData("SELECT * EXCEPT (name, tags, nothing) FROM t WHERE id = 3", "3")]
    [InlineData("SELECT id AS v FROM t EXCEPT DISTINCT SELECT id FROM t WHERE id < 3", "3")]
    [InlineData("SELECT `id` AS v FROM `project-1.main.t` WHERE `t`.id = 1 # the first\n", "1")]
    [InlineData("SELECT id -- comment, with ) and '\n AS v FROM t WHERE id = 1 /* more */ ;", "1")]
    [InlineData("SELECT id AS v FROM t WHERE id = @p", "2")]
    [InlineData("SELECT COUNT(*) AS v FROM t WHERE id IN UNNEST(@ps)", "2")]
    [InlineData("SELECT nothing AS v FROM t ORDER BY nothing LIMIT 1", "")]
    [InlineData("SELECT id AS v FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY id DESC) = 1", "3")]
    [InlineData("SELECT COUNTIF(id > 1) AS v FROM t", "2")]
    [InlineData("SELECT safe.id AS v FROM t AS safe WHERE safe.id = 1", "1")]
    [InlineData("SELECT date AS v FROM (SELECT DATE '2026-03-01' AS date, TIMESTAMP '2026-03-01 00:00:00+00' AS timestamp)", "2026-03-01")]
    public void Queries(string sql, string expected)
    {
        database.Connection.Execute(TestTable);
        AssertAnswer(sql, expected);
    }

    [Theory]
    [InlineData("INSERT t (id) VALUES (4)", 1)]
    [InlineData("MERGE t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET id = 9", 1)]
    public void Changes_may_leave_out_into(string sql, long changed)
    {
        database.Connection.Execute(TestTable);
        Assert.Equal(changed, database.Connection.Execute(GoogleSqlRewriter.Rewrite(sql)));
    }

    [Theory]
    [InlineData("SELECT 'abc", "line 1, column 8")]
    [InlineData("SELECT\n  `abc", "line 2, column 3")]
    [InlineData("SELECT (1]", "line 1, column 10")]
    [InlineData("SELECT '\\q'", "line 1, column 9")]
    [InlineData("SELECT 1; SELECT 2", "line 1, column 9")]
    [InlineData("SELECT STRUCT(1, 2)", "line 1, column 15")]
    [InlineData("SELECT 'it''s'", "line 1, column 12")]
    [InlineData("SELECT x FROM UNNEST([1]) AS x WITH OFFSET", "line 1, column 43")]
    [InlineData("SELECT EXTRACT(WEEK(FRIDAY) FROM DATE '2026-03-01')", "line 1, column 16")]
    [InlineData("SELECT SAFE.SUBSTR('a', 1)", "line 1, column 8")]
    [InlineData("SELECT CAST(1 AS GEOGRAPHY)", "line 1, column 18")]
    public void What_cannot_be_read_is_refused_with_its_place(string sql, string place) =>
        Assert.Contains(place, Assert.Throws<GoogleSqlException>(() => GoogleSqlRewriter.Rewrite(sql)).Message, StringComparison.Ordinal);

    private static string Text(object? value) => value switch
    {
        null => "",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        decimal number => number.ToString("0.#########", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    /// <summary>"!" stands for: refused.</summary>
    private void AssertAnswer(string sql, string expected)
    {
        if (expected == "!")
        {
            Assert.ThrowsAny<Exception>(() => Rows(sql));
            return;
        }

        Assert.Equal(expected, Text(Assert.Single(Assert.Single(Rows(sql)))));
    }

    private List<object?[]> Rows(string sql) =>
        database.Connection.Rows(GoogleSqlRewriter.Rewrite(sql), ("p", 2L), ("ps", new long[] { 1, 2 }));

    public sealed class Database : IAsyncLifetime
    {
        private readonly DuckDbDatabase _database = DuckDbDatabase.Join(new DuckDbWarehouseOptions { Path = ":memory:", Threads = 1 });
        private DuckDbLease _lease = null!;

        internal DuckDbConnection Connection { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            _lease = await _database.BorrowAsync(default);
            Connection = await _lease.RunAsync(connection => connection, default);
        }

        public Task DisposeAsync()
        {
            _lease.Dispose();
            _database.Dispose();
            return Task.CompletedTask;
        }
    }
}
