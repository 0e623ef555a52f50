using System.Globalization;
using RetailInsight.Core.Ports;
using RetailInsight.GoogleSqlConstructs;
using RetailInsight.Platform.GoogleSql;
using RetailInsight.Platform.Local.DuckDb;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.Tests.Platform.DuckDb;

/// <summary>The whole subset on the local warehouse, against the answers the GoogleSQL reference documents.</summary>
public sealed class ConstructsAnswerAsDocumented(GoogleSqlRewriterTests.Database database) : IClassFixture<GoogleSqlRewriterTests.Database>
{
    public static TheoryData<string> Answered => [.. Construct.All.Where(construct => construct.Refused is null).Select(construct => construct.Name)];

    public static TheoryData<string> Refused => [.. Construct.All.Where(construct => construct.Refused is not null).Select(construct => construct.Name)];

    [Theory]
    [MemberData(nameof(Answered))]
    public void It_gives_the_documented_answer(string name)
    {
        var construct = Construct.All.Single(one => one.Name == name);
        Assert.Equal(construct.Rows, Run(database.Connection, construct));
    }

    [Theory]
    [MemberData(nameof(Answered))]
    public void The_linter_lets_it_pass_or_names_the_rule(string name)
    {
        var construct = Construct.All.Single(one => one.Name == name);
        if (construct.Sql.StartsWith("SELECT", StringComparison.Ordinal) || construct.Sql.StartsWith("WITH", StringComparison.Ordinal))
        {
            var rules = GoogleSqlLinter.Check(construct.Sql).Select(finding => finding.Rule).Distinct().Order();
            Assert.Equal(construct.Lint?.Split(", ") ?? [], rules);
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void It_is_refused_and_the_message_says_what_to_write(string name)
    {
        var construct = Construct.All.Single(one => one.Name == name);
        Assert.Contains(GoogleSqlLinter.Check(construct.Sql), finding => finding.Rule == construct.Refused!.Rule
            && finding.Message.Contains(construct.Refused.Names, StringComparison.Ordinal)
            && finding.Message.Contains(construct.Refused.Instead, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_function_of_the_subset_has_its_answer_in_the_table()
    {
        var called = Construct.All.Where(construct => construct.Refused is null).SelectMany(Calls).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.Empty(GoogleSqlFunctions.Subset.Where(function => !called.Contains(function)).Order());
    }

    [Fact]
    public void The_table_covers_every_class()
    {
        var classes = Construct.All.CountBy(construct => construct.Class).ToDictionary();
        Assert.True(classes["plain"] >= 101 && classes["prelude"] >= 75 && classes["rewriter"] >= 41 && classes["banned"] >= 24 && classes["silent"] >= 20);
        Assert.Equal(Construct.All.Count, Construct.All.DistinctBy(construct => construct.Name).Count());
    }

    private static IEnumerable<string> Calls(Construct construct)
    {
        var text = new GoogleSqlText(construct.Sql.Contains("''s", StringComparison.Ordinal) ? "" : construct.Sql);
        return Enumerable.Range(0, text.Count).Select(at => text[at]).Where(token => token.Kind == GoogleSqlTokenKind.Word).Select(token => token.Source);
    }

    private static List<string> Run(DuckDbConnection connection, Construct construct)
    {
        foreach (string step in construct.Steps)
        {
            connection.Execute(GoogleSqlRewriter.Rewrite(step));
        }

        try
        {
            var parameters = construct.Parameters.ToDictionary(parameter => parameter.Key, parameter => Parameter(parameter.Value));
            return Rows(connection, GoogleSqlRewriter.Rewrite(construct.Sql), parameters);
        }
        catch (Exception exception) when (construct.Rows is ["ERROR"] && exception is DuckDbException or GoogleSqlException)
        {
            return ["ERROR"];
        }
    }

    private static object Parameter(object value) => value is IEnumerable<object> list
        ? list.Select(item => long.Parse((string)item, CultureInfo.InvariantCulture)).ToArray()
        : long.Parse((string)value, CultureInfo.InvariantCulture);

    private static List<string> Rows(DuckDbConnection connection, string sql, Dictionary<string, object> parameters)
    {
        using DuckDbStatement statement = connection.Prepare(sql, parameters);
        using DuckDbResult result = statement.Execute();
        var rows = new List<string>();
        while (result.NextChunk())
        {
            RowBlock block = ResultReader.Read(result);
            rows.AddRange(Enumerable.Range(0, block.RowCount).Select(row => string.Join(" | ", block.Columns.Select(column => Text(column, row)))));
        }

        return rows;
    }

    private static string Text(ColumnData column, int row) => column.ValueAt(row) switch
    {
        null => "NULL",
        bool value => value ? "BOOL true" : "BOOL false",
        DateOnly value => value.ToString("'DATE' yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset value => value.ToString("'TIMESTAMP' yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture),
        decimal value => "NUMERIC " + value.ToString("0.#########", CultureInfo.InvariantCulture),
        double value => "FLOAT64 " + value.ToString("R", CultureInfo.InvariantCulture),
        string value => "STRING " + value,
        long value => string.Create(CultureInfo.InvariantCulture, $"INT64 {value}"),
        var other => $"{other.GetType().Name} {other}",
    };
}
