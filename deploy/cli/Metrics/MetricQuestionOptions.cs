using System.CommandLine;
using System.Globalization;

namespace RetailInsight.Cli;

/// <summary>The options of a question about metrics, the same for every command that asks one.</summary>
internal sealed class MetricQuestionOptions
{
    private readonly Option<string> _metrics = new("--metrics") { Description = "Metrics, separated by commas.", HelpName = "IDS", Required = true };
    private readonly Option<DateOnly?> _from = CommandContext.Date("--from", "First business date.", true);
    private readonly Option<DateOnly?> _to = CommandContext.Date("--to", "Last business date.", true);
    private readonly Option<string> _by = new("--by") { Description = "Dimensions, separated by commas.", HelpName = "NAMES" };
    private readonly Option<string> _grain = new("--grain") { Description = "day, week, month, quarter or year.", HelpName = "GRAIN" };
    private readonly Option<string[]> _filters = new("--filter") { Description = "DIMENSION:VALUE or DIMENSION!:VALUE; repeat for several.", HelpName = "FILTER" };
    private readonly Option<string> _compare = new("--compare") { Description = "same_weekday, previous_period, previous_week, last_year_weekday, last_year_date or target.", HelpName = "PERIOD" };
    private readonly Option<string> _order = new("--order") { Description = "Dimensions and metrics, separated by commas; a leading - turns the order.", HelpName = "NAMES" };
    private readonly Option<string> _encoding = new("--encoding") { Description = "utf-8 or cp932, for a .csv file.", HelpName = "NAME" };

    /// <summary>All of them, in the order help shows them.</summary>
    public IEnumerable<Option> All => [_metrics, _from, _to, _by, _grain, _filters, _compare, _order, _encoding];

    /// <summary>The address of the question.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="api">Where the API is.</param>
    /// <param name="format">csv or parquet: every row as a file; null for pages of JSON.</param>
    public Uri Address(ParseResult parsed, Uri api, string? format)
    {
        var parts = new List<(string Name, string? Value)>
        {
            ("metrics", parsed.GetRequiredValue(_metrics)), ("from", Iso(parsed.GetValue(_from))), ("to", Iso(parsed.GetValue(_to))), ("dimensions", parsed.GetValue(_by)),
            ("grain", parsed.GetValue(_grain)), ("compare", parsed.GetValue(_compare)), ("order", parsed.GetValue(_order)),
        };
        parts.AddRange((parsed.GetValue(_filters) ?? []).Select(filter => ("filter", (string?)filter)));
        parts.AddRange(format is null ? [("limit", "1000")] : [("format", format), ("encoding", parsed.GetValue(_encoding))]);
        return new Uri(api, "/v1/metrics/query?" + string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}")));
    }

    private static string? Iso(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
