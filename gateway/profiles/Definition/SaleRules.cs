using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Profiles.Definition;

/// <summary>A discount a feed states in a field of its own.</summary>
/// <param name="Kind">Coupon, points, staff, or plain.</param>
/// <param name="Amount">Positive lowers a sale.</param>
/// <param name="Tender">
/// The means of payment it really is where somebody else bears it (another company's points, gift certificates); null where
/// the shop itself does, which lowers the sale.
/// </param>
internal sealed record DiscountRule(DiscountKind Kind, Binding Amount, string? Tender);

/// <summary>An amount of the head that is charged beside the goods: postage, a handling fee, bags.</summary>
/// <param name="Code">Item code of the line it becomes; never merchandise.</param>
/// <param name="Name">Its name.</param>
/// <param name="Rate">How it is taxed.</param>
/// <param name="Basis">Whether the amount contains tax.</param>
/// <param name="Amount">What is charged.</param>
internal sealed record FeeRule(string Code, string Name, TaxRate Rate, TaxBasis Basis, Binding Amount);

/// <summary>How seriously a check is taken.</summary>
internal enum CheckLevel
{
    /// <summary>Not looked at.</summary>
    Off,

    /// <summary>Counted as a finding.</summary>
    Note,

    /// <summary>The receipt is held.</summary>
    Hold,
}

/// <summary>How item codes are read.</summary>
/// <param name="Check">What a wrong check digit means.</param>
/// <param name="AsGtin14">Valid codes of 8, 12, 13 and 14 digits are written with 14, so that one product has one code.</param>
/// <param name="PriceEmbedded">Prefixes of in-store codes that carry the price (NON-PLU).</param>
/// <param name="ItemDigits">How many digits after the prefix name the item; the rest is cut off.</param>
internal sealed record ItemCodeRules(CheckLevel Check, bool AsGtin14, IReadOnlyList<string> PriceEmbedded, int ItemDigits);

/// <summary>Checks beyond those that always hold a receipt.</summary>
/// <param name="Tax">Stated tax against the profile's rule.</param>
/// <param name="Future">Received before it happened.</param>
/// <param name="Wild">Amounts above <paramref name="WildAbove"/>.</param>
/// <param name="WildAbove">In micros.</param>
internal sealed record CheckRules(CheckLevel Tax, CheckLevel Future, CheckLevel Wild, long WildAbove)
{
    /// <summary>A profile that says nothing.</summary>
    public static readonly CheckRules None = new(CheckLevel.Off, CheckLevel.Off, CheckLevel.Off, 0);
}

/// <summary>What of a receipt is its sale: all that goes beyond lines, one discount and one total.</summary>
internal sealed record SaleRules
{
    /// <summary>Discounts on the whole receipt.</summary>
    public IReadOnlyList<DiscountRule> Receipt { get; init; } = [];

    /// <summary>Discounts the vendor has already put on the lines.</summary>
    public IReadOnlyList<DiscountRule> Line { get; init; } = [];

    /// <summary>What is charged beside the goods.</summary>
    public IReadOnlyList<FeeRule> Fees { get; init; } = [];

    /// <summary>Lines that are no sale at all, such as a gift certificate sold or a deposit taken.</summary>
    public MerchandiseRule? Outside { get; init; }

    /// <summary>How item codes are read; null where they are kept as sent.</summary>
    public ItemCodeRules? ItemCodes { get; init; }
}
