using RetailInsight.Core.Outcomes;

namespace RetailInsight.Profiles;

/// <summary>What is odd about a record without holding it. The closed list; new ones are added at the end.</summary>
public enum FindingCode
{
    /// <summary>A date in a year its era did not have any more; read as the day it means.</summary>
    DateAfterEra,

    /// <summary>An item code whose check digit is wrong, or that has no length of a GTIN.</summary>
    ItemCodeInvalid,

    /// <summary>The stated tax is not what the profile's rule gives; the stated one is kept.</summary>
    TaxDifference,

    /// <summary>The lines do not add up to the stated total.</summary>
    TotalDifference,

    /// <summary>It happened after it was received.</summary>
    FutureDate,

    /// <summary>An amount beyond what the profile calls usual.</summary>
    WildAmount,

    /// <summary>A column the profile does not bind and did not expect: the feed has grown.</summary>
    ColumnUnknown,

    /// <summary>A record that is none of the profile's: opening a till, looking up a price.</summary>
    RecordSkipped,

    /// <summary>The amount of a line is not quantity × unit price.</summary>
    AmountDifference,

    /// <summary>What was paid is not the total.</summary>
    TenderDifference,

    /// <summary>A discount raises what it is taken from.</summary>
    DiscountSign,

    /// <summary>More was given back than was handed over in cash.</summary>
    ChangeWithoutCash,

    /// <summary>The same receipt stands in the file again and says something else: the later takes the place of the earlier.</summary>
    ReceiptReplaced,
}

/// <summary>The codes of <see cref="FindingCode"/> as they stand in answers.</summary>
public static class FindingCodes
{
    private static readonly string[] Codes =
        ["date_after_era", "item_code_invalid", "tax_difference", "total_difference", "future_date", "wild_amount", "column_unknown", "record_skipped",
            "amount_difference", "tender_difference", "discount_sign", "change_without_cash", "receipt_replaced"];

    /// <summary>The code, such as <c>tax_difference</c>.</summary>
    public static string Code(this FindingCode code) => Codes[(int)code];

    /// <summary>The place of a code in the list, from 0; −1 for none of it.</summary>
    public static int Place(string code) => Array.IndexOf(Codes, code);
}

/// <summary>How often one thing was found in a payload. Findings warn; nothing is held for them.</summary>
/// <param name="Code">What was found.</param>
/// <param name="Field">The vendor's own name of the field; null when none is at fault.</param>
/// <param name="Count">How often.</param>
/// <param name="Example">One English sentence about the first.</param>
/// <param name="At">Where the first stands.</param>
public sealed record Finding(FindingCode Code, string? Field, int Count, string Example, SourceLocation At)
{
    /// <summary>Business key of the first receipt it was found on, as sent; empty where it is about no receipt.</summary>
    public string Key { get; init; } = "";

    /// <summary>Whether it was only looked for because the profile is tried: the profile asks for no such check.</summary>
    public bool Unasked { get; init; }
}

/// <summary>Counts findings by code and field; keeps the first of each as the example.</summary>
internal sealed class FindingTally
{
    private readonly Dictionary<(FindingCode Code, string? Field), Finding> _found = [];

    /// <summary>What was found, in a fixed order.</summary>
    public IReadOnlyList<Finding> All => [.. _found.Values.OrderBy(finding => finding.Code).ThenBy(finding => finding.Field, StringComparer.Ordinal)];

    /// <summary>Counts one finding.</summary>
    public void Add(FindingCode code, string? field, string detail, SourceLocation at, string key = "", bool unasked = false)
    {
        var known = _found.GetValueOrDefault((code, field)) ?? new Finding(code, field, 0, detail, at) { Key = key, Unasked = unasked };
        _found[(code, field)] = known with { Count = known.Count + 1 };
    }
}
