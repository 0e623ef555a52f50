using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;
using RetailInsight.Etl.Models;
using RetailInsight.Tests.Etl;

namespace RetailInsight.Tests.GoogleFakes;

/// <summary>The models, read by a second, independent understanding of GoogleSQL.</summary>
public sealed partial class EveryModelCaseHoldsInBigQuery
{
    private static readonly ModelCatalogue Catalogue = ModelCatalogue.Load();

    public static TheoryData<string> Models => [.. Catalogue.Models.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_expected_rows_come_from_the_given_ones(string name)
    {
        var model = Catalogue[name];
        foreach (var example in model.Cases)
        {
            using var bigQuery = new LocalBigQuery();
            foreach (var table in RawTables.All)
            {
                bigQuery.Add(table, example.Given.TryGetValue(table.Name, out var rows) ? Json(CaseRows.Of(table, rows)) : []);
            }

            foreach (var view in RawTables.Views)
            {
                bigQuery.Add(view, Qualified(view.Sql));
            }

            var query = new ModelRunner(Catalogue, null!).Run(name, new ModelPartition(CaseRows.Tenant, CaseRows.BusinessDate, example.Stores)).Query;
            var columns = model.Columns.Select(column => column.Name).ToList();
            var actual = bigQuery.Rows(query.Sql, [.. query.Parameters.Select(Parameter)])
                .Select(row => row.Split(" | ")[..columns.Count]).ToList();
            var missing = example.Expect.Where(expected => actual.RemoveAll(row =>
                expected.All(value => row[columns.IndexOf(value.Key)] == (value.Value ?? "NULL"))) != 1).ToList();
            Assert.True(missing.Count == 0 && actual.Count == 0, $"{name}, {example.Name}: {missing.Count} rows differ, {actual.Count} are too many: {string.Join("; ", actual.Select(row => string.Join(",", row)))}");
        }
    }

    private static string Qualified(string sql) => RawTable().Replace(sql, "d.$0");

    private static (string Name, string Type, JsonNode? Value) Parameter(KeyValuePair<string, object> parameter) => parameter.Value switch
    {
        string text => (parameter.Key, "STRING", text),
        DateOnly date => (parameter.Key, "DATE", date.ToString("O", CultureInfo.InvariantCulture)),
        IEnumerable<string> texts => (parameter.Key, "STRING", new JsonArray([.. texts.Select(text => (JsonNode)text)])),
        _ => throw new NotSupportedException(parameter.Key),
    };

    private static IEnumerable<JsonObject> Json(RowBlock rows) => Enumerable.Range(0, rows.RowCount).Select(row => new JsonObject(
        rows.Columns.Select(column => KeyValuePair.Create(column.Name, Value(column, row)))));

    private static JsonNode? Value(ColumnData column, int row) => column.IsNullAt(row) ? null : column.Type == ColumnType.Timestamp
        ? (column.Int64At(row) / 1_000_000m).ToString(CultureInfo.InvariantCulture)
        : CaseRows.Text(column.ValueAt(row));

    [GeneratedRegex("raw_[a-z_]+")]
    private static partial Regex RawTable();
}
