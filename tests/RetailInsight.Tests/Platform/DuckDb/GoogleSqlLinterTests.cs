using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.Tests.Platform.DuckDb;

public sealed class GoogleSqlLinterTests
{
    [Theory]
    [InlineData("SELECT a / b FROM t", "division", 1, 10)]
    [InlineData("SELECT\n  AVG(a)\nFROM t", "banned-function", 2, 3)]
    [InlineData("SELECT SUM(a) AS s FROM t", "sum-type", 1, 8)]
    [InlineData("SELECT IF(TRUE, SUM(a), 0) AS s FROM t", "sum-type", 1, 17)]
    [InlineData("SELECT SUM(a) OVER (PARTITION BY b) AS s FROM t", "sum-type", 1, 8)]
    [InlineData("SELECT s FROM (SELECT SUM(a) AS s FROM t) WHERE s > 0", "sum-type", 1, 23)]
    [InlineData("SELECT FARM_FINGERPRINT(a) FROM t", "banned-function", 1, 8)]
    [InlineData("SELECT NORMALIZE(a, NFKC) FROM t", "banned-function", 1, 8)]
    [InlineData("SELECT a FROM t WHERE a LIKE ANY ('x', 'y')", "like-any", 1, 25)]
    [InlineData("SELECT a FROM t |> WHERE a > 1", "pipe", 1, 17)]
    [InlineData("SELECT AS STRUCT a FROM t", "select-as", 1, 8)]
    [InlineData("SELECT ANY_VALUE(a HAVING MAX b) FROM t", "any-value-having", 1, 20)]
    [InlineData("SELECT ARRAY<INT64>[1, 2] AS a", "typed-literal", 1, 8)]
    [InlineData("SELECT STRUCT<a INT64>(1) AS a", "typed-literal", 1, 8)]
    [InlineData("SELECT list[0] FROM t", "subscript", 1, 13)]
    [InlineData("SELECT x FROM UNNEST([1, 2])", "unnest-alias", 1, 15)]
    [InlineData("SELECT CAST(a AS BYTES) FROM t", "bytes", 1, 18)]
    [InlineData("SELECT b'abc' AS a", "bytes", 1, 8)]
    [InlineData("SELECT CAST(2.5 AS INT64) AS a", "cast-fraction", 1, 13)]
    [InlineData("SELECT CAST(SAFE_DIVIDE(a, b) AS INT64) AS a FROM t", "cast-fraction", 1, 13)]
    [InlineData("SELECT table_name FROM shop.INFORMATION_SCHEMA.TABLES", "information-schema", 1, 29)]
    [InlineData("DECLARE x INT64", "one-select", 1, 1)]
    [InlineData("CREATE TABLE a PARTITION BY d AS SELECT 1", "one-select", 1, 16)]
    [InlineData("MERGE INTO t USING s ON FALSE WHEN NOT MATCHED THEN INSERT ROW", "one-select", 1, 53)]
    [InlineData("DELETE FROM t WHERE TRUE", "one-select", 1, 1)]
    [InlineData("SELECT LIST_SUM(a) FROM t", "unknown-function", 1, 8)]
    [InlineData("SELECT a % b FROM t", "operator", 1, 10)]
    [InlineData("SELECT a FROM t WHERE a = ?", "positional-parameter", 1, 27)]
    [InlineData("SELECT STRING_AGG(a, ',') FROM t", "unordered", 1, 8)]
    [InlineData("SELECT ARRAY_AGG(a LIMIT 1) FROM t", "unordered", 1, 8)]
    [InlineData("SELECT ROW_NUMBER() OVER (PARTITION BY a) AS r FROM t", "unordered", 1, 8)]
    [InlineData("SELECT a FROM t LIMIT 3", "unordered", 1, 17)]
    [InlineData("SELECT a FROM (SELECT a FROM t LIMIT 3) AS x ORDER BY a", "unordered", 1, 32)]
    [InlineData("SELECT a FROM t UNION SELECT b FROM t", "set-operator", 1, 17)]
    [InlineData("SELECT a FROM t EXCEPT SELECT b FROM t", "set-operator", 1, 17)]
    [InlineData("SELECT CURRENT_DATE AS d FROM t", "not-repeatable", 1, 8)]
    [InlineData("SELECT RAND() AS d FROM t", "not-repeatable", 1, 8)]
    [InlineData("SELECT ANY_VALUE(a) AS d FROM t", "not-repeatable", 1, 8)]
    [InlineData("SELECT APPROX_COUNT_DISTINCT(a) AS d FROM t", "approximate", 1, 8)]
    [InlineData("SELECT a FROM t WHERE a LIKE b", "like-pattern", 1, 25)]
    [InlineData("SELECT a FROM t WHERE a ILIKE 'x'", "duckdb-only", 1, 25)]
    [InlineData("SELECT DATE_TRUNC(a, HOUR) FROM t", "date-part", 1, 22)]
    [InlineData("SELECT EXTRACT(DOW FROM a) FROM t", "date-part", 1, 16)]
    [InlineData("SELECT TIMESTAMP_ADD(a, INTERVAL 1 WEEK) FROM t", "date-part", 1, 36)]
    [InlineData("SELECT DATE_ADD(a, INTERVAL b HOUR) FROM t", "date-part", 1, 31)]
    [InlineData("SELECT FORMAT_DATE('%F', a) FROM t", "format-element", 1, 20)]
    [InlineData("SELECT FORMAT_DATE(f, a) FROM t", "format-element", 1, 20)]
    [InlineData("SELECT PARSE_DATE('%d/%m/%E', a) FROM t", "format-element", 1, 19)]
    [InlineData("SELECT a - DATE_ADD(b, INTERVAL 1 DAY) FROM t", "date-minus", 1, 10)]
    [InlineData("SELECT list[OFFSET(0)] FROM t", "subscript", 1, 13)]
    [InlineData("SELECT SAFE_DIVIDE(a, b) AS r FROM t", "ratio-type", 1, 8)]
    [InlineData("SELECT IEEE_DIVIDE(a, b) AS r FROM t", "not-a-number", 1, 8)]
    [InlineData("SELECT 1; SELECT 2", "unreadable", 1, 9)]
    [InlineData("SELECT 'abc", "unreadable", 1, 8)]
    [InlineData("SELECT (1", "unreadable", 1, 8)]
    public void What_the_warehouses_answer_differently_is_found_with_its_place(string sql, string rule, int line, int column)
    {
        GoogleSqlFinding finding = Assert.Single(GoogleSqlLinter.Check(sql));
        Assert.Equal((rule, line, column), (finding.Rule, finding.Line, finding.Column));
    }

