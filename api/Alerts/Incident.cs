namespace RetailInsight.Api.Alerts;

/// <summary>What a rule found of a store on a business date, from the first moment to its end. Instants are UTC.</summary>
/// <param name="Id">Number.</param>
/// <param name="Rule">The rule as it is now.</param>
/// <param name="Store">Code.</param>
/// <param name="Subject">What within the store, such as a device; empty is the store itself.</param>
/// <param name="Date">Business date.</param>
/// <param name="State">held, open, acknowledged or closed.</param>
/// <param name="Gap">What the data lacks now.</param>
/// <param name="Figure">The figure now, in the metric's unit; null where there is none.</param>
/// <param name="Reference">What it is compared with now; null for a fixed value.</param>
/// <param name="Currency">ISO 4217 code of amounts.</param>
/// <param name="FigureOpened">The figure people were told of.</param>
/// <param name="ReferenceOpened">What it was compared with then.</param>
internal sealed record Incident(
    long Id, AlertRule Rule, string Store, string Subject, DateOnly Date, string State, DataGap Gap, decimal? Figure, decimal? Reference, string? Currency, decimal? FigureOpened, decimal? ReferenceOpened)
{
    public const string Held = "held";
    public const string Open = "open";
    public const string Acknowledged = "acknowledged";
    public const string Closed = "closed";

    public static readonly string[] States = [Held, Open, Acknowledged, Closed];

    /// <summary>When it was first seen.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When people were told; null while it is held.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>Who acknowledged it.</summary>
    public string? AcknowledgedBy { get; init; }

    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>What that person wrote.</summary>
    public string? Note { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Whether it opened while its rule was muted.</summary>
    public bool Muted { get; init; }

    /// <summary>corrected, recovered, complete or rule; null until it is closed.</summary>
    public string? ClosedWhy { get; init; }

    private static readonly (DataGap Gap, string Word)[] Gaps =
    [
        (DataGap.None, "none"), (DataGap.NoData, "no_data"), (DataGap.Registers, "registers"), (DataGap.Coverage, "coverage"), (DataGap.ComparedDay, "compared_day"),
        (DataGap.NotArrived, "not_arrived"),
    ];

    /// <summary>The word of a gap in database and API.</summary>
    public static string WordOf(DataGap gap) => Gaps.First(one => one.Gap == gap).Word;

    /// <summary>The gap of a word.</summary>
    public static DataGap GapOf(string word) => Gaps.First(one => one.Word == word).Gap;
}
