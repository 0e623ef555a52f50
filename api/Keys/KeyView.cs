using System.ComponentModel;

namespace RetailInsight.Api.Keys;

/// <summary>An API key of the gateway as it may be shown: never its secret. Times are UTC.</summary>
internal sealed record KeyView(
    string KeyId,
    string Label,
    string Vendor,
    IReadOnlyList<string> Feeds,
    [property: Description("The stores it may send figures of; null is every store.")] IReadOnlyList<string>? Stores,
    [property: Description("false is a test key, rk_test_…: answered in full, lands nothing.")] bool Live,
    [property: Description("live, expired or revoked.")] string State,
    DateTimeOffset CreatedAt,
    [property: Description("To the minute; null is never.")] DateTimeOffset? LastUsedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    [property: Description("The key this one takes the place of.")] string? Replaces,
    [property: Description("Whether it may preview, replay and undo what is held.")] bool Operator);

/// <summary>The keys of the tenant, newest first.</summary>
internal sealed record KeyList(IReadOnlyList<KeyView> Items);

/// <summary>A key that has just been made: the only time its secret is shown.</summary>
internal sealed record NewKey([property: Description("The secret. It is shown this once and stored nowhere.")] string Secret, KeyView Key);

/// <summary>What a new key is to open.</summary>
internal sealed record KeyRequest(
    string Vendor,
    List<string> Feeds,
    [property: Description("1 to 100 characters, for people.")] string Label,
    [property: Description("The stores it may send figures of; absent is every store.")] List<string>? Stores = null,
    [property: Description("false makes a test key, rk_test_….")] bool Live = true,
    DateTimeOffset? ExpiresAt = null,
    [property: Description("Whether it may preview, replay and undo what is held: for people at head office, not for registers.")] bool Operator = false);

/// <summary>How a key is replaced.</summary>
internal sealed record RotationRequest([property: Description("Hours both keys work, 0 to 2160. Default 168.")] int OverlapHours = 168);

/// <summary>One entry of the audit.</summary>
internal sealed record KeyAuditEntry(DateTimeOffset At, string Actor, [property: Description("create, rotate or revoke.")] string Action, string KeyId, string Detail);

/// <summary>The newest entries first, at most 1,000.</summary>
internal sealed record KeyAudit(IReadOnlyList<KeyAuditEntry> Items);
