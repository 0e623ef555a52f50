namespace RetailInsight.Tests.Cli;

public sealed class KpiCommandTests
{
    [Fact]
    public async Task The_session_is_used_and_totals_are_ratios_of_sums()
    {
        await using var api = await StandInServer.StartAsync(AnswerAsync);
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("kpi", "--store", "S001", "--from", "2026-11-01", "--to", "2026-11-03", "--api", api.Address, "--login", "hq@demo", "--password", "secret", "--json"));
        Assert.Equal("""{"login":"hq@demo","password":"secret"}""", System.Text.Encoding.UTF8.GetString(api.Requests.First().Body));
        Assert.All(api.Requests.Skip(1), request => Assert.Equal("session=abc", request.Headers.Cookie));
        Assert.Equal(3, run.Document.GetProperty("items").GetArrayLength());
        var total = Assert.Single(run.Document.GetProperty("totals").EnumerateArray());
        // 100 receipts of ¥1,000 and 10 of ¥500: a mean of the ratios would say ¥750.
        Assert.Equal("954.55", total.GetProperty("basket_value").GetString());
        Assert.Equal("2.91", total.GetProperty("items_per_receipt").GetString());
        // The third day has no counter: its receipts stay out of the conversion.
        Assert.Equal("0.3143", total.GetProperty("conversion").GetString());
        Assert.Equal("105000", total.GetProperty("net_sales").GetString());
    }

    [Fact]
    public async Task The_table_ends_with_the_totals()
    {
        await using var api = await StandInServer.StartAsync(AnswerAsync);
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("kpi", "--store", "S001", "--from", "2026-11-01", "--to", "2026-11-03", "--api", api.Address, "--login", "hq@demo", "--password", "secret"));
        Assert.Matches(@"2026-11-03 +0 +0 +0 +0 +– +– +0 +– +– +–", run.Output);
        Assert.Matches(@"3 days +105,000 +9,000 +114,000 +110 +954\.55 +2\.91 +1 +350 +31\.4 %", run.Output);
    }

    [Fact]
    public async Task A_wrong_password_is_told_in_the_servers_words()
    {
        await using var api = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(
            context, 401, """{"title":"Login failed","detail":"The login or the password is wrong.","code":"credentials-invalid"}""", "application/problem+json"));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("kpi", "--store", "S001", "--from", "2026-11-01", "--to", "2026-11-01", "--api", api.Address, "--login", "x", "--password", "y", "--json"));
        Assert.Equal("credentials-invalid", run.Document.GetProperty("error").GetProperty("code").GetString());
        Assert.Empty(run.Error);
    }

    private static Task AnswerAsync(ReceivedRequest request, Microsoft.AspNetCore.Http.HttpContext context)
    {
        if (request.Method == "POST")
        {
            context.Response.Headers.SetCookie = "session=abc; path=/; httponly";
            return CliRun.AnswerAsync(context, 200, "{}");
        }

        return CliRun.AnswerAsync(context, 200, request.PathAndQuery.Contains("cursor=", StringComparison.Ordinal)
            ? Page(Day("03", "0", 0, "null", "null"), "null")
            : Page(Day("01", "100000", 100, "\"3.00\"", "300") + "," + Day("02", "5000", 10, "\"2.00\"", "50"), "\"two\""));
    }

    private static string Page(string items, string cursor) => $$"""{"items":[{{items}}],"next_cursor":{{cursor}}}""";

    private static string Day(string day, string net, int receipts, string items, string visitors) => $$"""
        {"store":"S001","business_date":"2026-11-{{day}}","currency":"JPY","net_sales":"{{net}}","tax":"{{(day == "01" ? 9000 : 0)}}","gross_sales":"{{(day == "01" ? "109000" : net)}}",
         "receipts":{{receipts}},"basket_value":null,"items_per_receipt":{{items}},"returns":{{(day == "01" ? 1 : 0)}},"visitors":{{visitors}},"conversion":null,"coverage":null,"computed_at":"2026-11-04T00:00:00Z"}
        """;
}
