namespace RetailInsight.Gateway.Feeds;

/// <summary>What it means that a feed sends a store-day again.</summary>
internal static class ResendMode
{
    /// <summary>A file adds receipts; one that is known changes nothing, or is corrected.</summary>
    public const string Append = "append";

    /// <summary>A file has what is new or changed since the last; it lands as with <see cref="Append"/>.</summary>
    public const string Delta = "delta";

    /// <summary>A file is the whole set of its store-days; what a later one no longer contains is an omission to be decided about.</summary>
    public const string Replace = "replace";

    /// <summary>Whether there is such a mode.</summary>
    public static bool IsKnown(string mode) => mode is Append or Delta or Replace;
}
