using System.Collections.Immutable;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Receipts;

/// <summary>A tax the receipt states for one rate, amounts in micros as sent.</summary>
internal readonly record struct StatedTax(TaxRate Rate, long Tax, long? Net, Binding From);

/// <summary>The head of a receipt as sent: typed, nothing resolved or signed yet.</summary>
internal sealed record ReceiptHead
{
    public string Store { get; set; } = "";

    /// <summary>What was sent to name store or register, where a map of the profile makes something else of it; null where it is looked up as sent.</summary>
    public string? StoreAsSent { get; set; }

    public string Terminal { get; set; } = "";

    public string ReceiptNumber { get; set; } = "";

    public string OriginalReceiptNumber { get; set; } = "";

    /// <summary>Unspecified when its code cannot be read.</summary>
    public TransactionKind Kind { get; set; }

    public DateOnly? BusinessDate { get; set; }

    /// <summary>Set where the profile reads a time since midnight of the business date.</summary>
    public TimeSpan? Time { get; set; }

    /// <summary>Set where the profile reads a timestamp.</summary>
    public Moment? Moment { get; set; }

    public uint Guests { get; set; }

    public string Customer { get; set; } = "";

    public long Discount { get; set; }

    public long? Total { get; set; }

    /// <summary>The vendor's own count of versions, or microseconds since 1970; 0 for none.</summary>
    public long SourceRevision { get; set; }

    /// <summary>Stated by rate; one list serves receipt after receipt.</summary>
    public List<StatedTax> Taxes { get; } = [];

    public ImmutableArray<Tender> Tenders { get; set; } = [];

    /// <summary>Which of the tenders paid what the others left of the total; <see cref="TenderReader.NoRest"/> for none.</summary>
    public int RestOfTotal { get; set; } = TenderReader.NoRest;

    /// <summary>Discounts stated in fields of their own.</summary>
    public IReadOnlyList<StatedDiscount> Discounts { get; set; } = [];

    /// <summary>What is charged beside the goods, as lines.</summary>
    public IReadOnlyList<LineDraft> Fees { get; set; } = [];
}

/// <summary>A discount stated in a field of its own, amount in micros as sent.</summary>
internal readonly record struct StatedDiscount(DiscountRule Rule, long Amount);

/// <summary>What few feeds say about a line.</summary>
internal sealed record LineExtras
{
    /// <summary>Whether the line's amounts contain tax, where each line says so itself.</summary>
    public TaxBasis Basis { get; init; }

    /// <summary>Tax of the line as stated, in micros as sent.</summary>
    public long? Tax { get; init; }

    /// <summary>Discounts by kind; contained in the line's discount.</summary>
    public IReadOnlyList<StatedDiscount> Discounts { get; init; } = [];

    /// <summary>No sale at all: a gift certificate sold, a deposit taken.</summary>
    public bool Outside { get; init; }
}

/// <summary>A line as sent, amounts in micros, before signs.</summary>
internal readonly record struct LineDraft(
    Item Item,
    long Quantity,
    long UnitPrice,
    long? Amount,
    long Discount,
    TaxRate Rate,
    bool Merchandise,
    SourceLocation At)
{
    /// <summary>Null where the feed says nothing beyond the plain fields.</summary>
    public LineExtras? Extras { get; init; }
}

/// <summary>A receipt while its rows are gathered.</summary>
/// <param name="key">The business key as sent, for people; asked for when the receipt is held.</param>
internal sealed class ReceiptDraft(Func<string> key)
{
    private List<Rejection>? _rejections;

    /// <summary>The business key as sent, for people.</summary>
    public string Key => key();

    /// <summary>Whether it is what is taken back within a receipt.</summary>
    public bool Returned { get; init; }

    /// <summary>Where its first row stands.</summary>
    public SourceLocation At { get; private set; }

    public ReceiptHead? Head { get; set; }

    /// <summary>A head to read into: one serves receipt after receipt.</summary>
    public ReceiptHead Room { get; } = new();

    public List<LineDraft> Lines { get; } = new(4);

    /// <summary>Data rows it consumed, ascending.</summary>
    public List<int> Rows { get; } = new(4);

    public IReadOnlyList<Rejection> Rejections => _rejections ?? (IReadOnlyList<Rejection>)[];

    /// <summary>Begins anew with another receipt.</summary>
    public ReceiptDraft Begin(SourceLocation at)
    {
        At = at;
        Head = null;
        Lines.Clear();
        Rows.Clear();
        _rejections = null;
        return this;
    }

    public void Reject(List<Rejection>? rejections)
    {
        if (rejections is not null && _rejections is not { Count: >= HoldLimits.ReasonsPerReceipt })
        {
            (_rejections ??= []).AddRange(rejections);
        }
    }
}
