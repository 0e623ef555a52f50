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

/// <summary>What is compared, and how seriously a difference is taken.</summary>
internal sealed record CheckRules
{
    /// <summary>A profile that says nothing.</summary>
    public static readonly CheckRules None = new();

    /// <summary>The stated total against the sum of the lines.</summary>
    public CheckLevel Total { get; init; }

    /// <summary>The stated amount of a line against quantity × unit price.</summary>
    public CheckLevel Amount { get; init; }

    /// <summary>What was paid, less the change, against the total.</summary>
    public CheckLevel Tenders { get; init; }

    /// <summary>Discounts that raise what they are taken from.</summary>
    public CheckLevel Discounts { get; init; }

    /// <summary>Stated tax against the profile's rule.</summary>
    public CheckLevel Tax { get; init; }

    /// <summary>Received before it happened.</summary>
    public CheckLevel Future { get; init; }

    /// <summary>Amounts above <see cref="WildAbove"/>.</summary>
    public CheckLevel Wild { get; init; }

    /// <summary>In micros.</summary>
    public long WildAbove { get; init; }

    /// <summary>The same where nothing about money goes without being noted: a profile that is tried must not look better than it is.</summary>
    public CheckRules Scrutinised() => this with { Total = Noted(Total), Amount = Noted(Amount), Tenders = Noted(Tenders), Discounts = Noted(Discounts), Tax = Noted(Tax) };

    private static CheckLevel Noted(CheckLevel level) => level == CheckLevel.Off ? CheckLevel.Note : level;
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
