using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail kpi --store S --from D --to D</c>.</summary>
internal static class KpiCommand
{
    public static Command Create(CommandContext context)
    {
        var store = new Option<string>("--store") { Description = "Store code.", HelpName = "STORE", Required = true };
        var from = CommandContext.Date("--from", "First business date.", true);
        var to = CommandContext.Date("--to", "Last business date.", true);
        var command = new Command("kpi", "Show a store's key figures by business date. Totals are ratios of sums, not means of ratios.") { store, from, to };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var (code, first, last) = (parsed.GetRequiredValue(store), parsed.GetValue(from)!.Value, parsed.GetValue(to)!.Value);
            if (last < first)
            {
                throw CommandFailure.Usage("--to lies before --from.");
            }

            await connection.SignInAsync(client, cancellationToken);
            var documents = await ReadAsync(client, connection.Api, code, first, last, cancellationToken);
            Show(report, code, first, last, documents);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<List<JsonElement>> ReadAsync(RetryingClient client, Uri api, string store, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"/v1/kpis/store-day?store={Uri.EscapeDataString(store)}&from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}");
        var items = new List<JsonElement>();
        await foreach (var page in client.PagesAsync(new Uri(api, query), null, cancellationToken))
        {
            items.AddRange(Json.Members(page, "items"));
        }

        return items;
    }

    private static void Show(Report report, string store, DateOnly from, DateOnly to, List<JsonElement> documents)
    {
        var days = documents.ConvertAll(Json.Read<StoreDayFigures>);
        var totals = days.GroupBy(day => day.Currency).Select(group => PeriodFigures.Of(group.Key, [.. group])).ToArray();
        if (report.AsJson)
        {
            report.Document(new { Store = store, From = from, To = to, Items = documents, Totals = totals });
            return;
        }

        if (days.Count == 0)
        {
            report.Note("No figures are published for this store and period.");
            return;
        }

        foreach (var total in totals)
        {
            report.Table(
                ["Date", ">Net " + total.Currency, ">Tax", ">Gross", ">Receipts", ">Basket", ">Items/receipt", ">Returns", ">Visitors", ">Conversion", ">Coverage"],
                days.Where(day => day.Currency == total.Currency).OrderBy(day => day.BusinessDate).Select(day => new[]
                {
                    day.BusinessDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Amount(day.NetSales), Amount(day.Tax), Amount(day.GrossSales), Count(day.Receipts),
                    Amount(day.BasketValue), day.ItemsPerReceipt ?? "–", Count(day.Returns), Count(day.Visitors), Percent(day.Conversion), Percent(day.Coverage),
                }),
                [
                    string.Create(CultureInfo.InvariantCulture, $"{total.Days} days"), Amount(total.NetSales), Amount(total.Tax), Amount(total.GrossSales), Count(total.Receipts),
                    Amount(total.BasketValue), total.ItemsPerReceipt ?? "–", Count(total.Returns), Count(total.Visitors), Percent(total.Conversion), "",
                ]);
        }
    }

    private static string Amount(string? text) => text is null ? "–" : Report.Figure(decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture));

    private static string Count(long? value) => value is { } known ? Report.Figure(known) : "–";

    private static string Percent(string? ratio) => ratio is null ? "–" : (decimal.Parse(ratio, NumberStyles.Number, CultureInfo.InvariantCulture) * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
