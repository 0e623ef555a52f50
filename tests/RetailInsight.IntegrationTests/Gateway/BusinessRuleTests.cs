using System.Text;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>What the rules of a profile and the master of stores do to a payload, seen through the gateway.</summary>
public sealed class BusinessRuleTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private GatewayHost _gateway = null!;

    public async Task InitializeAsync() => _gateway = await GatewayHost.StartAsync(postgres);

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_new_cut_over_holds_from_its_day_on_and_leaves_the_days_before()
    {
        await ExecuteAsync("INSERT INTO tenancy.store_cut_over VALUES ('acme', 'S011', '2026-11-05', 0)");
        foreach (var (number, day, expected) in new[] { ("1", "2026-11-04", "2026-11-03"), ("2", "2026-11-05", "2026-11-05") })
        {
            var sale = Encoding.UTF8.GetString(VendorFiles.SalesJson("S011", number, "100")).Replace("2026-11-01T10:23:45", day + "T01:30:00", StringComparison.Ordinal);
            Assert.Contains(day, sale, StringComparison.Ordinal);
            var receipt = await _gateway.Acme.LandAsync("vendor-b", Encoding.UTF8.GetBytes(sale));
            Assert.Equal(expected, receipt.GetProperty("verdicts")[0].GetProperty("business_date").GetString());
        }
    }

    [Fact]
    public async Task What_is_odd_is_counted_in_the_receipt_and_lands_all_the_same()
    {
        await ExecuteAsync("UPDATE gateway.feed SET vendor = 'square', profile = 'square' WHERE tenant = 'acme' AND feed = 'vendor-b'");
        var receipt = await _gateway.Acme.LandAsync("vendor-b",
            """
            {"orders":[{"id":"O1","location_id":"S011","state":"COMPLETED","created_at":"2199-11-01T03:12:44Z","total_money":{"amount":119},
              "taxes":[{"uid":"t","percentage":"10","type":"ADDITIVE"}],"tenders":[{"type":"CASH","amount_money":{"amount":119}}],
              "line_items":[{"quantity":"1","base_price_money":{"amount":100},"gross_sales_money":{"amount":100},"total_tax_money":{"amount":19},"applied_taxes":[{"tax_uid":"t"}]}]}]}
            """u8.ToArray());
        Assert.Equal((1, 1, 0, 0, 0), receipt.Rows());
        Assert.Equal(["tax_difference", "future_date"], receipt.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString()));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _gateway.Database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
