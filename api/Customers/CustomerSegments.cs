using RetailInsight.Core.Calendar;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Customers;

/// <summary>Customers who call for the same answer.</summary>
internal enum CustomerSegment
{
    /// <summary>Recent and frequent.</summary>
    Best,

    /// <summary>Fairly recent and fairly frequent.</summary>
    Regular,

    /// <summary>Recent, but seldom so far.</summary>
    New,

    /// <summary>Neither recent nor gone, seldom.</summary>
    Occasional,

    /// <summary>Were frequent and have not come for long.</summary>
    AtRisk,

    /// <summary>Seldom, and not for long.</summary>
    Lapsed,
}

/// <summary>A segment and what it bought. The figures are null where it is too small to be shown.</summary>
/// <param name="Segment">Which.</param>
/// <param name="Customers">How many.</param>
/// <param name="Receipts">Over 365 days.</param>
/// <param name="Net">Net sales over 365 days, micros.</param>
internal sealed record SegmentFigures(CustomerSegment Segment, int? Customers, int? Receipts, long? Net)
{
    /// <summary>Net sales a customer, in currency units; null of nobody.</summary>
    public decimal? NetPerCustomer => Customers is > 0 and { } count && Net is { } net ? Money.ToDecimal(net) / count : null;

    /// <summary>Visits a customer; null of nobody.</summary>
    public decimal? ReceiptsPerCustomer => Customers is > 0 and { } count ? (decimal?)Receipts / count : null;

    /// <summary>The share of the customers of all segments that are shown.</summary>
    public decimal? CustomerShare(IReadOnlyList<SegmentFigures> all) => (decimal?)Customers / Math.Max(1, all.Sum(one => one.Customers ?? 0));

    /// <summary>The share of their net sales; null where these come to nothing.</summary>
    public decimal? SalesShare(IReadOnlyList<SegmentFigures> all) => all.Sum(one => one.Net ?? 0) is > 0 and var net ? (decimal?)Net / net : null;
}

/// <summary>Puts cells of customers into segments.</summary>
internal static class CustomerSegments
{
    /// <summary>Fewer customers than these could be somebody one knows: their figures are not shown.</summary>
    public const int Fewest = 5;

    /// <summary>Days up to a date over which receipts with a customer are counted against all.</summary>
    public const int IdentifiedDays = 28;

    private const int Middle = 3;

    /// <summary>These days.</summary>
    public static DateSpan IdentifiedOver(DateOnly date) => new(date.AddDays(1 - IdentifiedDays), date);

    /// <summary>The segment of fifths.</summary>
    public static CustomerSegment Of(int recency, int frequency) => (recency, frequency) switch
    {
        ( > Middle, > Middle) => CustomerSegment.Best,
        ( >= Middle, >= Middle) => CustomerSegment.Regular,
        ( > Middle, _) => CustomerSegment.New,
        (Middle, _) => CustomerSegment.Occasional,
        (_, >= Middle) => CustomerSegment.AtRisk,
        _ => CustomerSegment.Lapsed,
    };

    /// <summary>
    /// Every segment in order. One below <see cref="Fewest"/> customers is empty; so that it cannot be had by subtraction, the smallest of the
    /// others is empty too where it would be the only one.
    /// </summary>
    public static IReadOnlyList<SegmentFigures> From(IEnumerable<CustomerCell> cells)
    {
        var sums = cells.GroupBy(cell => Of(cell.Recency, cell.Frequency)).ToDictionary(group => group.Key, group => group.ToList());
        var whole = Enum.GetValues<CustomerSegment>().Select(segment => sums.GetValueOrDefault(segment, [])).Select((own, at) => (
            Segment: (CustomerSegment)at, Customers: own.Sum(cell => cell.Customers), Receipts: own.Sum(cell => cell.Receipts), Net: own.Sum(cell => cell.Net))).ToList();
        var hidden = whole.Where(one => one.Customers is > 0 and < Fewest).Select(one => one.Segment).ToHashSet();
        if (hidden.Count == 1 && whole.Where(one => one.Customers >= Fewest).OrderBy(one => one.Customers).FirstOrDefault() is { Customers: > 0 } next)
        {
            hidden.Add(next.Segment);
        }

        return [.. whole.Select(one => hidden.Contains(one.Segment) ? new SegmentFigures(one.Segment, null, null, null) : new SegmentFigures(one.Segment, one.Customers, one.Receipts, one.Net))];
    }
}
