using System.ComponentModel;
using System.Text.Json;

namespace RetailInsight.Api.Audit;

/// <summary>The answer of <c>GET /v1/audit</c>, newest first.</summary>
internal sealed record AuditViews(
    IReadOnlyList<AuditView> Items,
    [property: Description("Send as cursor to read on; null on the last page.")] string? NextCursor);

/// <summary>One entry.</summary>
internal sealed record AuditView(
    [property: Description("Number in the chain, from 1.")] long Seq,
    [property: Description("UTC.")] DateTimeOffset At,
    [property: Description("Login, key label or token subject; empty when nobody is known.")] string Actor,
    [property: Description("Thing and verb, such as user.create.")] string Action,
    [property: Description("Id of what it was done to.")] string Object,
    [property: Description("done or refused.")] string Outcome,
    [property: Description("Network address of the caller; empty for what came through the gateway.")] string Address,
    JsonElement Detail,
    [property: Description("SHA-256 over the entry and the hash before it, hex.")] string Hash);

/// <summary>The answer of <c>GET /v1/audit/verification</c>.</summary>
internal sealed record AuditVerification(
    [property: Description("Whether every chain is as it was written.")] bool Intact,
    IReadOnlyList<ChainReport> Chains);

/// <summary>What the check of one chain came to.</summary>
internal sealed record ChainReport(
    [property: Description("tenant, or platform: sign-ins and tokens no tenant can be named for.")] string Chain,
    bool Intact,
    [property: Description("Entries that hold, from the first on. Note it with the hash and give both as the anchor of a later check.")] long Entries,
    [property: Description("Hash of the last entry that holds, hex.")] string Hash,
    [property: Description("The first entry that does not hold; null when all do.")] ChainFault? Fault);

/// <summary>The first entry of a chain that does not hold.</summary>
internal sealed record ChainFault(long Seq, string Reason);
