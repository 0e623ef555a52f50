using System.Collections.Immutable;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Core.Canon;

/// <summary>
/// The row view of one receipt: what a converter builds and a person or a test reads. Money in micros of
/// <see cref="Currency"/>, rates in basis points.
/// </summary>
public sealed record Transaction
{
    /// <summary>Identity: a hash over the business key of the profile. The same receipt always has the same id.</summary>
    public required Id128 EventId { get; init; }

    /// <summary>The store's code in the tenant's own master.</summary>
    public required string Store { get; init; }

    /// <summary>What the vendor sent to name the store or register.</summary>
    public required string StoreAsSent { get; init; }

    /// <summary>The register, as sent.</summary>
    public required string Terminal { get; init; }

    /// <summary>The receipt number, as sent.</summary>
    public required string ReceiptNumber { get; init; }

    /// <summary>What kind of transaction it is; only sales and returns make up sales figures.</summary>
    public required TransactionKind Kind { get; init; }

    /// <summary>The trading day it counts for.</summary>
    public required DateOnly BusinessDate { get; init; }

    /// <summary>Whether the vendor stated the business date or the profile derived it.</summary>
    public required BusinessDateSource BusinessDateSource { get; init; }

    /// <summary>When it happened, with the offset of the store's wall clock.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Which clock <see cref="OccurredAt"/> was read from.</summary>
    public required ClockSource Clock { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public required string Currency { get; init; }

    /// <summary>
    /// Which version of the receipt this is by the vendor's own count or clock (microseconds since 1970): a lower one never
    /// takes the place of a higher one, whatever the order of arrival. 0 where the feed has none.
    /// </summary>
    public long SourceRevision { get; init; }

    /// <summary>Guests stated on the receipt; 0 when the feed does not say.</summary>
    public uint Guests { get; init; }

    /// <summary>Customer code as sent; empty when there is none.</summary>
    public string Customer { get; init; } = "";

    /// <summary>The transaction this one takes back; <see cref="Id128.None"/> for none.</summary>
    public Id128 OriginalEventId { get; init; }

    /// <summary>First source row and its place in the payload.</summary>
    public required Outcomes.SourceLocation Source { get; init; }

    /// <summary>The lines in source order. Identical lines are separate lines.</summary>
    public required ImmutableArray<TransactionLine> Lines { get; init; }

    /// <summary>One bucket per rate and category; they add up to the receipt.</summary>
    public required ImmutableArray<TaxBucket> TaxBuckets { get; init; }

    /// <summary>How it was paid; may be empty when the feed does not say.</summary>
    public ImmutableArray<Tender> Tenders { get; init; } = [];

    /// <summary>Every discount as stated, already contained in the amounts of the lines.</summary>
    public ImmutableArray<Discount> Discounts { get; init; } = [];

    /// <summary>Tax-exclusive total: Σ buckets.</summary>
    public long Net => Totals.Net;

    /// <summary>Tax total: Σ buckets.</summary>
    public long TaxTotal => Totals.Tax;

    /// <summary>Tax-inclusive total: Σ buckets.</summary>
    public long Gross => Totals.Gross;

    /// <summary>All three: Σ buckets.</summary>
    /// <exception cref="OverflowException">One of them does not fit in 64 bits of micros.</exception>
    public (long Net, long Tax, long Gross) Totals
    {
        get
        {
            var (net, tax, gross) = (0L, 0L, 0L);
            foreach (ref readonly var bucket in TaxBuckets.AsSpan())
            {
                net = checked(net + bucket.Net);
                tax = checked(tax + bucket.Tax);
                gross = checked(gross + bucket.Gross);
            }

            return (net, tax, gross);
        }
    }
}

/// <summary>One line of a receipt. Net + tax = gross, and each adds up over the lines to the receipt's tax bucket.</summary>
/// <param name="LineNumber">1-based within the receipt.</param>
/// <param name="Item">What was sold.</param>
/// <param name="Quantity">In micros of a piece (1,000,000 = 1); negative on a return.</param>
/// <param name="UnitPrice">On <paramref name="TaxBasis"/>, micros.</param>
/// <param name="TaxBasis">Whether the stated amounts contain tax.</param>
/// <param name="RateBasisPoints">Tax rate: 1000 = 10 %.</param>
/// <param name="TaxCategory">8 % standard and 8 % reduced are not the same.</param>
/// <param name="StatedAmount">As stated, before discounts, micros.</param>
/// <param name="Discount">Line discount and share of receipt discounts, micros.</param>
/// <param name="Net">Tax-exclusive after discounts, micros.</param>
/// <param name="Tax">This line's share of the bucket's tax, micros.</param>
/// <param name="Gross">Tax-inclusive after discounts, micros.</param>
/// <param name="Merchandise">False for bags, postage, fees: in sales, out of item counts.</param>
/// <param name="SourceRow">1-based row of the payload.</param>
public readonly record struct TransactionLine(
    int LineNumber,
    Item Item,
    long Quantity,
    long UnitPrice,
    TaxBasis TaxBasis,
    int RateBasisPoints,
    TaxCategory TaxCategory,
    long StatedAmount,
    long Discount,
    long Net,
    long Tax,
    long Gross,
    bool Merchandise,
    int SourceRow);

/// <summary>All of a receipt that falls under one rate and category.</summary>
/// <param name="RateBasisPoints">1000 = 10 %.</param>
/// <param name="Category">Standard, reduced, exempt or tax-free.</param>
/// <param name="Net">Micros.</param>
/// <param name="Tax">Micros: the vendor's figure where stated, else derived.</param>
/// <param name="Gross">Micros.</param>
/// <param name="TaxStated">Whether <paramref name="Tax"/> is the vendor's own figure.</param>
/// <param name="ComputedTax">What the profile's rule gives, kept beside the stated figure.</param>
public readonly record struct TaxBucket(int RateBasisPoints, TaxCategory Category, long Net, long Tax, long Gross, bool TaxStated, long ComputedTax);

/// <summary>A means of payment and what was paid with it, in micros.</summary>
public readonly record struct Tender(string Method, long Amount);

/// <summary>A discount as stated, in micros on the receipt's tax basis; positive lowers a sale.</summary>
/// <param name="LineNumber">0 for one on the whole receipt.</param>
/// <param name="Kind">Who or what lowers the price.</param>
/// <param name="Amount">Micros.</param>
/// <param name="Label">The vendor's own word for it.</param>
public readonly record struct Discount(int LineNumber, DiscountKind Kind, long Amount, string Label);

/// <summary>People seen crossing one line of one device in [<see cref="From"/>, <see cref="To"/>).</summary>
public sealed record PeopleCount
{
    /// <summary>Identity: device, line and interval.</summary>
    public required Id128 EventId { get; init; }

