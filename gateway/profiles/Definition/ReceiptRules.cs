using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Profiles.Definition;

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

    /// <summary>Discounts by kind, fees, item codes.</summary>
    public SaleRules Sale { get; init; } = new();

    /// <summary>Checks that warn, or hold where the profile says so.</summary>
    public CheckRules Checks { get; init; } = CheckRules.None;

    /// <summary>A stated total that is not the sum is a finding only.</summary>
    public bool NoteTotal { get; init; }

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
