using System.Reflection;
using System.Text.Json;
using RetailInsight.Etl.Models;

namespace RetailInsight.Tests.Etl;

/// <summary>The origins of columns follow from the SQL of the models. With RETAILINSIGHT_WRITE_GOLDEN=1 they are written anew.</summary>
public sealed class EveryColumnSaysWhatItIsMadeOf
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };
    private static readonly ModelCatalogue Catalogue = ModelCatalogue.Load();
    private static readonly string Path = System.IO.Path.Combine(
        typeof(EveryColumnSaysWhatItIsMadeOf).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!, "etl", "Models", "column_origins.json");

    [Fact]
    public void The_file_says_what_follows_from_the_sql()
    {
        using var origins = new ColumnOrigins();
        var models = Catalogue.Models.Select(model => (model, Read: origins.Read(model))).ToList();
        var text = JsonSerializer.Serialize(models.ToDictionary(one => one.model.Name, one => one.model.Columns.ToDictionary(column => column.Name, column => one.Read[column.Name])), Indented) + "\n";
        if (Environment.GetEnvironmentVariable("RETAILINSIGHT_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(Path, text);
        }

        Assert.Equal(text, File.ReadAllText(Path));
    }

    [Theory]
    [InlineData("kpi_store_day", "net", "raw_pos_transaction.net")]
    [InlineData("kpi_store_day", "visitors", "raw_iot_count.business_date, raw_iot_count.entered, raw_iot_count.event_id, raw_iot_count.from_at, raw_iot_count.utc_offset_minutes")]
    [InlineData("basket_pair", "receipts", "pos_transaction.*, raw_pos_line.*")]
    [InlineData("kpi_store_day", "business_date", "")]
    public void A_figure_leads_through_other_models_to_the_columns_it_is_made_of(string model, string column, string origins) =>
        Assert.Equal(origins, string.Join(", ", Catalogue[model].Columns.Single(one => one.Name == column).MadeOf));

    [Fact]
    public void No_published_figure_is_made_of_nothing() =>
        Assert.Empty(Catalogue.Published.SelectMany(model => model.Columns.Where(column => column.MadeOf.Count == 0 && !model.Grain.Contains(column.Name)).Select(column => $"{model.Name}.{column.Name}")));
}