    /// <summary>The store's code in the tenant's own master.</summary>
    public required string Store { get; init; }

    /// <summary>The device, as sent.</summary>
    public required string Device { get; init; }

    /// <summary>The counting line or zone of the device, as sent.</summary>
    public required string Line { get; init; }

    /// <summary>What the numbers mean: counts of the interval alone, or people in view at an instant.</summary>
    public required CountKind Kind { get; init; }

    /// <summary>First instant of the interval, with the store's offset.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>First instant after the interval, with the store's offset.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The trading day the interval begins in.</summary>
    public required DateOnly BusinessDate { get; init; }

    /// <summary>Crossings inwards.</summary>
    public required uint Entered { get; init; }

    /// <summary>Crossings outwards.</summary>
    public required uint Left { get; init; }

    /// <summary>Of those who entered, whom the device takes for staff; never taken off <see cref="Entered"/>.</summary>
    public uint Staff { get; init; }

    /// <summary>People in view; only of <see cref="CountKind.Occupancy"/>.</summary>
    public uint Occupancy { get; init; }

    /// <summary>The zone the line is of, by the device register; empty where it names none.</summary>
    public string Zone { get; init; } = "";

    /// <summary>What the line is for.</summary>
    public CountRole Role { get; init; } = CountRole.Entrance;

    /// <summary>Whether the vendor has multiplied what was counted.</summary>
    public CountMeasure Measure { get; init; } = CountMeasure.Raw;

    /// <summary>Whether people were counted in the interval that no report tells of: at least so many crossed, and the interval is no observation.</summary>
    public bool Partial { get; init; }

    /// <summary>Number of the device's package, rising by 1; 0 when it does not number them.</summary>
    public ulong Sequence { get; init; }

    /// <summary>Firmware of the device, as sent; empty when it does not say.</summary>
    public string Firmware { get; init; } = "";

    /// <summary>Where it stands in the payload.</summary>
    public required Outcomes.SourceLocation Source { get; init; }
}
