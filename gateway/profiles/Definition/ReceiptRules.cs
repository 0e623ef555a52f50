using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Profiles.Definition;

/// <summary>Which lines are goods: those whose field does not match one of the values.</summary>
internal sealed record MerchandiseRule(Binding Field, CodeMap Excluded);

/// <summary>What makes a receipt sent as a sale a return.</summary>
internal enum ReturnRule
{
    /// <summary>Nothing but its kind.</summary>
    ByKind,

    /// <summary>A stated total below zero.</summary>
    NegativeTotal,

    /// <summary>Quantities below zero, and none above.</summary>
    NegativeQuantity,
}

/// <summary>Where a receipt carries what is taken back with it.</summary>
/// <param name="Each">The array, from the receipt; its elements carry the lines.</param>
/// <param name="NumberSuffix">What is put behind the number of the receipt to name the return.</param>
internal sealed record ReturnedRules(string[] Each, string NumberSuffix);

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

    /// <summary>Discounts by kind, fees, item codes.</summary>
    public SaleRules Sale { get; init; } = new();

    /// <summary>Checks that warn, or hold where the profile says so.</summary>
    public CheckRules Checks { get; init; } = CheckRules.None;

    /// <summary>Whether the stated amount of a line is already less the line's discounts.</summary>
    public bool AmountAfterDiscount { get; init; }

    /// <summary>What makes a receipt sent as a sale a return.</summary>
    public ReturnRule Returns { get; init; }

    /// <summary>Set where these are the rules of what is taken back within a receipt.</summary>
    public ReturnedRules? Returned { get; init; }

    /// <summary>CSV: receipt fields whose equality makes rows one receipt.</summary>
    public IReadOnlyList<Binding> GroupBy { get; init; } = [];

    /// <summary>Whether what is cut off a field of the key numbers the lines of a receipt; else it tells a reprint, whose rows stand by themselves.</summary>
    public bool BranchIsLine { get; init; }

    /// <summary>CSV: receipt fields that may differ between rows; the first row's value counts.</summary>
    public IReadOnlyList<Binding> FirstRowCounts { get; init; } = [];

    /// <summary>JSON: array of receipts, from the payload.</summary>
    public string[] ReceiptsPath { get; init; } = [];

    /// <summary>JSON: array of lines, from the receipt.</summary>
    public string[] LinesPath { get; init; } = [];
}
