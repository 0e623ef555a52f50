using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using RetailInsight.Platform.Local.DuckDb;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.IntegrationTests.Api;

[Collection(ApiCollections.Contract)]
public sealed class ExportTests(ApiHost host)
{
    private const string Question = "/v1/metrics/query?metrics=net_sales,conversion&dimensions=store,business_date&from=2026-10-26&to=2026-11-14&compare=previous_week";

    [Fact]
    public async Task Parquet_holds_the_rows_and_numbers_of_the_csv_file_as_another_reader_sees_them()
    {
        using var client = await host.SignInAsync("honbu");
        var csv = await client.GetStringAsync(Question + "&format=csv");
        using var request = new HttpRequestMessage(HttpMethod.Get, Question);
        request.Headers.Accept.ParseAdd("application/vnd.apache.parquet");
        var answer = await client.SendAsync(request);
        Assert.Equal("application/vnd.apache.parquet", answer.Content.Headers.ContentType!.MediaType);
        var rows = Read(
            await answer.Content.ReadAsByteArrayAsync(),
            "store, business_date::VARCHAR, currency, net_sales::VARCHAR, net_sales_comparison::VARCHAR, conversion::VARCHAR, typeof(net_sales), typeof(business_date)", "store, business_date");
        var lines = csv.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).ToList();
        Assert.Equal(120, rows.Count);
        foreach (var (line, row) in lines.Zip(rows))
        {
            Assert.Equal((line[0], line[1], line[2]), (row[0], row[1], row[2]));
            Assert.Equal((Number(line[3]), Number(line[4]), Number(line[7])), (Number(row[3]), Number(row[4]), Number(row[5])));
            Assert.Equal(("DECIMAL(38,9)", "DATE"), (row[6], row[7]));
        }
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("parquet")]
    public async Task A_bulk_export_has_a_file_a_table_and_month_that_adds_up_and_can_be_fetched_in_parts(string format)
    {
        using var client = await host.SignInAsync("honbu");
        var accepted = await client.PostAsJsonAsync("/v1/exports", new { tables = new[] { "store_day", "store_hour" }, from = "2026-10-27", to = "2026-11-14", format });
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var operation = await ApiHost.ExportReadyAsync(client, accepted.Headers.Location!.OriginalString);
        Assert.Equal(
            [$"store_day-2026-10.{format}", $"store_day-2026-11.{format}", $"store_hour-2026-10.{format}", $"store_hour-2026-11.{format}"],
            operation.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("name").GetString()));
        Assert.Equal(7, operation.GetProperty("data_version").GetInt64());
        var days = new List<(decimal Net, string Line)>();
        foreach (var file in operation.GetProperty("files").EnumerateArray())
        {
            var content = await client.GetByteArrayAsync(file.GetProperty("href").GetString());
            Assert.Equal(file.GetProperty("bytes").GetInt64(), content.LongLength);
            Assert.Equal(file.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(content)));

            // A download that broke off goes on.
            using var rest = new HttpRequestMessage(HttpMethod.Get, file.GetProperty("href").GetString());
            rest.Headers.Range = new RangeHeaderValue(content.Length / 2, null);
            var answer = await client.SendAsync(rest);
            Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
            Assert.Equal(content[(content.Length / 2)..], await answer.Content.ReadAsByteArrayAsync());
            var nets = format == "csv"
                ? Encoding.UTF8.GetString(content).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')[file.GetProperty("table").GetString() == "store_day" ? 3 : 4]).ToList()
                : [.. Read(content, "net::VARCHAR", "store").Select(row => row[0]!)];
            Assert.Equal(file.GetProperty("rows").GetInt32(), nets.Count);
            days.AddRange(nets.Select(net => (Number(net)!.Value, file.GetProperty("table").GetString()!)));
        }

        await using var connection = await host.Database.Job.OpenConnectionAsync();
        foreach (var table in new[] { "store_day", "store_hour" })
        {
            var (sum, count) = await connection.QuerySingleAsync<(decimal, long)>(
                $"SELECT sum(net) / 1000000.0, count(*) FROM mart.kpi_{table} WHERE tenant = 'aoba' AND business_date BETWEEN '2026-10-27' AND '2026-11-14'");
            Assert.Equal((sum, count), (days.Where(day => day.Line == table).Sum(day => day.Net), days.LongCount(day => day.Line == table)));
        }
    }

    [Fact]
    public async Task Targets_health_and_customers_are_exported_as_the_pages_show_them()
    {
        await CalendarCompany.FoundAsync(host.Database.Job);
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO mart.basket_pair (tenant, store, business_date, item_a, item_b, receipts, receipts_a, receipts_b, receipts_all) VALUES ('hoshi', 'K1', '2026-03-19', 'tea', 'cup', 4, 9, 6, 100) ON CONFLICT DO NOTHING;
            INSERT INTO mart.data_health_day (tenant, store, business_date, registers_expected, registers_reported, receipts, late_receipts, missing_numbers, voided_receipts, observed_minutes, expected_minutes)
            VALUES ('hoshi', 'K1', '2026-03-19', 3, 2, 90, 1, 5, 2, 0, 0) ON CONFLICT DO NOTHING
            """);
        using var office = await host.SignInAsync("hoshi-hq");
        var files = await FilesAsync(office, ["customer_rfm", "basket_pair", "data_health_day"], "2026-03-01", "2026-03-20");

        // Three customers are hidden, and the seven beside them, who could be had by subtraction from the whole.
        Assert.Equal(["K1,2026-03-19,best,JPY,30,300,900", "K1,2026-03-19,lapsed,JPY,,,", "K1,2026-03-19,occasional,JPY,,,"], files["customer_rfm"]);
        Assert.Equal(["K1,2026-03-19,tea,cup,4,9,6,100"], files["basket_pair"]);
        Assert.Equal(["K1,2026-03-19,3,2,90,1,5,2,0,0"], files["data_health_day"]);

        using var client = await host.SignInAsync("honbu");
        var targets = (await FilesAsync(client, ["store_target"], "2026-11-01", "2026-11-14"))["store_target"].Select(line => line.Split(',')).ToList();
        Assert.Equal(
            await connection.ExecuteScalarAsync<decimal>("SELECT sum(target) FROM mart.store_target WHERE tenant = 'aoba' AND metric = 'net_sales' AND store <> 'S05'"),
            targets.Where(line => line[2] == "net_sales").Sum(line => Number(line[6])!.Value));
        Assert.DoesNotContain("S05", targets.Select(line => line[0]));
    }

    private static async Task<Dictionary<string, string[]>> FilesAsync(HttpClient client, string[] tables, string from, string to)
    {
        var operation = await ApiHost.ExportReadyAsync(client, (await client.PostAsJsonAsync("/v1/exports", new { tables, from, to, format = "csv" })).Headers.Location!.OriginalString);
        var files = new Dictionary<string, string[]>();
        foreach (var file in operation.GetProperty("files").EnumerateArray())
        {
            files[file.GetProperty("table").GetString()!] = [.. (await client.GetStringAsync(file.GetProperty("href").GetString())).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        }

        return files;
    }

    [Fact]
    public async Task An_export_shows_a_manager_the_own_store_belongs_to_its_person_and_expires()
    {
        using var manager = await host.SignInAsync("shibuya");
        using var office = await host.SignInAsync("honbu");
        var location = (await manager.PostAsJsonAsync("/v1/exports", new { tables = new[] { "store_day" }, from = "2026-11-01", to = "2026-11-14" })).Headers.Location!.OriginalString;
        var operation = await ApiHost.ExportReadyAsync(manager, location);
        var href = operation.GetProperty("files")[0].GetProperty("href").GetString()!;
        var lines = (await manager.GetStringAsync(href)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(15, lines.Length);
        Assert.All(lines.Skip(1), line => Assert.StartsWith("S01,", line, StringComparison.Ordinal));
        foreach (var address in new[] { location, href })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await office.GetAsync(address)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync(href.Replace("store_day-", "store_hour-", StringComparison.Ordinal))).StatusCode);
        await using (var connection = await host.Database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("UPDATE api.export SET expires_at = now() WHERE requested_by = 'shibuya'");
        }

        for (var wait = 0; wait < 100 && (await manager.GetAsync(href)).StatusCode == HttpStatusCode.OK; wait++)
        {
            await Task.Delay(100);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync(href)).StatusCode);
        Assert.Equal("expired", (await manager.GetFromJsonAsync<JsonElement>(location)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_export_whose_process_died_is_taken_up_behind_its_last_whole_file()
    {
        using var client = await host.SignInAsync("camden");
        await using var connection = await host.Database.Job.OpenConnectionAsync();
        var version = await connection.ExecuteScalarAsync<long>("SELECT version FROM mart.data_version WHERE tenant = 'thames'");

        // As a process leaves it that died in the second file: one whole file, half a piece, a lease that ran out.
        var id = await connection.ExecuteScalarAsync<Guid>(
            """
            INSERT INTO api.export (tenant, requested_by, tables, from_date, to_date, format, state, attempts, leased_until, data_version)
            VALUES ('thames', 'camden', '{store_day}', '2026-10-30', '2026-11-14', 'csv', 'running', 1, now() + interval '1 hour', @version) RETURNING export_id
            """,
            new { version });
        await connection.ExecuteAsync(
            """
            INSERT INTO api.export_file (tenant, export_id, name, table_name, month, rows, bytes, sha256, piece_bytes) VALUES ('thames', @id, 'store_day-2026-10.csv', 'store_day', '2026-10-01', 2, 5, 'kept', 1048576);
            INSERT INTO api.export_piece VALUES ('thames', @id, 'store_day-2026-10.csv', 0, 'whole'), ('thames', @id, 'store_day-2026-11.csv', 0, 'half');
            UPDATE api.export SET leased_until = now() - interval '1 second' WHERE export_id = @id
            """,
            new { id });
        var operation = await ApiHost.ExportReadyAsync(client, $"/v1/operations/{id:N}");
        Assert.Equal(["kept"], operation.GetProperty("files").EnumerateArray().Take(1).Select(file => file.GetProperty("sha256").GetString()));
        var second = await client.GetByteArrayAsync(operation.GetProperty("files")[1].GetProperty("href").GetString());
        Assert.StartsWith("\uFEFFstore,business_date", Encoding.UTF8.GetString(second), StringComparison.Ordinal);
        Assert.Equal(14, operation.GetProperty("files")[1].GetProperty("rows").GetInt32());
    }

    [Theory]
    [InlineData("""{"tables":[],"from":"2026-11-01","to":"2026-11-02"}""", "tables")]
    [InlineData("""{"tables":[null],"from":"2026-11-01","to":"2026-11-02"}""", "tables")]
    [InlineData("""{"tables":["app_user"],"from":"2026-11-01","to":"2026-11-02"}""", "tables")]
    [InlineData("""{"tables":["store_day"],"from":"2026-11-01","to":"2026-02-30"}""", "to")]
    [InlineData("""{"tables":["store_day"],"from":"2016-11-01","to":"2026-11-02"}""", "to")]
    [InlineData("""{"tables":["store_day"],"from":"2026-11-01","to":"2026-11-02","format":"xlsx"}""", "format")]
    public async Task A_bad_part_of_a_request_is_named(string body, string parameter)
    {
        using var client = await host.SignInAsync("honbu");
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await client.PostAsync("/v1/exports", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(parameter, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("parameter").GetString());
    }

    private static decimal? Number(string? text) => string.IsNullOrEmpty(text) ? null : decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);

    private static List<string?[]> Read(byte[] parquet, string columns, string order)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"export-{Convert.ToHexStringLower(SHA256.HashData(parquet).AsSpan(0, 6))}.parquet");
        File.WriteAllBytes(file, parquet);
        try
        {
            using var instance = DuckDbInstance.Open(":memory:", new Dictionary<string, string>());
            using var connection = instance.Connect();
            return [.. connection.Rows($"SELECT {columns} FROM read_parquet('{file}') ORDER BY {order}").Select(row => row.Select(value => value as string).ToArray())];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
