using System.Text.Json.Serialization;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Ingest;

/// <summary>What became of a file that was tried against a profile. Nothing of it was kept or counted.</summary>
/// <param name="Profile">The profile; empty when it is a draft that cannot be read.</param>
/// <param name="ProfileVersion">Its newest version, or the draft's own; 0 when it cannot be read.</param>
/// <param name="Sha256">Of the file as received, in hexadecimal.</param>
/// <param name="Level"><c>A</c>: goes live as it is. <c>B</c>: goes live, what is found is held back. <c>C</c>: cannot be accepted.</param>
/// <param name="MoneyDiffers">Whether figures of money contradict each other without the profile asking: the profile is likely wrong, also at level <c>A</c>. The notes say where.</param>
/// <param name="RowsRead">Data rows found.</param>
/// <param name="RowsAccepted">Rows that would be accepted.</param>
/// <param name="RowsHeld">Rows that would be held back.</param>
/// <param name="Receipts">The same in receipts (for counters: intervals; for masters: assignments).</param>
/// <param name="Totals">Sales and returns among what would be accepted, per currency.</param>
/// <param name="TotalsByDay">The same per store, business date, currency and tax rate.</param>
/// <param name="FindingCount">How many findings there are.</param>
/// <param name="Findings">The first 1,000 of them, in the order of the file.</param>
/// <param name="Notes">What is odd without holding anything, counted by code and field.</param>
/// <param name="Mistakes">What is wrong with a draft's YAML; the file is not read then.</param>
internal sealed record ProfileFindings(
    string Profile,
    int ProfileVersion,
    string Sha256,
    string Level,
    bool MoneyDiffers,
    int RowsRead,
    int RowsAccepted,
    int RowsHeld,
    ReceiptCounts Receipts,
    IReadOnlyList<MoneyTotal> Totals,
    IReadOnlyList<DayTotal> TotalsByDay,
    int FindingCount,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<Note> Notes,
    IReadOnlyList<DraftMistake> Mistakes)
{
    private const int Listed = 1_000;

    /// <summary>What the receipt of a live push on an empty ledger would say, told as findings.</summary>
    public static ProfileFindings Of(Receipt receipt, Conversion conversion)
    {
        var found = conversion.Unreadable is { } unreadable
            ? [Finding.Of("C", "", unreadable)]
            : conversion.Held.SelectMany(held => held.Rejections.Select(rejection => Finding.Of("B", held.Key, rejection))).OrderBy(finding => finding.Row).ToList();
        var level = found.Count == 0 ? "A" : receipt.Receipts.Read > receipt.Receipts.Quarantined ? "B" : "C";
        return new ProfileFindings(
            receipt.Profile,
            receipt.ProfileVersion,
            receipt.Sha256,
            level,
            conversion.Findings.Any(finding => finding.Unasked),
            receipt.RowsRead,
            receipt.RowsRead - receipt.Quarantined,
            receipt.Quarantined,
            receipt.Receipts,
            receipt.Totals,
            receipt.TotalsByDay,
            found.Count,
            [.. found.Take(Listed)],
            [.. conversion.Findings.Select(Note.Of)],
            []);
    }

    /// <summary>What is wrong with a draft.</summary>
    public static ProfileFindings Of(ProfileException wrong, string sha256) => new(
        "", 0, sha256, "C", false, 0, 0, 0, new ReceiptCounts(0, 0, 0, 0, 0), [], [], 0, [], [], [.. wrong.Mistakes.Take(Listed).Select(DraftMistake.Of)]);
}

/// <summary>One thing found.</summary>
/// <param name="Level"><c>B</c>: holds its receipt back. <c>C</c>: holds the file back.</param>
/// <param name="Code">Closed list of codes.</param>
/// <param name="Key">Business key of the receipt as sent; empty when it cannot be read.</param>
/// <param name="Field">The vendor's own name of the field, when one is at fault.</param>
/// <param name="Row">1-based data row; 0 when the whole file is meant.</param>
/// <param name="ByteOffset">Offset of the row in the file after decompression.</param>
/// <param name="Detail">What was found and what was expected.</param>
/// <param name="Reason">What the code means.</param>
/// <param name="Fix">What makes it good.</param>
internal sealed record Finding(
    string Level,
    string Code,
    string Key,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field,
    int Row,
    long ByteOffset,
    string Detail,
    InBothLanguages Reason,
    InBothLanguages Fix)
{
    /// <summary>A rejection as a finding.</summary>
    public static Finding Of(string level, string key, Rejection rejection)
    {
        var (english, japanese) = (RejectionText.English(rejection.Reason), RejectionText.Japanese(rejection.Reason));
        return new Finding(
            level,
            rejection.Reason.Code(),
            key,
            rejection.Field,
            rejection.At.Row,
            rejection.At.ByteOffset,
            rejection.Detail,
            new InBothLanguages(english.Meaning, japanese.Meaning),
            new InBothLanguages(english.Fix, japanese.Fix));
    }
}

/// <summary>One odd thing, and how often. Nothing is held for it.</summary>
/// <param name="Code">Closed list of codes: those of <see cref="FindingCodes"/>, such as tax_difference.</param>
/// <param name="Key">Business key of the first receipt, as sent; empty when it is about none.</param>
/// <param name="Field">The vendor's own name of the field, when one is at fault.</param>
/// <param name="Count">How often.</param>
/// <param name="Row">1-based data row of the first; 0 when the whole file is meant.</param>
/// <param name="ByteOffset">Offset of that row in the file after decompression.</param>
/// <param name="Detail">What was found there.</param>
/// <param name="Reason">What the code means.</param>
/// <param name="Fix">What makes it go away, or who has to look.</param>
internal sealed record Note(
    string Code,
    string Key,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field,
    int Count,
    int Row,
    long ByteOffset,
    string Detail,
    InBothLanguages Reason,
    InBothLanguages Fix)
{
    /// <summary>A finding of the conversion.</summary>
    public static Note Of(Profiles.Finding found)
    {
        var (english, japanese) = (FindingText.English(found.Code), FindingText.Japanese(found.Code));
        return new Note(
            found.Code.Code(), found.Key, found.Field, found.Count, found.At.Row, found.At.ByteOffset, found.Example, new InBothLanguages(english.Meaning, japanese.Meaning), new InBothLanguages(english.Fix, japanese.Fix));
    }
}

/// <summary>A sentence in English and in Japanese.</summary>
internal sealed record InBothLanguages(string En, string Ja);
