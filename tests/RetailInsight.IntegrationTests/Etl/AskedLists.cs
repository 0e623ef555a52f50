using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using RetailInsight.Api.Sessions;
using RetailInsight.IntegrationTests.Api;

namespace RetailInsight.IntegrationTests.Etl;

/// <summary>The lists of the API over a computed datamart, held to <see cref="NaiveAnswers"/> line by line.</summary>
internal sealed class AskedLists : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private AskedLists(WebApplication app, HttpClient client) => (_app, _client) = (app, client);

    /// <summary>Starts the API; all stores are one group.</summary>
    public static async Task<AskedLists> StartAsync(TestDatabase database)
    {
        await using (var connection = await database.Owner.OpenConnectionAsync())
        {
            // Whatever the clock says, the days are over.
            await connection.ExecuteAsync(
                """
                UPDATE mart.kpi_store_day SET computed_at = business_date + interval '3 days';
                INSERT INTO mart.store_cluster SELECT tenant, (SELECT min(business_date) FROM mart.kpi_store_day), store, 1, count(*) OVER (), '{}' FROM tenancy.store;
                INSERT INTO api.app_user (login, tenant, password_hash, role, language, display_name) VALUES ('naive', @Tenant, @Hash, 'head_office', 'en', 'Naive');
                """,
                new { SyntheticCompany.Tenant, Hash = PasswordHash.Create(Company.Password) });
        }

        var app = await ApiHost.StartAsync(database, []);
        return new AskedLists(app, await ApiHost.SignInAsync(ApiHost.AddressOf(app), "naive"));
    }

    /// <summary>Asks for the lists of a store, or of all stores, over the last days and as many before.</summary>
    /// <param name="naive">What they should say.</param>
    /// <param name="store">Code; null for all.</param>
    /// <param name="mustHaveRows">Whether none of them may be empty.</param>
    public async Task AssertAsync(NaiveAnswers naive, string? store, bool mustHaveRows)
    {
        var days = naive.Days(store).ToList();
        var to = days[^1];
        var from = to.AddDays(-Math.Max(0, (to.DayNumber - days[0].DayNumber - 1) / 2));
        var (of, span) = (store is null ? "" : $"&store={store}", $"from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}&limit=1000");
        var products = naive.Products(store, from, to);
        Equal(products, await ListAsync($"/v1/products?{span}{of}", item =>
            $"{Text(item, "item")} {Text(item, "class")} {Text(item, "net_sales")} {Text(item, "share")} {Text(item, "cumulative_share")} {Text(item, "quantity")} {Change(item)}"));
        foreach (var up in new[] { true, false })
        {
            Equal(
                naive.Movers(store, from, to, up), await ListAsync($"/v1/products/movers?{span}{of}&direction={(up ? "up" : "down")}", item => $"{Text(item, "item")} {Text(item, "net_sales")} {Change(item)}"));
        }

        Equal(naive.Categories(store, from, to), await ListAsync($"/v1/products/categories?{span.Replace("&limit=1000", "", StringComparison.Ordinal)}{of}", item => $"{Text(item, "category")} {Text(item, "net_sales")} {Text(item, "share")}"));
        Equal(naive.Customers(store, to), (await _client.GetFromJsonAsync<JsonElement>($"/v1/customers/segments?date={to:yyyy-MM-dd}{of}")).GetProperty("segments").EnumerateArray().Select(segment =>
            Text(segment, "customers") == "-" ? $"{Text(segment, "segment")} ?" : $"{Text(segment, "segment")} {Text(segment, "customers")} {Text(segment, "receipts")} {Text(segment, "net_sales")}"));
        if (store is null)
        {
            return;
        }

        Equal(
            naive.Pairs(store, to),
            (await ListAsync($"/v1/products/pairs?date={to:yyyy-MM-dd}{of}", pair =>
                $"{Text(pair, "item_a")} {Text(pair, "item_b")} {Text(pair, "receipts")} {Text(pair, "receipts_a")} {Text(pair, "receipts_b")} {Text(pair, "receipts_all")} {Text(pair, "lift")} {Text(pair, "confidence")}")).Order(StringComparer.Ordinal));
        var peers = await _client.GetFromJsonAsync<JsonElement>($"/v1/peers?{span.Replace("&limit=1000", "", StringComparison.Ordinal)}{of}");
        var standings = peers.GetProperty("standings").EnumerateArray().Select(one =>
            $"{Text(one, "metric")} {Text(one, "value")} {Text(one, "quarter")} {Text(one, "median")} {Text(one, "three_quarters")} {Text(one, "rank")} {Text(one, "of")}");
        if (peers.GetProperty("group_size").GetInt32() == 0)
        {
            // A store alone has nobody to stand beside.
            Assert.Empty(standings);
        }
        else
        {
            Equal(naive.Peers(store, from, to), standings);
        }

        void Equal(IReadOnlyCollection<string> expected, IEnumerable<string> answered)
        {
            Assert.True(expected.Count > 0 || !mustHaveRows, $"{store}: nothing to compare.");
            Assert.Equal(expected, answered);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    private async Task<List<string>> ListAsync(string address, Func<JsonElement, string> line)
    {
        var lines = new List<string>();
        for (var next = address; next is not null;)
        {
            var answer = await _client.GetAsync(next);
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(answer.IsSuccessStatusCode, page.GetRawText());
            lines.AddRange(page.GetProperty("items").EnumerateArray().Select(line));
            next = page.TryGetProperty("next_cursor", out var cursor) && cursor.GetString() is { } after ? $"{address}&cursor={after}" : null;
        }

        return lines;
    }

    private static string Change(JsonElement item) => $"{Text(item.GetProperty("change"), "comparison")} {Text(item.GetProperty("change"), "difference")} {Text(item.GetProperty("change"), "change")}";

    private static string Text(JsonElement element, string name) => element.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : "-";
}
