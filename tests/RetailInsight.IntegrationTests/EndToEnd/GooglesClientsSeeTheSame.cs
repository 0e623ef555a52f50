using System.Globalization;
using System.Text.Json;
using Dapper;
using RetailInsight.Core.Canon;
using RetailInsight.Etl.Models;
using RetailInsight.GoogleFakes;
using RetailInsight.IntegrationTests.GoogleCloud;
using RetailInsight.IntegrationTests.GoogleCloud.BigQuery;
using RetailInsight.Local.Simulation;

namespace RetailInsight.IntegrationTests.EndToEnd;

/// <summary>What the product put into the cloud, looked at with Google's own command line clients.</summary>
public sealed class GooglesClientsSeeTheSame(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly RetailSimulation Simulation = new(new SimulationOptions { Stores = 3, Days = 1, ReceiptsPerStoreDay = 250, Imperfections = false });

    private readonly string _directory = Directory.CreateTempSubdirectory("google-clients-").FullName;
    private FakeGoogle _google = null!;
    private RunningProduct _product = null!;

    private string Home => Directory.CreateDirectory(Path.Combine(_directory, "home")).FullName;

    public async Task InitializeAsync()
    {
        _google = await FakeGoogle.StartAsync(Path.Combine(_directory, "google"));
        _product = await RunningProduct.StartAsync(postgres, CloudSettings.For(_google));
    }

    public async Task DisposeAsync()
    {
        await _product.DisposeAsync();
        await _google.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [GoogleCloudCliFact("bq")]
    public async Task Bq_query_gives_the_figures_of_the_page_and_gcloud_storage_cat_the_raw_file()
    {
        var files = Simulation.Files().ToList();
        foreach (var file in files)
        {
            await _product.PushAsync(file);
        }

        await _product.DrainAsync();
        using var client = await _product.SignInAsync("hq@demo");
        var page = await RunningProduct.GetAsync(client, "/v1/kpis/store-day?from=2026-11-01&to=2026-11-01");
        var shown = page.GetProperty("items").EnumerateArray()
            .Select(item => (Store: item.GetProperty("store").GetString()!, Net: Amount(item, "net_sales"), Tax: Amount(item, "tax"), Receipts: item.GetProperty("receipts").GetInt64()))
            .Where(item => item.Receipts > 0).Order().ToList();
        Assert.Equal(Simulation.Stores.Count, shown.Count);
        Assert.Equal(shown, await AskBqAsync([.. Simulation.Stores.Select(store => store.Code)]));

        var largest = files.MaxBy(file => file.Content.Length)!;
        Assert.Equal(largest.Content, await new ClientProgram(
            Home, ("CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE", _google.Address + "/storage/v1/"), ("CLOUDSDK_AUTH_DISABLE_CREDENTIALS", "true"), ("CLOUDSDK_CORE_PROJECT", "test-project"))
            .RunAsync("gcloud", "storage", "cat", "gs://test-bucket/" + await RawObjectAsync(largest.FileName)));
    }

    private static decimal Amount(JsonElement item, string name) => decimal.Parse(item.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private async Task<List<(string Store, decimal Net, decimal Tax, long Receipts)>> AskBqAsync(string[] stores)
    {
        var run = new ModelRunner(ModelCatalogue.Load(), null!).Run("kpi_store_day", new ModelPartition("demo", new DateOnly(2026, 11, 1), stores));
        var rows = JsonDocument.Parse(await new BqProgram(Home, _google.Address, "test-project").RunAsync(
            "--format=json", "--dataset_id=test_dataset", "query", "--use_legacy_sql=false", "--parameter=tenant:STRING:demo", "--parameter=business_date:DATE:2026-11-01",
            $"--parameter=stores:ARRAY<STRING>:{JsonSerializer.Serialize(stores)}", run.Query.Sql)).RootElement;
        return
        [
            .. rows.EnumerateArray().Select(row => (
                row.GetProperty("store").GetString()!,
                Money.ToDecimal(long.Parse(row.GetProperty("net").GetString()!, CultureInfo.InvariantCulture)),
                Money.ToDecimal(long.Parse(row.GetProperty("tax").GetString()!, CultureInfo.InvariantCulture)),
                long.Parse(row.GetProperty("receipts").GetString()!, CultureInfo.InvariantCulture)))
                .Where(row => row.Item4 > 0).Order(),
        ];
    }

    private async Task<string> RawObjectAsync(string fileName)
    {
        await using var connection = await _product.Database.Owner.OpenConnectionAsync();
        return await connection.QuerySingleAsync<string>("SELECT lake_object FROM gateway.ingestion WHERE tenant = 'demo' AND file_name = @fileName AND lake_offset = 0", new { fileName });
    }
}
