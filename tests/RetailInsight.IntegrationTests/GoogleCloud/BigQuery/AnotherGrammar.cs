using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using RetailInsight.Core.Canon;
using RetailInsight.Etl.Models;

namespace RetailInsight.IntegrationTests.GoogleCloud.BigQuery;

/// <summary>Every statement sent to BigQuery passes a grammar of BigQuery that is not ours.</summary>
public sealed partial class AnotherGrammar
{
    private static readonly string RepositoryRoot = typeof(AnotherGrammar).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>
    /// What that grammar lacks: the construct as written, how it is said in its terms to get over it, and the page of
    /// BigQuery's documentation that defines it.
    /// </summary>
    private static readonly Gap[] Gaps =
    [
        new(@"(FROM\s+\w+\s+)QUALIFY\b", "$1WHERE TRUE QUALIFY", "Query syntax: QUALIFY clause"),
        new(@"^(BEGIN|COMMIT|ROLLBACK) TRANSACTION$", "SELECT 1", "Procedural language: transaction statements"),
        new(@"(?s)^MERGE INTO (.*?)\s+USING (.*?)\s+ON (.*?)\s+WHEN .*$", "SELECT 1 FROM $1 JOIN $2 ON $3", "Data manipulation language (DML) statements in GoogleSQL: MERGE statement"),
    ];

    [NodeClientTheory]
    [InlineData("models and views")]
    [InlineData("scripts")]
    public async Task Every_statement_is_understood(string kind)
    {
        var statements = (kind == "scripts" ? Scripts() : Texts()).ToList();
        Assert.NotEmpty(statements);
        var refused = await RefusedAsync(statements.Select(statement => statement with { Sql = Gaps.Aggregate(statement.Sql, (sql, gap) => Regex.Replace(sql, gap.Pattern, gap.Instead)) }));
        Assert.True(refused.Count == 0, string.Join('\n', refused));
    }

    [NodeClientTheory]
    [InlineData("gaps")]
    public async Task A_gap_that_is_closed_is_no_longer_listed(string kind)
    {
        Assert.Equal("gaps", kind);
        foreach (var gap in Gaps)
        {
            var without = Gaps.Where(other => other != gap).ToList();
            var statements = Texts().Concat(Scripts()).Where(statement => Regex.IsMatch(statement.Sql, gap.Pattern))
                .Select(statement => statement with { Sql = without.Aggregate(statement.Sql, (sql, other) => Regex.Replace(sql, other.Pattern, other.Instead)) }).ToList();
            Assert.True(statements.Count > 0, $"No statement uses '{gap.Pattern}' ({gap.Page}).");
            Assert.True((await RefusedAsync(statements)).Count > 0, $"'{gap.Pattern}' is understood: take it off the list ({gap.Page}).");
        }
    }

    [NodeClientTheory]
    [InlineData("SELECT FROM t WHERE")]
    [InlineData("SELECT a FROM t GROUP a")]
    [InlineData("MERGE INTO t USING s WHEN MATCHED THEN DELETE")]
    public async Task What_is_no_sql_is_refused(string sql) => Assert.Single(await RefusedAsync([new("wrong", sql)]));

    private static IEnumerable<Statement> Texts()
    {
        var catalogue = ModelCatalogue.Load();
        foreach (var model in catalogue.Models)
        {
            yield return new(model.Name, model.Sql);
            yield return new($"{model.Name} composed", new ModelRunner(catalogue, null!).Run(model.Name, new ModelPartition("t", new DateOnly(2026, 11, 20), ["s"])).Query.Sql);
        }

        foreach (var view in RawTables.Views)
        {
            yield return new(view.Name, view.Sql);
        }

        var loader = File.ReadAllText(Path.Combine(RepositoryRoot, "etl/Stores/StoreMasterLoader.cs"));
        yield return new("newest store master", NewestMaster().Match(loader).Groups["sql"].Value);
    }

    /// <summary>The statements of the shapes the warehouse adapter writes with.</summary>
    private static IEnumerable<Statement> Scripts()
    {
        yield return new("begin", "BEGIN TRANSACTION");
        yield return new("commit", "COMMIT TRANSACTION");
        yield return new("insert", "INSERT INTO `p.d.sales` (tenant, line) SELECT tenant, line FROM `p.d.staging` WHERE batch_id IN UNNEST(@batches)");
        yield return new("upsert", """
            MERGE INTO `p.d.batches` AS target
            USING (SELECT tenant, batch_id FROM `p.d.staging`) AS source
            ON target.tenant = source.tenant AND target.batch_id = source.batch_id
            WHEN MATCHED THEN UPDATE SET loaded_at = CURRENT_TIMESTAMP()
            WHEN NOT MATCHED THEN INSERT (tenant, batch_id) VALUES (source.tenant, source.batch_id)
            """);
        yield return new("replace a partition", """
            MERGE INTO `p.d.totals` AS target
            USING `p.d.staging` AS source
            ON FALSE
            WHEN NOT MATCHED BY SOURCE AND target.tenant = @tenant AND target.business_date = @business_date THEN DELETE
            WHEN NOT MATCHED BY TARGET THEN INSERT (tenant, business_date, net) VALUES (source.tenant, source.business_date, source.net)
            """);
    }

    private static async Task<List<string>> RefusedAsync(IEnumerable<Statement> statements)
    {
        var home = Directory.CreateTempSubdirectory("grammar-").FullName;
        try
        {
            var file = Path.Combine(home, "statements.json");
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(statements.Select(statement => new { name = statement.Name, sql = statement.Sql })));
            var answer = await NodeClients.RunAsync(RepositoryRoot, home, "bigquery-grammar.mjs", file);
            return [.. JsonDocument.Parse(answer).RootElement.EnumerateArray().Select(refusal => refusal.GetRawText())];
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [GeneratedRegex("Newest = \"\"\"(?<sql>.*?)\"\"\"", RegexOptions.Singleline)]
    private static partial Regex NewestMaster();

    private sealed record Statement(string Name, string Sql);

    private sealed record Gap(string Pattern, string Instead, string Page);
}
