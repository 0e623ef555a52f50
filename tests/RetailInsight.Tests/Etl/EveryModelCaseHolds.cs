using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Ports;
using RetailInsight.Etl.Models;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.Tests.Etl;

public sealed class EveryModelCaseHolds
{
    private static readonly ModelCatalogue Catalogue = ModelCatalogue.Load();

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var model in Catalogue.Models)
            {
                foreach (var example in model.Cases)
                {
                    cases.Add(model.Name, example.Name);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_expected_rows_come_from_the_given_ones(string model, string name)
    {
        var example = Catalogue[model].Cases.Single(candidate => candidate.Name == name);
        using var warehouse = await WarehouseWithAsync(example.Given);

        var actual = new List<Dictionary<string, string?>>();
        var run = new ModelRunner(Catalogue, warehouse).Run(model, new ModelPartition(CaseRows.Tenant, CaseRows.BusinessDate, example.Stores));
        await foreach (var block in run.ReadAsync(CancellationToken.None))
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                actual.Add(block.Columns.ToDictionary(column => column.Name, column => CaseRows.Text(column.ValueAt(row))));
            }
        }

        // In the order of the grain; numbers by value.
        var numbers = Catalogue[model].Columns.Where(column => column.Type == ColumnType.Int64).Select(column => column.Name).ToHashSet();
        var ordered = actual
            .OrderBy(row => string.Join('|', Catalogue[model].Grain.Select(column => numbers.Contains(column) ? row[column]!.PadLeft(20) : row[column])), StringComparer.Ordinal)
            .ToList();
        Assert.Equal(example.Expect.Count, ordered.Count);
        Assert.All(example.Expect.Zip(ordered), pair => Assert.Equal(
            pair.First.OrderBy(value => value.Key),
            pair.First.Keys.Select(column => KeyValuePair.Create(column, pair.Second[column])).OrderBy(value => value.Key)));
    }

    [Fact]
    public async Task A_row_that_breaks_a_check_stops_the_run_and_names_model_column_and_row()
    {
        using var warehouse = await WarehouseWithAsync(new Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>>
        {
            ["raw_pos_transaction"] =
            [
                new Dictionary<string, string?> { ["event_id"] = "a", ["store"] = "s1", ["kind"] = "sale", ["currency"] = "JPY", ["net"] = "100", ["gross"] = "105" },
            ],
        });
        var run = new ModelRunner(Catalogue, warehouse).Run("kpi_store_hour", new ModelPartition(CaseRows.Tenant, CaseRows.BusinessDate, ["s1"]));

        var exception = await Assert.ThrowsAsync<ModelCheckException>(async () =>
        {
            await foreach (var block in run.ReadAsync(CancellationToken.None))
            {
                Assert.NotEqual(0, block.RowCount);
            }
        });

        Assert.StartsWith("kpi_store_hour.gross: 1 rows break the check expression (net + tax = gross)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("store=s1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_currencies_on_one_store_day_are_never_added_up()
    {
        Dictionary<string, string?> Receipt(string id, string currency) =>
            new() { ["event_id"] = id, ["store"] = "s1", ["kind"] = "sale", ["currency"] = currency };
        using var warehouse = await WarehouseWithAsync(new Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>>
        {
            ["raw_pos_transaction"] = [Receipt("a", "JPY"), Receipt("b", "USD")],
        });
        var run = new ModelRunner(Catalogue, warehouse).Run("kpi_store_day", new ModelPartition(CaseRows.Tenant, CaseRows.BusinessDate, ["s1"]));

        var exception = await Assert.ThrowsAsync<ModelCheckException>(() => run.ReadAsync(CancellationToken.None).ToListAsync().AsTask());

        Assert.Equal("unique", exception.Check!.Name);
    }

    private static async Task<DuckDbWarehouse> WarehouseWithAsync(
        IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>> given)
    {
        var warehouse = new DuckDbWarehouse(
            new DuckDbWarehouseOptions { Path = ":memory:", Threads = 1, MemoryLimit = "256MB" },
            TimeProvider.System,
            NullLogger<DuckDbWarehouse>.Instance);
        await warehouse.EnsureAsync(RawTables.All, RawTables.Views, CancellationToken.None);
        var tables = given.ToDictionary(table => table.Key, table => CaseRows.Of(RawTables.All.Single(spec => spec.Name == table.Key), table.Value));

        // A batch is one tenant's; an example may show that another tenant's rows are not read.
        var tenants = tables.SelectMany(table => Split(table.Key, table.Value));
        await warehouse.LoadAsync(
            [.. tenants.GroupBy(part => part.Tenant).Select(part => new WarehouseBatch("given", part.Key, part.ToDictionary(rows => rows.Table, rows => rows.Rows)))],
            CancellationToken.None);
        return warehouse;
    }

    private static IEnumerable<(string Tenant, string Table, RowBlock Rows)> Split(string table, RowBlock rows) =>
        from tenant in ((string[])rows["tenant"].Values).Distinct()
        let kept = Enumerable.Range(0, rows.RowCount).Where(row => rows["tenant"].StringAt(row) == tenant).ToArray()
        select (tenant, table, new RowBlock([.. rows.Columns.Select(column => CaseRows.Pick(column, kept))]));
}
