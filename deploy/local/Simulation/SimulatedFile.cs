namespace RetailInsight.Local.Simulation;

/// <summary>One push of the demo company, with what a correct gateway has to answer.</summary>
/// <param name="Feed">Feed to push it to.</param>
/// <param name="FileName">Name to state; may contain Japanese.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="Content">The bytes.</param>
/// <param name="Rows">Verdicts counted in rows (CSV data rows, items, intervals).</param>
/// <param name="Records">Verdicts counted in records (receipts, intervals, master rows).</param>
/// <param name="ResendOf">
/// Name of the earlier file with the very same bytes, or null. The gateway answers such a push with the earlier receipt, so
/// the expected counts are the earlier ones and nothing is counted again.
/// </param>
internal sealed record SimulatedFile(
    string Feed,
    string FileName,
    string ContentType,
    byte[] Content,
    Verdicts Rows,
    Verdicts Records,
    string? ResendOf = null);

/// <summary>How many were accepted, dropped as duplicate, taken as a correction, held.</summary>
internal readonly record struct Verdicts(int Accepted, int Duplicate, int Superseding, int Quarantined)
{
    public int Total => Accepted + Duplicate + Superseding + Quarantined;

    public static Verdicts AllAccepted(int count) => new(count, 0, 0, 0);
}
