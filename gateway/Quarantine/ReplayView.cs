using System.Text.Json;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>A preview, replay, release or undo: what was asked for, by whom, how far it is, and what it changes.</summary>
internal sealed record ReplayView
{
    /// <summary>Its number.</summary>
    public required long Id { get; init; }

    /// <summary><c>preview</c>, <c>replay</c>, <c>release</c> (set off by the store master), <c>resolution</c> (set off by later payloads), <c>withdrawal</c> (of receipts a later file no longer contains) or <c>undo</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The replay an undo takes back.</summary>
    public long? Undoes { get; init; }

    /// <summary>The undo that takes this one back.</summary>
    public long? UndoneBy { get; init; }

    /// <summary><c>running</c> or <c>done</c>.</summary>
    public required string State { get; init; }

    /// <summary>What was asked for.</summary>
    public required JsonElement Scope { get; init; }

    /// <summary>Who asked: the label of the key, the store master or later payloads.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When it was done, UTC.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Open items the scope had when it was asked for.</summary>
    public required int Items { get; init; }

    /// <summary>Payloads they came in.</summary>
    public required int Payloads { get; init; }

    /// <summary>Of these: taken to their end.</summary>
    public required int PayloadsDone { get; init; }

    /// <summary>Of these: given up for a reason of ours; their items are as they were.</summary>
    public required int PayloadsFailed { get; init; }

    /// <summary>Items by what became of them: recovered, duplicate (had come by other ways), overtaken (a later correction counts), held, not_read, already_released, reopened, resolved (a later payload brought it).</summary>
    public required IReadOnlyDictionary<string, int> Outcomes { get; init; }

    /// <summary>What it changes, or would, by what happens, store-day and reason; at most 1,000.</summary>
    public required IReadOnlyList<ReplayEffect> Effects { get; init; }

    /// <summary>Whether there were more.</summary>
    public required bool EffectsTruncated { get; init; }
}

/// <summary>One line of what a replay changes. Amounts are decimal strings in currency units, of sales and returns.</summary>
/// <param name="Effect">
/// <c>recovered</c>, <c>superseding</c> (takes the place of an earlier version), <c>duplicate</c>, <c>overtaken</c>, <c>held</c> (gross is the
/// money at risk), <c>not_read</c>, <c>changed_elsewhere</c> (would read otherwise now; left as it is); of an undo <c>withdrawn</c>,
/// <c>restored</c> or <c>kept</c> (corrected since); of a resolution <c>resolved</c> (gross is what was at risk).
/// </param>
/// <param name="Store">Store code, when it is known.</param>
/// <param name="BusinessDate">Trading day, when it is known.</param>
/// <param name="Currency">ISO 4217; null when there is no money.</param>
/// <param name="Reason">Code of why it stays held.</param>
/// <param name="Field">The field at fault.</param>
/// <param name="Receipts">Receipts or counts.</param>
/// <param name="Rows">Source rows.</param>
/// <param name="Net">Without tax.</param>
/// <param name="Tax">Tax.</param>
/// <param name="Gross">With tax.</param>
internal sealed record ReplayEffect(
    string Effect, string? Store, DateOnly? BusinessDate, string? Currency, string? Reason, string? Field, long Receipts, long Rows, string Net, string Tax, string Gross);

/// <summary>A page of the audit, newest first, without effects.</summary>
internal sealed record ReplayPage(IReadOnlyList<ReplayView> Items, string? NextCursor);
