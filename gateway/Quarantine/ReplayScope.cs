using System.Text.Json.Serialization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>
/// Which open items a preview or replay is about: those that fit everything stated. At least one thing must be stated.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReplayScope
{
    private const int MostItems = 10_000;

    /// <summary>Numbers of items, at most 10,000.</summary>
    public long[]? Items { get; init; }

    /// <summary>Code of the first reason.</summary>
    public string? Reason { get; init; }

    /// <summary>The vendor's own name of the field at fault.</summary>
    public string? Field { get; init; }

    /// <summary>The payload.</summary>
    public string? ReceiptId { get; init; }

    /// <summary>The feed.</summary>
    public string? Feed { get; init; }

    /// <summary>Store code, where it could be resolved.</summary>
    public string? Store { get; init; }

    /// <summary>What the vendor sent to name the store or register.</summary>
    public string? StoreAsSent { get; init; }

    /// <summary>First business date; items without one do not fit.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last business date, inclusive.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Why the scope cannot be used, in a sentence; null when it can.</summary>
    public string? Mistake() => this switch
    {
        { Items: { } items } when items.Length is 0 or > MostItems => "items takes 1 to 10000 numbers of items.",
        { ReceiptId: { } id } when !IsReceiptId(id) => "receipt_id is 32 hexadecimal digits in lower case.",
        { Reason: { } reason } when !Enum.GetValues<RejectionReason>().Any(known => known.Code() == reason) => "reason is no code of /v1/quarantine/reasons.",
        { From: { } from, To: { } to } when to < from => "to lies before from.",
        _ when Texts().Any(text => text is { Length: 0 or > 200 } || text?.Contains('\0', StringComparison.Ordinal) == true) => "A text in the scope is empty, longer than 200 characters or holds U+0000.",
        { Items: null, Reason: null, Field: null, ReceiptId: null, Feed: null, Store: null, StoreAsSent: null, From: null, To: null } =>
            "State at least one of items, reason, field, receipt_id, feed, store, store_as_sent, from and to.",
        _ => null,
    };

    /// <summary>Whether a text is an id as answers write it.</summary>
    public static bool IsReceiptId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The conditions on <c>gateway.quarantine q</c>; parameters go on behind those that are there.</summary>
    public string Where(Npgsql.NpgsqlParameterCollection parameters)
    {
        var sql = new System.Text.StringBuilder();
        void And(string condition, object? value)
        {
            if (value is not null)
            {
                parameters.Add(new() { Value = value });
                sql.Append(System.Globalization.CultureInfo.InvariantCulture, $" AND {condition.Replace("$", "$" + parameters.Count, StringComparison.Ordinal)}");
            }
        }

        And("q.id = ANY($)", Items);
        And("q.reason = $", Reason);
        And("q.field = $", Field);
        And("q.ingestion_id = $", ReceiptId is null ? null : Id128.Parse(ReceiptId).ToGuid());
        And("q.feed = $", Feed);
        And("q.store = $", Store);
        And("q.store_as_sent = $", StoreAsSent);
        And("q.business_date >= $", From);
        And("q.business_date <= $", To);
        return sql.ToString();
    }

    private IEnumerable<string?> Texts() => [Reason, Field, Feed, Store, StoreAsSent];
}
