using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary><c>retail reconcile [--feed F] [--from D] [--to D] [--store S]</c>.</summary>
internal static class ReconcileCommand
{
    public static Command Create(CommandContext context)
    {
        var feed = new Option<string?>("--feed") { Description = "One feed. Without, every feed of every key known.", HelpName = "FEED" };
        var from = CommandContext.Date("--from", "First day: of receipt (UTC) for files, of business for store-days.", false);
        var to = CommandContext.Date("--to", "Last day.", false);
        var store = new Option<string?>("--store") { Description = "One store. Then store-days alone are listed.", HelpName = "STORE" };
        var files = new Option<bool>("--files") { Description = "List every file; files that do not balance are always listed." };
        var command = new Command("reconcile", "Check that every row the gateway read has one verdict, and compare each store-day with what was declared.") { feed, from, to, store, files };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var wanted = parsed.GetValue(feed);
            var ofStore = parsed.GetValue(store);
            var query = Query(wanted, parsed.GetValue(from), parsed.GetValue(to), null);
            var dayQuery = Query(wanted, parsed.GetValue(from), parsed.GetValue(to), ofStore);
            IReadOnlyList<(string? Tenant, string Key)> keys = wanted is null ? connection.AllKeys() : [(null, connection.KeyFor(wanted))];
            var found = new Reconciliation();
            var days = new StoreDays();
            foreach (var (tenant, key) in keys)
            {
                if (ofStore is null)
                {
                    await foreach (var page in client.PagesAsync(new Uri(connection.Gateway, "/v1/reconciliation" + query), key, cancellationToken))
                    {
                        found.Add(tenant, page);
                    }
                }

                await foreach (var page in client.PagesAsync(new Uri(connection.Gateway, "/v1/reconciliation/store-days" + dayQuery), key, cancellationToken))
                {
                    days.Add(tenant, page);
                }
            }

            Show(report, found, days, parsed.GetValue(files), ofStore is null);
            return found.Holds && days.Differences == 0 ? ExitCode.Done : ExitCode.NeedsAttention;
        });
        return command;
    }

    private static string Query(string? feed, DateOnly? from, DateOnly? to, string? store)
    {
        static string? Day(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var parameters = new (string Name, string? Value)[] { ("feed", feed), ("from", Day(from)), ("to", Day(to)), ("store", store) }.Where(pair => pair.Value is not null).ToArray();
        return parameters.Length == 0 ? "" : "?" + string.Join('&', parameters.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));
    }

    private static void Show(Report report, Reconciliation found, StoreDays days, bool everyFile, bool withFiles)
    {
        if (report.AsJson)
        {
            report.Document(new { Balanced = found.Holds, Feeds = found.FeedDocuments, Files = found.FileDocuments, StoreDays = days.Documents });
            return;
        }

        if (withFiles)
        {
            ShowFiles(report, found, everyFile);
        }

        days.Show(report);
    }

    private static void ShowFiles(Report report, Reconciliation found, bool everyFile)
    {
        report.Table(
            ["Feed", ">Files", ">Read", ">Accepted", ">Duplicate", ">Superseding", ">Quarantined", "Balanced", "Currency", ">Net", ">Tax", ">Gross"],
            found.Feeds.SelectMany(FeedRows));
        var listed = found.Files.Where(file => everyFile || !file.Holds).ToArray();
        if (listed.Length > 0)
        {
            report.Table(
                ["File", "Feed", "State", ">Read", ">Accepted", ">Duplicate", ">Superseding", ">Quarantined", "Balanced", "Receipt"],
                listed.Select(file => (string[])[file.FileName ?? "", file.Feed, file.State ?? "", .. Counts(file), file.ReceiptId ?? ""]));
        }

        report.Note(found.Holds ? "Every row has one verdict." : "Some rows have no verdict, or more than one.");
    }

    private static IEnumerable<string[]> FeedRows(ReconciledCounts feed)
    {
        string[] counts = [feed.Feed, Report.Figure(feed.Files ?? 0), .. Counts(feed)];
        string[] blank = [.. counts.Select(_ => "")];
        return feed.Totals.Count == 0
            ? [[.. counts, "", "", "", ""]]
            : feed.Totals.Select((total, at) => (string[])[.. at == 0 ? counts : blank, total.Currency, Amount(total.Net), Amount(total.Tax), Amount(total.Gross)]);
    }

    private static string[] Counts(ReconciledCounts counts) =>
    [
        Report.Figure(counts.RowsRead), Report.Figure(counts.Accepted), Report.Figure(counts.Duplicate), Report.Figure(counts.Superseding), Report.Figure(counts.Quarantined),
        counts.Holds ? "yes" : counts.Difference == 0 ? "no" : string.Create(CultureInfo.InvariantCulture, $"no ({counts.Difference:+#,0;-#,0})"),
    ];

    private static string Amount(string text) => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var value) ? Report.Figure(value) : text;
}

/// <summary>All pages of the reconciliation of all keys, each feed and file once.</summary>
internal sealed class Reconciliation
{
    private readonly HashSet<string> _seen = [];

    public List<ReconciledCounts> Feeds { get; } = [];

    public List<ReconciledCounts> Files { get; } = [];

    /// <summary>As the gateway wrote them.</summary>
    public List<JsonElement> FeedDocuments { get; } = [];

    /// <summary>As the gateway wrote them.</summary>
    public List<JsonElement> FileDocuments { get; } = [];

    public bool Holds => Feeds.Concat(Files).All(counts => counts.Holds);

    /// <summary>Adds a page. Feeds stand on every page, and two keys of one tenant may see the same ones.</summary>
    public void Add(string? tenant, JsonElement page)
    {
        Add(Json.Members(page, "feeds"), counts => $"{tenant}/{counts.Feed}", Feeds, FeedDocuments);
        Add(Json.Members(page, "files"), counts => $"{tenant}/{counts.Feed}/{counts.ReceiptId}", Files, FileDocuments);
    }

    private void Add(IEnumerable<JsonElement> documents, Func<ReconciledCounts, string> identity, List<ReconciledCounts> counts, List<JsonElement> kept)
    {
        foreach (var document in documents)
        {
            var read = Json.Read<ReconciledCounts>(document);
            if (_seen.Add(identity(read)))
            {
                counts.Add(read);
                kept.Add(document);
            }
        }
    }
}
