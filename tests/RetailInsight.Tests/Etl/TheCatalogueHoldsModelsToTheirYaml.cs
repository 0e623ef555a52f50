using RetailInsight.Etl.Models;

namespace RetailInsight.Tests.Etl;

public sealed class TheCatalogueHoldsModelsToTheirYaml
{
    private const string Sql = """
        -- FROM nowhere, @nothing
        WITH today AS (
          SELECT tenant, store, business_date, EXTRACT(HOUR FROM occurred_at) AS hour, net
          FROM raw_pos_transaction
          WHERE tenant = @tenant AND kind IN ('sale', 'FROM')
        )
        SELECT today.tenant, store, business_date, CAST(SUM(IF(net > 0, net, 0)) AS INT64) AS net
        FROM today
        JOIN (SELECT code FROM store) AS master ON master.code = today.store
        GROUP BY today.tenant, store, business_date
        """;

    private const string Yaml = """
        description: Sales. One row per tenant, store and business_date.
        grain: [tenant, store, business_date]
        publish: {table: mart.sales}
        inputs: [raw_pos_transaction, store]
        parameters: {tenant: string}
        columns:
          - {name: tenant, type: string, description: T.}
          - {name: store, type: string, description: S., tests: [not_null]}
          - {name: business_date, type: date, description: D.}
          - {name: net, type: int64, unit: micros, description: N., tests: [accepted_values: [a, b], expression: net > 0]}
        """;

    [Fact]
    public void Every_model_of_the_product_is_consistent_and_comes_after_those_it_reads()
    {
        var models = ModelCatalogue.Load().Models;

        Assert.Equal(
            ["basket_pair", "customer_rfm", "data_health_day", "data_health_register", "device_line_day", "kpi_category_day", "kpi_discount_day", "kpi_item_day", "kpi_store_day", "kpi_store_hour", "kpi_tax_day", "kpi_tender_day"], models.Where(model => model.Publish is not null).Select(model => model.Name).Order());
        Assert.All(models, model => Assert.NotEmpty(model.Cases));
        Assert.All(models, model => Assert.All(
            model.Inputs.Select(input => models.ToList().FindIndex(other => other.Name == input)),
            input => Assert.True(input < models.ToList().IndexOf(model))));
    }

    [Fact]
    public void A_consistent_model_is_read_with_its_checks()
    {
        var model = Catalogue(Sql, Yaml)["sales"];

        Assert.Equal(
            [
                "COUNT(*) OVER (PARTITION BY tenant, store, business_date) = 1",
                "store IS NOT NULL",
                "net IN ('a', 'b')",
                "net > 0",
            ],
            model.Checks.Select(check => check.Sql));
    }

    [Theory]
    [InlineData("AS net", "AS nett", "columns [tenant, store, business_date, nett]")]
    [InlineData("FROM raw_pos_transaction", "FROM raw_pos_line", "inputs [raw_pos_line, store]")]
    [InlineData("@tenant AND", "@company AND", "parameters [company]")]
    [InlineData("One row per tenant", "By tenant", "does not end with the grain")]
    [InlineData("grain: [tenant, store, business_date]", "grain: [tenant, shop]", "unknown column")]
    [InlineData("grain: [tenant, store, business_date]", "grain: [tenant, store]", "a published grain has tenant, store and business_date")]
    [InlineData("type: int64", "type: money", "unknown type 'money'")]
    [InlineData("tests: [not_null]", "tests: [positive]", "unknown test 'positive'")]
    [InlineData("description: N.", "description: ''", "'net' has no description")]
    [InlineData("inputs:", "input:", "input")]
    public void A_contradiction_is_refused_with_its_place(string found, string replacement, string complaint)
    {
        var exception = Assert.Throws<ModelDefinitionException>(
            () => Catalogue(Sql.Replace(found, replacement, StringComparison.Ordinal), Yaml.Replace(found, replacement, StringComparison.Ordinal)));

        Assert.StartsWith("Model 'sales': ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(complaint, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_that_read_each_other_are_refused()
    {
        const string yaml = """
            description: One row per tenant.
            grain: [tenant]
            inputs: [INPUT]
            columns: [{name: tenant, type: string, description: T.}]
            """;
        Model Reading(string name, string input) => ModelFile.Read(
            name, "Sales", $"SELECT tenant FROM {input}", yaml.Replace("INPUT", input, StringComparison.Ordinal), new Dictionary<string, List<string>>());

        var exception = Assert.Throws<ModelDefinitionException>(() => new ModelCatalogue([Reading("a", "b"), Reading("b", "a")]));

        Assert.Contains("reads itself", exception.Message, StringComparison.Ordinal);
    }

    private static ModelCatalogue Catalogue(string sql, string yaml) => new([ModelFile.Read("sales", "Sales", sql, yaml, new Dictionary<string, List<string>>())]);
}
