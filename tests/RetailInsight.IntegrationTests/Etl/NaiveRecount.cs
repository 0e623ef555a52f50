using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.IntegrationTests.Etl;

/// <summary>The KPIs of what some batches say, counted one record after the other; every hour and day as one line of text.</summary>
internal static class NaiveRecount
{
    public static IEnumerable<string> Hours(IReadOnlyList<SyntheticStore> stores, IReadOnlyCollection<SyntheticBatch> batches)
    {
        var receipts = batches.SelectMany(batch => batch.Receipts).GroupBy(record => record.Receipt.EventId).Select(revisions => revisions.MaxBy(record => record.Revision).Receipt).ToList();
        var counts = batches.SelectMany(batch => batch.Counts).GroupBy(record => record.Count.EventId).Select(revisions => revisions.MaxBy(record => record.Revision).Count).ToList();
        var voided = receipts.Where(receipt => receipt.Kind == TransactionKind.Void).Select(receipt => receipt.OriginalEventId).ToHashSet();
        var lines = new List<string>();
        foreach (var store in stores)
        {
            for (var day = 0; day < 6; day++)
            {
                var date = SyntheticCompany.FirstDay.AddDays(day);
                var ofDay = receipts.Where(receipt => receipt.Store == store.Code && receipt.BusinessDate == date).ToList();
                var countsOfDay = counts.Where(count => count.Store == store.Code && count.BusinessDate == date).ToList();
                if (ofDay.Count + countsOfDay.Count > 0)
                {
                    var sales = ofDay.Where(receipt => receipt.Kind is TransactionKind.Sale or TransactionKind.Return && !voided.Contains(receipt.EventId)).ToList();
                    lines.AddRange(Enumerable.Range(0, 48).Select(hour => Hour(store, date, hour, sales, countsOfDay)).OfType<string>());
                }
            }
        }

        return lines;
    }

    private static string? Hour(SyntheticStore store, DateOnly date, int hour, List<Transaction> sales, List<PeopleCount> counts)
    {
        var openMinutes = Enumerable.Range(hour * 60, 60).Count(minute => minute >= store.Opens && minute < store.Closes);
        var inHour = sales.Where(receipt => Math.Clamp((int)Math.Floor(Minutes(receipt.OccurredAt, date) / 60), 0, 47) == hour).ToList();
        if (openMinutes == 0 && inHour.Count == 0)
        {
            return null;
        }

        var paid = inHour.Where(receipt => receipt.Kind == TransactionKind.Sale && receipt.Lines.Any(line => line.Quantity > 0) && receipt.Net >= 0).ToList();
        var returned = inHour.Where(receipt => receipt.Kind == TransactionKind.Return).ToList();
        var seen = counts.Where(count => Minutes(count.From, date) is var from && from >= store.Opens && from < store.Closes && (int)from / 60 == hour).ToList();
        var items = paid.Sum(receipt => receipt.Lines.Where(line => line.Merchandise).Sum(line => line.Quantity));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{store.Code} {date:yyyy-MM-dd} {hour} net={inHour.Sum(r => r.Net)} tax={inHour.Sum(r => r.TaxTotal)} gross={inHour.Sum(r => r.Gross)} receipts={paid.Count} items={items} returns={returned.Count} return_net={returned.Sum(r => r.Net)} visitors={(seen.Count == 0 ? "unknown" : seen.Sum(count => count.Entered))} observed={seen.Count * 15} expected={openMinutes * store.DoorLines}");
    }

    private static double Minutes(DateTimeOffset at, DateOnly date) => (at.DateTime - date.ToDateTime(TimeOnly.MinValue)).TotalMinutes;
}
