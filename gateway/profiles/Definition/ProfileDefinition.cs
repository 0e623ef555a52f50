using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Profiles.Definition;

/// <summary>Which ways of writing a number a feed uses beyond plain digits.</summary>
/// <param name="Thousands">1,234.</param>
/// <param name="CurrencySign">¥1,234.</param>
/// <param name="Minus">Signs read as minus besides <c>-</c>, such as △.</param>
/// <param name="AsStrings">Numbers of a JSON feed come as strings.</param>
internal sealed record NumberStyle(bool Thousands, bool CurrencySign, string Minus, bool AsStrings);

internal enum StoreRule
{
    /// <summary>One store for the whole feed.</summary>
    Constant,

    /// <summary>A field carries the store's code.</summary>
    Code,

    /// <summary>The POS master says where the register stood on the business date.</summary>
    Terminal,
}

/// <summary>How the store of a record is found.</summary>
internal sealed record StoreResolution(StoreRule Rule, string? Code);

internal enum BusinessDateRule
{
    /// <summary>A field states it.</summary>
    Stated,

    /// <summary>Derived from the instant by the store's cut-over.</summary>
    CutOver,

    /// <summary>The calendar date of the timestamp on the store's wall clock.</summary>
    CalendarDate,
}

/// <summary>A tax rate and category the feed may use.</summary>
internal readonly record struct TaxRate(int BasisPoints, TaxCategory Category);

/// <summary>One tax a CSV receipt states in a column of its own.</summary>
internal sealed record StatedTaxColumn(TaxRate Rate, Binding Tax);

/// <summary>The taxes a JSON receipt states in an array.</summary>
internal sealed record StatedTaxArray(string[] Path, Binding Rate, Binding Category, Binding Tax, Binding? Net);

/// <summary>What amounts mean for tax.</summary>
internal sealed record TaxRules(
    TaxBasis Basis,
    TaxRounding Rounding,
    decimal RateUnit,
    IReadOnlyList<TaxRate> Rates,
    IReadOnlyList<StatedTaxColumn> StatedColumns,
    StatedTaxArray? StatedArray);

/// <summary>How a receipt was paid: columns of the head, or elements of an array.</summary>
internal sealed record TenderRules(string[]? Path, IReadOnlyList<(Binding Method, Binding Amount)> Pairs);

/// <summary>Which lines are goods: those whose field does not match one of the values.</summary>
internal sealed record MerchandiseRule(Binding Field, CodeMap Excluded);

/// <summary>What a receipt profile says beyond its bindings.</summary>
internal sealed record ReceiptRules
{
    /// <summary>Kinds whose positive quantities and amounts are negated; empty where the feed sends signs.</summary>
    public required IReadOnlySet<TransactionKind> Negated { get; init; }

    public required TaxRules Tax { get; init; }

    public TenderRules? Tenders { get; init; }

    public MerchandiseRule? Merchandise { get; init; }

    /// <summary>Which clock the timestamps come from.</summary>
    public required ClockSource Clock { get; init; }

    /// <summary>The stated total must be the sum.</summary>
    public required bool CheckTotal { get; init; }

    /// <summary>Each amount must be quantity × unit price.</summary>
    public required bool CheckAmount { get; init; }

    /// <summary>CSV: receipt fields whose equality makes rows one receipt.</summary>
    public IReadOnlyList<Binding> GroupBy { get; init; } = [];

    /// <summary>CSV: receipt fields that may differ between rows; the first row's value counts.</summary>
    public IReadOnlyList<Binding> FirstRowCounts { get; init; } = [];

    /// <summary>JSON: array of receipts, from the payload.</summary>
    public string[] ReceiptsPath { get; init; } = [];

    /// <summary>JSON: array of lines, from the receipt.</summary>
    public string[] LinesPath { get; init; } = [];
}

/// <summary>A profile as the converter uses it: linted, every reference resolved.</summary>
internal sealed record ProfileDefinition
{
    public required Container Container { get; init; }

    /// <summary>Column names of a CSV file that has no header row; null where the first row names them.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    public required NumberStyle Numbers { get; init; }

    /// <summary>ISO 4217; empty for a feed without money.</summary>
    public required string Currency { get; init; }

    /// <summary>Head fields of a receipt, or the fields of a record, by canonical name.</summary>
    public required IReadOnlyDictionary<string, Binding> Head { get; init; }

    /// <summary>Fields of a receipt's line, by canonical name.</summary>
    public required IReadOnlyDictionary<string, Binding> Line { get; init; }

    /// <summary>Every binding, by ordinal.</summary>
    public required IReadOnlyList<Binding> Bindings { get; init; }

    /// <summary>Canonical names whose values make up the event id, in order.</summary>
    public required IReadOnlyList<string> Identity { get; init; }

    public StoreResolution? Store { get; init; }

    public required BusinessDateRule BusinessDate { get; init; }

    /// <summary>Only for <see cref="FeedContent.Transactions"/>.</summary>
    public ReceiptRules? Receipts { get; init; }

    /// <summary>JSON feeds without receipts: the array of records.</summary>
    public string[] RecordsPath { get; init; } = [];
}
