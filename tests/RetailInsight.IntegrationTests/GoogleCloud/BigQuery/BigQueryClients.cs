using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes;

namespace RetailInsight.IntegrationTests.GoogleCloud.BigQuery;

/// <summary>Google's own clients use the BigQuery fake from outside.</summary>
public sealed class BigQueryClients : IAsyncLifetime
{
    private static readonly string RepositoryRoot = typeof(BigQueryClients).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    private readonly string _root = Directory.CreateTempSubdirectory("bigquery-clients-").FullName;
    private FakeGoogle _google = null!;

    private string Home => Directory.CreateDirectory(Path.Combine(_root, "home")).FullName;

    public async Task InitializeAsync() => _google = await FakeGoogle.StartAsync(Path.Combine(_root, "google"));

    public async Task DisposeAsync()
    {
        await _google.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [GoogleCloudCliFact("bq")]
    public async Task Bq_makes_fills_asks_shows_and_removes()
    {
        await BqAsync("mk", "--dataset", "shop");
        await BqAsync("mk", "--table", "--time_partitioning_field=day", "--clustering_fields=store", "--description=Sales", "shop.sale", "store:STRING,line:INTEGER,day:DATE,amount:NUMERIC,sold_at:TIMESTAMP");

        var csv = await FileAsync("sale.csv", "store,line,day,amount,sold_at\n\"渋谷, 1F\",1,2024-03-10,1.5,2024-03-10 12:34:56.123456 UTC\nb,2,,,\n");
        await BqAsync("load", "--source_format=CSV", "--skip_leading_rows=1", "shop.sale", csv);
        var json = await FileAsync("sale.ndjson", """{"store":"c","line":"3","day":"2024-03-11","amount":"0.000000001","sold_at":"2024-03-11T00:00:00Z"}""");
        await BqAsync("load", "--source_format=NEWLINE_DELIMITED_JSON", "shop.sale", json);
        await PutAsync("lake", "a/sale.ndjson", await File.ReadAllBytesAsync(json));
        await BqAsync("load", "--source_format=NEWLINE_DELIMITED_JSON", "shop.sale", "gs://lake/a/sale.ndjson");
        await BqAsync("insert", "shop.sale", await FileAsync("row.json", """{"store":"d","line":4}"""));

        var rows = JsonNode.Parse(await BqAsync("--format=json", "query", "--use_legacy_sql=false", "--parameter=least:INT64:1", "SELECT * FROM shop.sale WHERE line >= @least ORDER BY line, amount"))!.AsArray();
        Assert.Equal(5, rows.Count);
        Assert.Equal("渋谷, 1F", (string?)rows[0]!["store"]);
        Assert.Equal("2024-03-10 12:34:56", (string?)rows[0]!["sold_at"]);
        Assert.Equal("0.000000001", (string?)rows[2]!["amount"]);
        Assert.Contains("will process 40 bytes", await BqAsync("query", "--use_legacy_sql=false", "--dry_run", "SELECT line FROM shop.sale"), StringComparison.Ordinal);
        Assert.Single(JsonNode.Parse(await BqAsync("--format=json", "head", "-n", "1", "shop.sale"))!.AsArray());

        await BqAsync("mk", "--view=SELECT store FROM shop.sale WHERE line = 4", "--use_legacy_sql=false", "shop.newest");
        var table = JsonNode.Parse(await BqAsync("--format=json", "show", "shop.sale"))!;
        Assert.Equal(("5", "Sales", "day"), ((string?)table["numRows"], (string?)table["description"], (string?)table["timePartitioning"]!["field"]));
        Assert.Equal(2, JsonNode.Parse(await BqAsync("--format=json", "ls", "shop"))!.AsArray().Count);
        await BqAsync("rm", "-f", "-t", "shop.newest");
        await BqAsync("rm", "-f", "-r", "-d", "shop");
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri($"{_google.Address}/bigquery/v2/projects/p1/datasets/shop"))).StatusCode);
    }

    [NodeClientTheory]
    [InlineData("endpoint")]
    [InlineData("emulator")]
    public async Task The_node_client_creates_loads_inserts_asks_and_pages(string way) =>
        Assert.Equal("ok\n", await NodeClients.RunAsync(RepositoryRoot, Home, "bigquery.mjs", _google.Address, Home, way));

    private async Task<string> FileAsync(string name, string content)
    {
        var path = Path.Combine(Home, name);
        await File.WriteAllTextAsync(path, content);
        return path;
    }

    private async Task PutAsync(string bucket, string name, byte[] content)
    {
        using var client = new HttpClient { BaseAddress = new Uri(_google.Address) };
        (await client.PostAsJsonAsync("/storage/v1/b?project=p1", new { name = bucket })).EnsureSuccessStatusCode();
        using var body = new ByteArrayContent(content);
        (await client.PostAsync(new Uri($"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={Uri.EscapeDataString(name)}", UriKind.Relative), body)).EnsureSuccessStatusCode();
    }

    private Task<string> BqAsync(params string[] arguments) => new BqProgram(Home, _google.Address, "p1").RunAsync(arguments);
}
