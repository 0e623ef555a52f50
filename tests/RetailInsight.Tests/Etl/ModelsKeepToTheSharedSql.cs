using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Etl.Models;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.Tests.Etl;

public sealed class ModelsKeepToTheSharedSql
{
    private static readonly ModelCatalogue Catalogue = ModelCatalogue.Load();

    public static TheoryData<string> Models => [.. Catalogue.Models.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_model_and_the_query_made_of_it_say_nothing_the_warehouses_answer_differently(string model)
    {
        using var warehouse = new DuckDbWarehouse(
            new DuckDbWarehouseOptions { Path = ":memory:" }, TimeProvider.System, NullLogger<DuckDbWarehouse>.Instance);
        var run = new ModelRunner(Catalogue, warehouse).Run(model, new ModelPartition(CaseRows.Tenant, CaseRows.BusinessDate, ["s1"]));

        Assert.Empty(GoogleSqlLinter.Check(Catalogue[model].Sql));
        Assert.Empty(GoogleSqlLinter.Check(run.Query.Sql));
    }

    [Fact]
    public void Nor_does_the_query_that_computes_them_together()
    {
        using var warehouse = new DuckDbWarehouse(
            new DuckDbWarehouseOptions { Path = ":memory:" }, TimeProvider.System, NullLogger<DuckDbWarehouse>.Instance);
        var run = new ModelRunner(Catalogue, warehouse).RunTogether(
            [.. Catalogue.Published.Select(model => model.Name)], new ModelPartition(CaseRows.Tenant, CaseRows.BusinessDate, ["s1"]));

        Assert.Empty(GoogleSqlLinter.Check(run.Query.Sql));
    }
}
