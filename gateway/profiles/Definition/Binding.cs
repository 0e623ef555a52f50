using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Profiles.Definition;

/// <summary>The types a profile may give a field.</summary>
internal enum ValueType
{
    /// <summary>Free text, kept as sent.</summary>
    Text,

    /// <summary>An identifier: trimmed, leading zeros kept.</summary>
    Code,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with at most six decimals.</summary>
    Decimal,

    /// <summary>An amount in currency units with at most six decimals.</summary>
    Money,

    /// <summary>A calendar date in one of the stated formats.</summary>
    Date,

    /// <summary>Hours 0–47, minutes and seconds since midnight of the business date.</summary>
    Time,

    /// <summary>A date and time: ISO 8601 with an offset, or a stated format on the store's wall clock.</summary>
    Timestamp,

    /// <summary>True or false.</summary>
    Flag,
}

/// <summary>Where a JSON path starts.</summary>
internal enum PathRoot
{
    /// <summary>The element the field belongs to.</summary>
    Element,

    /// <summary>The whole payload (<c>$.</c>).</summary>
    Payload,
}

/// <summary>Where a line's reference into its receipt leads: the tax of that uid, and of it the percentage.</summary>
/// <param name="Each">Array of the receipt.</param>
/// <param name="Key">Member of its elements that equals the reference.</param>
/// <param name="Value">Member that holds the value meant.</param>
internal sealed record Lookup(string[] Each, string[] Key, string[] Value);

/// <summary>How one canonical field is read.</summary>
internal sealed record Binding
{
    private static readonly HashSet<TransactionKind> NoKinds = [];

    // One bit a kind: every figure asks.
    private readonly uint _negatedKinds;

    /// <summary>Canonical name, such as <c>receipt_number</c>.</summary>
    public required string Field
    {
        get;
        init
        {
            field = value;
            Recurs = value is not (CanonicalFields.ReceiptNumber or CanonicalFields.OriginalReceiptNumber or CanonicalFields.Customer);
        }
    }

    /// <summary>Position among all bindings of the profile.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The vendor's name: a column or a JSON path; null for a constant.</summary>
    public string? From { get; init; }

    /// <summary>Where <see cref="Path"/> starts.</summary>
    public PathRoot Root { get; init; }

    /// <summary><see cref="From"/> as the steps of a JSON path.</summary>
    public string[] Path { get; init; } = [];

    /// <summary>How the text is understood.</summary>
    public required ValueType Type { get; init; }

    /// <summary>Whether an empty or absent value holds the record.</summary>
    public required bool Required { get; init; }

    /// <summary>Used where the value is empty or absent.</summary>
    public string? Default { get; init; }

    /// <summary>Used always.</summary>
    public string? Constant { get; init; }

    /// <summary>Accepted formats of a date or timestamp.</summary>
    public string[] Formats { get; init; } = [];

    /// <summary>What a code means; null where it is kept as sent.</summary>
    public CodeMap? Map { get; init; }

    /// <summary>An ending a vendor's export adds to a code, taken off.</summary>
    public string? DropSuffix { get; init; }

    /// <summary>Set where several fields decide the meaning together; then there is nothing to read here.</summary>
    public Decision? Decision { get; init; }

    /// <summary>JSON: the vendor writes this code as a number.</summary>
    public bool Numeric { get; init; }

    /// <summary>CSV: the column may be missing from the file, as it is where a shop sets the columns.</summary>
    public bool Optional { get; init; }

    /// <summary>JSON: array whose elements' amounts are added up; null where one value is read.</summary>
    public string[]? Each { get; init; }

    /// <summary>The code ends before this text: <c>-</c> takes the branch of a reprint, 12345-01, off the receipt's number.</summary>
    public string? CutAt { get; init; }

    /// <summary>JSON: the value read is the key of an element of the receipt that holds the value meant.</summary>
    public Lookup? Lookup { get; init; }

    /// <summary>Printed with the opposite sign, such as a discount of 100 as -100.</summary>
    public bool Negate { get; init; }

    /// <summary>Kinds of receipt that print it with the opposite sign.</summary>
    public IReadOnlySet<TransactionKind> NegateFor
    {
        get;
        init
        {
            field = value;
            _negatedKinds = value.Aggregate(0u, static (kinds, kind) => kinds | (1u << (int)kind));
        }
    } = NoKinds;

    /// <summary>Whether it is printed with the opposite sign on a receipt of that kind.</summary>
    public bool IsNegated(TransactionKind kind) => Negate || (_negatedKinds >> (int)kind & 1) != 0;

    /// <summary>Every meaning it can have.</summary>
    public IEnumerable<string> Meanings => Decision?.Meanings ?? Map?.Meanings ?? [Constant ?? ""];

    /// <summary>Whether few values come again and again, as those of products and stores do and numbers of receipts do not.</summary>
    public bool Recurs { get; private init; }

    /// <summary>Whether what is sent is the value as it stands.</summary>
    public bool IsPlain => Constant is null && Map is null && DropSuffix is null && CutAt is null;

    /// <summary>Whether it may be empty, and then has no value.</summary>
    public bool MayBeEmpty => !Required && Default is null;

    /// <summary>What the vendor calls it, for messages.</summary>
    public string VendorName => From ?? Field;
}
