using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetailInsight.Gateway.Feeds;

/// <summary>A feed: who pushes to it and how it is read.</summary>
/// <param name="Feed">Its name, as in <c>/v1/ingest/{feed}</c>.</param>
/// <param name="Vendor">Who pushes.</param>
/// <param name="Profile">The profile it is read by.</param>
/// <param name="ProfileVersion">The newest version of that profile; null when no such profile is published.</param>
/// <param name="Content">What the profile's records are: <c>transactions</c>, <c>people_counts</c>, <c>visitor_events</c>, <c>pos_master</c> or <c>declared_totals</c>.</param>
/// <param name="Resend">What sending a store-day again means: <c>append</c>, <c>delta</c> or <c>replace</c>.</param>
/// <param name="State"><c>active</c>, or <c>retired</c>: takes nothing more.</param>
/// <param name="CreatedAt">When it was made, UTC.</param>
/// <param name="RetiredAt">When it was retired, UTC.</param>
internal sealed record FeedView(
    string Feed, string Vendor, string Profile, int? ProfileVersion, string? Content, string Resend, string State, DateTimeOffset CreatedAt, DateTimeOffset? RetiredAt)
{
    /// <summary>What was done to it, newest first, up to 100; where one feed was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FeedChange>? Changes { get; init; }
}

/// <summary>What was done to a feed.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Actor">Who: the label of the key.</param>
/// <param name="Action"><c>create</c>, <c>change</c>, <c>retire</c> or <c>reopen</c>.</param>
/// <param name="Detail">What changed, from what to what.</param>
internal sealed record FeedChange(DateTimeOffset At, string Actor, string Action, JsonElement Detail);

/// <summary>Feeds by name.</summary>
internal sealed record FeedList(IReadOnlyList<FeedView> Items);

/// <summary>What is asked of a feed. To make one: name and profile; to change one: profile, resend or both.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record FeedRequest
{
    /// <summary>Its name: lower-case letters, digits and hyphens, at most 63.</summary>
    public string? Feed { get; init; }

    /// <summary>Who pushes; the profile's vendor unless stated.</summary>
    public string? Vendor { get; init; }

    /// <summary>The profile it is read by: <c>GET /v1/profiles</c>.</summary>
    public string? Profile { get; init; }

    /// <summary><c>append</c>, <c>delta</c> or <c>replace</c>; append unless stated.</summary>
    public string? Resend { get; init; }
}

/// <summary>A published profile.</summary>
/// <param name="Profile">Its id.</param>
/// <param name="Version">The newest version.</param>
/// <param name="Versions">Every version.</param>
/// <param name="Vendor">The vendor.</param>
/// <param name="Content">What its records are.</param>
/// <param name="Format">How records and fields are told apart: <c>csv</c>, <c>tsv</c>, <c>fixed</c>, <c>json</c>, <c>ndjson</c>, <c>xml</c> or <c>files</c>.</param>
/// <param name="Encoding"><c>utf-8</c>, <c>cp932</c> or <c>utf-16</c>.</param>
/// <param name="Currency">ISO 4217 of all amounts; empty where there are none.</param>
internal sealed record ProfileEntry(string Profile, int Version, IReadOnlyList<int> Versions, string Vendor, string Content, string Format, string Encoding, string Currency);

/// <summary>The published profiles by id.</summary>
internal sealed record ProfileList(IReadOnlyList<ProfileEntry> Items);

/// <summary>A store of the tenant, as vendors are to name it.</summary>
/// <param name="Store">Its code.</param>
/// <param name="Name">Its name.</param>
/// <param name="TimeZone">IANA zone its clocks show.</param>
/// <param name="DayBegins">When its business day begins, HH:mm on its clock.</param>
internal sealed record StoreView(string Store, string Name, string TimeZone, string DayBegins);

/// <summary>The stores the key may send figures of, by code.</summary>
internal sealed record StoreList(IReadOnlyList<StoreView> Items);
