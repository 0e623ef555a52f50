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
    [InlineData("CREATE TABLE a PARTITION BY d AS SELECT 1", "one-select", 1, 1)]
    [InlineData("MERGE INTO t USING s ON FALSE WHEN NOT MATCHED THEN INSERT ROW", "one-select", 1, 1)]
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
    [InlineData("SELECT SAFE_DIVIDE(SUM(a), SUM(b)) AS r, SUM(CAST(a AS NUMERIC)) AS n FROM t")]
    [InlineData("SELECT a FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY b ORDER BY SUM(a) DESC) = 1")]
    [InlineData("-- a / b, AVG(x)\nSELECT 'a / b' AS text, `avg` FROM t # SUM(a)")]
    [InlineData("SELECT x, list[OFFSET(0)] AS f, [1, 2] AS a FROM t, UNNEST(list) AS x WHERE x IN UNNEST(@ids) AND y IN (1)")]
    [InlineData("SELECT CAST(ROUND(SAFE_DIVIDE(a, b)) AS INT64) AS a, CAST([] AS ARRAY<INT64>) AS e FROM t")]
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
