using System.Globalization;
using Dapper;
using Npgsql;
using RetailInsight.Core.Canon;
using Spectre.Console;

namespace RetailInsight.Local.Demo;

/// <summary>What the host prints at the end: the figures of each tenant, the addresses and the logins.</summary>
internal static class Summary
{
    /// <summary>Prints it.</summary>
    public static async Task PrintAsync(NpgsqlDataSource owner, LocalOptions options, DemoFile company, CancellationToken cancellationToken)
    {
        await using var connection = await owner.OpenConnectionAsync(cancellationToken);
        foreach (var tenant in company.Tenants)
        {
            await PrintFiguresAsync(connection, tenant, cancellationToken);
        }

        // Plain lines: a key must not be wrapped where somebody copies it.
        Line($"Pages    {options.ApiAddress}     API {options.ApiAddress}/openapi/v1.json");
        Line($"Gateway  {options.GatewayAddress}     API {options.GatewayAddress}/openapi/v1.json");
        foreach (var login in company.Tenants.SelectMany(tenant => tenant.Logins))
        {
            Line($"Login    {login.Login}  {login.Password}  {login.Role}");
        }

        foreach (var key in company.Tenants.SelectMany(tenant => tenant.Keys))
        {
            Line($"Key      {key.Key}  {string.Join(", ", key.Feeds)}");
        }

        var database = new NpgsqlConnectionStringBuilder(owner.ConnectionString);
        Line($"Profiles {options.ProfilesDirectory}     vendor profiles put here are in use within seconds");
        Line($"Database psql -h {database.Host} -p {database.Port} -U {database.Username} {database.Database}");

        static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task PrintFiguresAsync(NpgsqlConnection connection, DemoTenant tenant, CancellationToken cancellationToken)
    {
        var days = (await connection.QueryAsync<Day>(new CommandDefinition(
            """
            SELECT business_date AS BusinessDate, currency AS Currency, count(*) FILTER (WHERE sales_reported) AS Stores, sum(net)::bigint AS Net, sum(receipts) AS Receipts,
                   sum(visitors) AS Visitors
            FROM mart.kpi_store_day WHERE tenant = @tenant GROUP BY business_date, currency ORDER BY business_date DESC LIMIT 14
            """,
            new { tenant = tenant.Tenant },
            cancellationToken: cancellationToken))).Reverse().ToList();
        if (days.Count == 0)
        {
            return;
        }

        var table = new Table().Title(tenant.Name).AddColumns("Business date", "Stores", "Net sales", "Receipts", "Visitors");
        foreach (var column in table.Columns.Skip(1))
        {
            column.RightAligned();
        }

        foreach (var day in days)
        {
            table.AddRow(
                day.BusinessDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Number(day.Stores),
                Money.ToDecimal(day.Net).ToString("N0", CultureInfo.InvariantCulture) + " " + day.Currency,
                Number(day.Receipts),
                day.Visitors is null ? "–" : Number(day.Visitors.Value));
        }

        AnsiConsole.Write(table);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private sealed record Day(DateOnly BusinessDate, string Currency, long Stores, long Net, long Receipts, long? Visitors);
}
