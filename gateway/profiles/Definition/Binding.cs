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
}

/// <summary>Where a JSON path starts.</summary>
internal enum PathRoot
{
    /// <summary>The element the field belongs to.</summary>
    Element,

    /// <summary>The whole payload (<c>$.</c>).</summary>
    Payload,
}

/// <summary>How one canonical field is read.</summary>
internal sealed record Binding
{
    /// <summary>Canonical name, such as <c>receipt_number</c>.</summary>
    public required string Field { get; init; }

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

    /// <summary>What the vendor calls it, for messages.</summary>
    public string VendorName => From ?? Field;
}
