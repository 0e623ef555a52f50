namespace RetailInsight.Ml.Edge;

/// <summary>The time after an installation in which a model may still be taken back without anybody's doing.</summary>
/// <param name="Starts">How often it was begun with and did not get as far as its golden questions.</param>
/// <param name="Failed">How many questions it did not answer itself.</param>
internal sealed record Probation(int Starts, int Failed);

/// <summary>Which slot answers. It is one small file that is replaced in one step: the switch from one model to another is that replacement and nothing else.</summary>
/// <param name="Active">The slot that answers: <c>a</c> or <c>b</c>; null before the first installation.</param>
/// <param name="Previous">The slot that answered before and may again; null for none.</param>
/// <param name="Newest">When the newest bundle that was ever switched to was made: older ones are refused.</param>
/// <param name="Probation">Of the active slot; null when it is over.</param>
/// <param name="RolledBack">Why the device went back by itself the last time; null when it did not.</param>
internal sealed record SlotState(string? Active, string? Previous, DateTimeOffset? Newest, Probation? Probation, string? RolledBack)
{
    /// <summary>Of a device that had no model yet.</summary>
    public static SlotState Empty { get; } = new(null, null, null, null, null);

    /// <summary>Back to the slot before; the one that failed is no place to return to.</summary>
    public SlotState Back(string why) => this with { Active = Previous, Previous = null, Probation = null, RolledBack = why };
}