    [Theory]
    [InlineData("SELECT CAST(SUM(a) AS INT64) AS s, CAST(SUM(a) - SUM(b) AS INT64) AS d FROM t GROUP BY c HAVING SUM(a) > 0 ORDER BY SUM(b) DESC")]
    [InlineData("SELECT CAST(SAFE_DIVIDE(SUM(a), SUM(b)) AS FLOAT64) AS r, SUM(CAST(a AS NUMERIC)) AS n FROM t")]
    [InlineData("SELECT a FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY b ORDER BY SUM(a) DESC) = 1")]
    [InlineData("-- a / b, AVG(x)\nSELECT 'a / b' AS text, `avg` FROM t # SUM(a)")]
    [InlineData("SELECT x, list[SAFE_OFFSET(0)] AS f, [1, 2] AS a FROM t, UNNEST(list) AS x WHERE x IN UNNEST(@ids) AND y IN (1)")]
    [InlineData("SELECT CAST(ROUND(SAFE_DIVIDE(a, b)) AS INT64) AS a, CAST([] AS ARRAY<INT64>) AS e FROM t")]
    [InlineData("SELECT STRING_AGG(a, ',' ORDER BY b) AS s, ARRAY_AGG(a IGNORE NULLS ORDER BY b LIMIT 1) AS f FROM t")]
    [InlineData("SELECT a FROM t ORDER BY a LIMIT 3")]
    [InlineData("SELECT a FROM t UNION ALL SELECT b FROM t UNION DISTINCT SELECT 1")]
    [InlineData("SELECT * EXCEPT (a) FROM t EXCEPT DISTINCT SELECT b FROM u")]
    [InlineData("SELECT DATE_TRUNC(month, MONTH) AS m, DATE_DIFF(a, b, WEEK(MONDAY)) AS w, TIMESTAMP_TRUNC(c, HOUR, 'Asia/Tokyo') AS h, EXTRACT(WEEK(SUNDAY) FROM a) AS e FROM t")]
    [InlineData("SELECT DATE_ADD(a, INTERVAL (b + 1) MONTH) AS m, TIMESTAMP_SUB(c, INTERVAL b HOUR) AS h, FORMAT_DATE('100%% %Y-%m-%d', a) AS f FROM t")]
    [InlineData("SELECT a - b AS c, -DATE_DIFF(a, b, DAY) AS d, current_day FROM t WHERE name LIKE 'x\\\\_%' AND SAFE_DIVIDE(a, b) > 1 AND day IN (SELECT x FROM u)")]
    [InlineData("WITH cte AS (SELECT 1 AS a), other AS (SELECT a FROM cte) SELECT CAST(a AS NUMERIC(12, 2)) AS n, COUNT(*) OVER (PARTITION BY a) AS c FROM other JOIN cte USING (a) WHERE NOT (a > 1) AND EXISTS (SELECT 1) GROUP BY ROLLUP (a)")]
    [InlineData("SELECT rand, any_value, t.avg, exclude.glob FROM t AS exclude ORDER BY approx_quantiles")]
    public void The_subset_passes(string sql) => Assert.Empty(GoogleSqlLinter.Check(sql));

    [Fact]
    public void The_views_of_the_raw_tables_keep_to_the_subset()
    {
        foreach (ViewSpec view in RawTables.Views)
        {
            Assert.Empty(GoogleSqlLinter.Check(view.Sql));
        }
    }
}
