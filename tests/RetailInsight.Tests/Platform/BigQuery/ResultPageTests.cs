using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.GoogleCloud.BigQuery;

namespace RetailInsight.Tests.Platform.BigQuery;

public sealed class ResultPageTests
{
    [Theory]
    [InlineData("1710506096123456", 1_710_506_096_123_456)]
    [InlineData("1.710506096123456E9", 1_710_506_096_123_456)]
    [InlineData("-6.21355968E10", -62_135_596_800_000_000)]
    [InlineData("253402300799.999999", 253_402_300_799_999_999)]
    [InlineData("0.0", 0)]
    public void Both_encodings_of_a_timestamp_are_read_to_the_microsecond(string text, long micros)
    {
        // Whole microseconds have no point; seconds always do, or an exponent.
        var page = Read($$"""{"rows":[{"f":[{"v":"{{text}}"}]}],"schema":{"fields":[{"name":"t","type":"TIMESTAMP","mode":"NULLABLE"}]},"jobComplete":true}""");
        Assert.Equal(micros, page.Rows!["t"].Int64At(0));
    }

    [Fact]
    public void Every_type_and_null_is_read()
    {
        var page = Read(
            """
            {"kind":"x","schema":{"fields":[{"name":"i","type":"INTEGER"},{"name":"n","type":"NUMERIC"},{"name":"f","type":"FLOAT"},{"name":"b","type":"BOOLEAN"},
             {"name":"s","type":"STRING"},{"name":"d","type":"DATE"}]},"jobReference":{"jobId":"j"},"totalRows":"2","pageToken":"next","jobComplete":true,
             "rows":[{"f":[{"v":"-9223372036854775808"},{"v":"12345678901234567890.123456789"},{"v":"Infinity"},{"v":"true"},{"v":"店\u0000\""},{"v":"0001-01-01"}]},
                     {"f":[{"v":null},{"v":null},{"v":null},{"v":null},{"v":null},{"v":null}]}]}
            """);
        Assert.Equal("next", page.NextPage);
        Assert.Equal([long.MinValue, 12345678901234567890.123456789m, double.PositiveInfinity, true, "店\0\"", new DateOnly(1, 1, 1)], page.Rows!.Columns.Select(column => column.ValueAt(0)));
        Assert.All(page.Rows!.Columns, column => Assert.Null(column.ValueAt(1)));
    }

    [Fact]
    public void An_empty_page_with_a_token_is_not_the_end()
    {
        var page = Read("""{"jobComplete":true,"pageToken":"more","schema":{"fields":[{"name":"i","type":"INT64"}]}}""");
        Assert.Null(page.Rows);
        Assert.Equal("more", page.NextPage);
    }

    [Fact]
    public void A_view_names_its_tables_in_full_and_nothing_else()
    {
        var sql = QualifiedNames.In(
            "WITH latest AS (SELECT * FROM raw_x) SELECT EXTRACT(DAY FROM at) AS day FROM latest JOIN `raw_y` AS y ON y.id = latest.id, UNNEST(y.parts) WHERE s IN (SELECT s FROM raw_x)",
            "p-1",
            "d");
        Assert.Equal(
            "WITH latest AS (SELECT * FROM `p-1.d.raw_x`) SELECT EXTRACT(DAY FROM at) AS day FROM latest JOIN `p-1.d.raw_y` AS y ON y.id = latest.id, UNNEST(y.parts) WHERE s IN (SELECT s FROM `p-1.d.raw_x`)",
            sql);
        Assert.All(RawTables.Views, view => Assert.Contains("FROM `p.d.raw_", QualifiedNames.In(view.Sql, "p", "d"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SELECT x.a FROM raw_x AS x, raw_y y WHERE x.a IS DISTINCT FROM other", "SELECT x.a FROM `p.d.raw_x` AS x, `p.d.raw_y` y WHERE x.a IS DISTINCT FROM other")]
    [InlineData("SELECT a, b FROM raw_x, UNNEST(x.parts), x.other ORDER BY a, b", "SELECT a, b FROM `p.d.raw_x`, UNNEST(x.parts), x.other ORDER BY a, b")]
    [InlineData("SELECT a FROM (SELECT a, b FROM raw_x), raw_y GROUP BY a, b", "SELECT a FROM (SELECT a, b FROM `p.d.raw_x`), `p.d.raw_y` GROUP BY a, b")]
    [InlineData("SELECT 'FROM raw_x, raw_y' FROM raw_x -- FROM raw_z", "SELECT 'FROM raw_x, raw_y' FROM `p.d.raw_x` -- FROM raw_z")]
    [InlineData("SELECT a FROM raw_x UNION ALL SELECT a FROM raw_y LEFT JOIN raw_z USING (a, b)", "SELECT a FROM `p.d.raw_x` UNION ALL SELECT a FROM `p.d.raw_y` LEFT JOIN `p.d.raw_z` USING (a, b)")]
    public void Tables_after_a_comma_are_named_in_full_and_other_words_are_left_alone(string sql, string qualified) =>
        Assert.Equal(qualified, QualifiedNames.In(sql, "p", "d"));

    [Theory]
    [InlineData("79228162514264337593543950335", true)]
    [InlineData("-12345678901234567890.123456789", true)]
    [InlineData("1.5000000000000000000000000000000000", true)]
    [InlineData("12345678901234567890123456789.123456789", false)]
    [InlineData("99999999999999999999999999999", false)]
    [InlineData("", false)]
    [InlineData("abc", false)]
    public void A_decimal_is_exact_or_an_error_that_names_its_column(string text, bool fits)
    {
        var json = $$"""{"jobComplete":true,"schema":{"fields":[{"name":"net","type":"NUMERIC"}]},"rows":[{"f":[{"v":"{{text}}"}]}]}""";
        if (fits)
        {
            Assert.Equal(decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture), Read(json).Rows!["net"].ValueAt(0));
        }
        else
        {
            Assert.Contains("'net'", Assert.Throws<OverflowException>(() => Read(json)).Message, StringComparison.Ordinal);
        }
    }

    private static ResultPage Read(string json) => ResultPage.Read(Encoding.UTF8.GetBytes(json), []);
}
