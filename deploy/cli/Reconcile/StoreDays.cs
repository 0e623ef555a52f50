using System.Globalization;
using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary>The ledger by store-day as the gateway gave it, each part once, and as tables.</summary>
internal sealed class StoreDays
{
    private static readonly string[] Columns = ["rows_read", "accepted", "duplicate", "superseding", "outdated", "quarantined", "withdrawn", "released", "resolved"];

    private readonly HashSet<string> _seen = [];
    private readonly List<(string Date, string Store, string Mark, JsonElement Feed)> _feeds = [];
    private readonly List<(string Date, string Store, JsonElement Declared)> _declared = [];

    /// <summary>As the gateway wrote them.</summary>
    public List<JsonElement> Documents { get; } = [];

    /// <summary>How many declarations differ.</summary>
    public int Differences => _declared.Count(one => IsDifference(one.Declared));

    /// <summary>Adds a page; two keys of one tenant may see the same store-days.</summary>
    public void Add(string? tenant, JsonElement page)
    {
        foreach (var day in Json.Members(page, "items"))
        {
            var (date, store) = (Json.Text(day, "business_date") ?? "", Json.Text(day, "store") ?? "");
            var mark = Json.Text(day, "status") switch { "difference" => "≠", "matched" => "=", _ => "" };
            Documents.Add(day);
            _feeds.AddRange(Json.Members(day, "feeds").Where(feed => _seen.Add($"{tenant}/{date}/{store}/{Json.Text(feed, "feed")}")).Select(feed => (date, store, mark, feed)));
            _declared.AddRange(Json.Members(day, "declared").Where(one => _seen.Add($"{tenant}/{date}/{store}/{Json.Text(one, "vendor")}//{Json.Text(one, "terminal")}")).Select(one => (date, store, one)));
        }
    }

    /// <summary>Prints the store-days, and each cause of each difference.</summary>
    public void Show(Report report)
    {
        if (_feeds.Count > 0)
        {
            report.Table(
                ["", "Date", "Store", "Feed", ">Read", ">Accepted", ">Duplicate", ">Superseding", ">Outdated", ">Held", ">Withdrawn", ">Released", ">Resolved", ">Net", ">Tax", ">Gross"],
                _feeds.SelectMany(one => FeedRows(one.Date, one.Store, one.Mark, one.Feed)));
        }

        if (Differences > 0)
        {
            report.Table(
                ["Date", "Store", "Register", ">Difference", "Cause", ">Amount", "Why"],
                _declared.Where(one => IsDifference(one.Declared)).SelectMany(one => CauseRows(one.Date, one.Store, one.Declared)));
        }

        report.Note(_feeds.Count + _declared.Count == 0
            ? "No row of these store-days came with a feed of the keys at hand; state another with --feed or --key."
            : _declared.Count == 0
            ? "Nobody declared day totals of these store-days."
            : string.Create(CultureInfo.InvariantCulture, $"{_declared.Count} declarations, {Differences} with a difference."));
    }

    private static bool IsDifference(JsonElement declared) => Json.Text(declared, "status") == "difference";

    private static IEnumerable<string[]> FeedRows(string date, string store, string mark, JsonElement feed)
    {
        var rows = feed.GetProperty("rows");
        string[] head =
        [
            mark, date, store, Json.Text(feed, "feed") ?? "",
            .. Columns.Select(column => Report.Figure(rows.GetProperty(column).GetInt64())),
        ];
        string[] blank = [.. head.Select(_ => "")];
        var totals = Json.Members(feed, "totals").ToList();
        return totals.Count == 0
            ? [[.. head, "", "", ""]]
            : totals.Select((total, at) => (string[])[.. at == 0 ? head : blank, Amount(total, "net"), Amount(total, "tax"), Amount(total, "gross")]);
    }

    private static IEnumerable<string[]> CauseRows(string date, string store, JsonElement declared)
    {
        var first = true;
        foreach (var cause in Json.Members(declared, "causes"))
        {
            string[] head = first ? [date, store, Json.Text(declared, "terminal") ?? "", Amount(declared, "difference")] : ["", "", "", ""];
            yield return [.. head, Json.Text(cause, "code") ?? "", Amount(cause, "amount"), cause.TryGetProperty("text", out var text) ? Json.Text(text, "en") ?? "" : ""];
            first = false;
        }
    }

    private static string Amount(JsonElement element, string member) =>
        decimal.TryParse(Json.Text(element, member), NumberStyles.Number, CultureInfo.InvariantCulture, out var value) ? Report.Figure(value) : "";
}
