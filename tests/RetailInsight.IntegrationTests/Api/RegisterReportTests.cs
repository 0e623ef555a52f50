using System.Globalization;
using Dapper;
using RetailInsight.Api.Sessions;
using RetailInsight.IntegrationTests.Gateway;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>What registers declare through the gateway stands beside what is published, on the page of data health and in its file.</summary>
public sealed class RegisterReportTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateOnly Day = new(2026, 11, 10);

    [Fact]
    public async Task A_report_agrees_to_the_yen_or_says_by_how_much_not()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await using var api = await ApiHost.StartAsync(gateway.Database, new() { ["Api:LoginAttemptsPerMinute"] = "100" });
        await OpenAsync(gateway, (Day, 9_860), (Day.AddDays(1), 5_000), (Day.AddDays(3), 7_000));
        await DeclareAsync(gateway, Day, 9_860);
        await DeclareAsync(gateway, Day.AddDays(1), 4_000);
        await DeclareAsync(gateway, Day.AddDays(1), 5_001);
        await DeclareAsync(gateway, Day.AddDays(2), 300);
        await DeclareAsync(gateway, Day.AddDays(3), 2_500, "P001");

        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(api), "office@acme");
        var rows = CsvRows.Of((await client.GetStringAsync("/export/health/register_reports.csv?store=S001&date=2026-11-13")).TrimStart('\uFEFF'));
        var at = rows[0].Select((name, place) => (name, place)).ToDictionary(column => column.name, column => column.place);
        string[] columns = ["Business date", "Declared by registers", "Sales counted", "Difference, counted − declared", "Registers that declared"];
        Assert.Equal(
            ["2026-11-13;2500;7000;;1", "2026-11-12;300;;;0", "2026-11-11;5001;5000;-1;0", "2026-11-10;9860;9860;0;0"],
            rows.Skip(1).Select(row => string.Join(';', columns.Select(column => row[at[column]]))));

        var page = await client.GetStringAsync("/health?store=S001&date=2026-11-11&lang=en");
        Assert.Contains("−¥1 against the registers&#x27; day report", page, StringComparison.Ordinal);
        Assert.Contains(">agrees<", page, StringComparison.Ordinal);
        Assert.DoesNotContain("against the registers&#x27; day report", await client.GetStringAsync("/health?store=S001&date=2026-11-10&lang=en"), StringComparison.Ordinal);
        Assert.DoesNotContain("4,000", page, StringComparison.Ordinal);
    }

    private static async Task OpenAsync(GatewayHost gateway, params (DateOnly Date, int Gross)[] days)
    {
        await using var connection = await gateway.Database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "INSERT INTO api.app_user (login, tenant, password_hash, role, language, display_name) VALUES ('office@acme', 'acme', @hash, 'head_office', 'en', 'Office')",
            new { hash = PasswordHash.Create(Company.Password) });
        await connection.ExecuteAsync("INSERT INTO mart.data_version VALUES ('acme', 1, now()) ON CONFLICT DO NOTHING");
        foreach (var (date, gross) in days)
        {
            // Three registers sold on each of the days.
            await connection.ExecuteAsync(
                """
                INSERT INTO mart.kpi_store_day (tenant, store, business_date, currency, net, tax, gross, receipts, items, returns, return_net, observed_minutes, expected_minutes)
                VALUES ('acme', 'S001', @date, 'JPY', @net, @tax, @net + @tax, 6, 6000000, 0, 0, 0, 0);
                INSERT INTO mart.data_health_day (tenant, store, business_date, registers_expected, registers_reported, receipts, late_receipts, missing_numbers, voided_receipts, observed_minutes, expected_minutes)
                VALUES ('acme', 'S001', @date, 3, 3, 6, 0, 0, 0, 0, 0)
                """,
                new { date, net = (gross - (gross / 11)) * 1_000_000L, tax = gross / 11 * 1_000_000L });
        }
    }

    private static async Task DeclareAsync(GatewayHost gateway, DateOnly date, int gross, string? terminal = null)
    {
        Dictionary<string, object> declared = new() { ["store"] = "S001", ["business_date"] = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), ["gross"] = gross };
        if (terminal is not null)
        {
            declared["terminal"] = terminal;
        }

        await gateway.Acme.DeclareAsync(declared);
    }
}
