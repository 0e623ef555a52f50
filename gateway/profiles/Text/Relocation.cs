using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Profiles.Text;

/// <summary>Gives what was read from a decoded text its places in the payload as it was sent.</summary>
internal static class Relocation
{
    /// <summary>The conversion with the offsets of the original.</summary>
    public static Conversion Of(Conversion conversion, Utf16Text text) => new()
    {
        Unreadable = conversion.Unreadable is { } rejection ? Of(rejection, text) : null,
        RowsRead = conversion.RowsRead,
        Transactions = [.. conversion.Transactions.Select(one => new Converted<Transaction>(one.Record with { Source = Of(one.Record.Source, text) }, one.Rows, one.ContentHash))],
        PeopleCounts = [.. conversion.PeopleCounts.Select(one => new Converted<PeopleCount>(one.Record with { Source = Of(one.Record.Source, text) }, one.Rows, one.ContentHash))],
        VisitorEvents = [.. conversion.VisitorEvents.Select(one => new Converted<VisitorEvent>(one.Record with { Source = Of(one.Record.Source, text) }, one.Rows, one.ContentHash))],
        PosAssignments = conversion.PosAssignments,
        DeclaredTotals = [.. conversion.DeclaredTotals.Select(one => new Converted<DeclaredTotals>(one.Record with { Source = Of(one.Record.Source, text) }, one.Rows, one.ContentHash))],
        Held = [.. conversion.Held.Select(held => held with { Rejections = [.. held.Rejections.Select(one => Of(one, text))] })],
        Findings = [.. conversion.Findings.Select(finding => finding with { At = Of(finding.At, text) })],
    };

    private static Rejection Of(Rejection rejection, Utf16Text text) => rejection with { At = Of(rejection.At, text) };

    // A place of row 0 is the whole payload.
    private static SourceLocation Of(SourceLocation at, Utf16Text text)
    {
        if (at.Row == 0)
        {
            return at;
        }

        var start = text.OriginalOffset(at.ByteOffset);
        return at with { ByteOffset = start, ByteLength = (int)(text.OriginalOffset(at.ByteOffset + at.ByteLength) - start) };
    }
}
