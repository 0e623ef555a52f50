using System.CommandLine;
using System.Globalization;

namespace RetailInsight.Cli;

/// <summary>The options that say which items of the quarantine are meant: those that fit all of them.</summary>
internal sealed class ScopeOptions
{
    private readonly Option<long[]> _items = new("--item") { Description = "Number of an item; may be repeated.", HelpName = "ITEM", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _feed = Text("--feed", "The feed.", "FEED");
    private readonly Option<string?> _reason = Text("--reason", "Code of the first reason.", "CODE");
    private readonly Option<string?> _field = Text("--field", "The vendor's name of the field at fault.", "FIELD");
    private readonly Option<string?> _store = Text("--store", "Store code.", "STORE");
    private readonly Option<string?> _storeAsSent = Text("--store-as-sent", "What the vendor sent to name the store or register.", "CODE");
    private readonly Option<string?> _receipt = Text("--receipt", "The payload.", "RECEIPT");
    private readonly Option<DateOnly?> _from = CommandContext.Date("--from", "First business date.", false);
    private readonly Option<DateOnly?> _to = CommandContext.Date("--to", "Last business date.", false);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command, bool items)
    {
        foreach (var option in (Option[])[_feed, _reason, _field, _store, _storeAsSent, _receipt, _from, _to])
        {
            command.Add(option);
        }

        if (items)
        {
            command.Add(_items);
        }
    }

    /// <summary>The feed, when one is stated.</summary>
    public string? Feed(ParseResult parsed) => parsed.GetValue(_feed);

    /// <summary>The scope as the gateway takes it in a body; only what is stated.</summary>
    public Dictionary<string, object> Body(ParseResult parsed)
    {
        var body = Stated(parsed).ToDictionary(pair => pair.Name, pair => (object)pair.Value);
        if (parsed.GetValue(_items) is { Length: > 0 } items)
        {
            body.Add("items", items);
        }

        return body;
    }

    /// <summary>The scope as a query string, with further parameters.</summary>
    public string Query(ParseResult parsed, params (string Name, string? Value)[] more) => Of([.. Stated(parsed), .. more.Where(pair => pair.Value is not null).Select(pair => (pair.Name, pair.Value!))]);

    /// <summary>The feed alone as a query string.</summary>
    public string FeedQuery(ParseResult parsed) => Of([.. Stated(parsed).Where(pair => pair.Name == "feed")]);

    private static string Of((string Name, string Value)[] pairs) => pairs.Length == 0 ? "" : "?" + string.Join('&', pairs.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));

    private IEnumerable<(string Name, string Value)> Stated(ParseResult parsed)
    {
        (string, string?)[] all =
        [
            ("feed", parsed.GetValue(_feed)), ("reason", parsed.GetValue(_reason)), ("field", parsed.GetValue(_field)), ("store", parsed.GetValue(_store)),
            ("store_as_sent", parsed.GetValue(_storeAsSent)), ("receipt_id", parsed.GetValue(_receipt)), ("from", Day(parsed.GetValue(_from))), ("to", Day(parsed.GetValue(_to))),
        ];
        return all.Where(pair => pair.Item2 is not null).Select(pair => (pair.Item1, pair.Item2!));
    }

    private static string? Day(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Option<string?> Text(string name, string description, string help) => new(name) { Description = description, HelpName = help };
}
