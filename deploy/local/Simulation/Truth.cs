namespace RetailInsight.Local.Simulation;

/// <summary>What the figures of a store and business date have to be once every file has arrived. Money in yen.</summary>
/// <param name="Store">Store code.</param>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="Net">Sales less returns, without tax.</param>
/// <param name="Tax">Likewise.</param>
/// <param name="Gross">Net + tax.</param>
/// <param name="Receipts">Sales, not voided.</param>
/// <param name="Items">Pieces of merchandise on those.</param>
/// <param name="Returns">Returns.</param>
/// <param name="ReturnNet">Their net, negative.</param>
/// <param name="Visitors">Entered in opening hours; null when no counter reported.</param>
/// <param name="ObservedMinutes">Door minutes in opening hours that were reported.</param>
/// <param name="ExpectedMinutes">Opening minutes × doors.</param>
internal sealed record StoreDayTruth(
    string Store,
    DateOnly BusinessDate,
    long Net,
    long Tax,
    long Gross,
    int Receipts,
    int Items,
    int Returns,
    long ReturnNet,
    int? Visitors,
    int ObservedMinutes,
    int ExpectedMinutes);

/// <summary>Likewise for a clock hour (0–47 after local midnight of the business date); hours the store is closed are left out.</summary>
/// <param name="Hour">Clock hour.</param>
/// <param name="Figures">As <see cref="StoreDayTruth"/>, of this hour.</param>
internal sealed record StoreHourTruth(int Hour, StoreDayTruth Figures);

/// <summary>A receipt that must be held, with the money at risk in yen.</summary>
internal sealed record HeldReceipt(string Store, DateOnly BusinessDate, string FileName, string PosCode, string Terminal, string Number, BadRow Row, int Rows, long Net, long Tax);

/// <summary>What has to come out of the whole delivery; what each file is answered stands on the <see cref="SimulatedFile"/>.</summary>
/// <param name="StoreDays">One a store and business date.</param>
/// <param name="StoreHours">One a store, business date and opening hour.</param>
/// <param name="Held">Receipts in quarantine at the end.</param>
internal sealed record Truth(IReadOnlyList<StoreDayTruth> StoreDays, IReadOnlyList<StoreHourTruth> StoreHours, IReadOnlyList<HeldReceipt> Held)
{
    /// <summary>Adds up one store-day, or the part of it in [fromMinute, toMinute).</summary>
    public static StoreDayTruth Of(
        SimulatedStore store, DateOnly date, IEnumerable<Receipt> receipts, IEnumerable<DoorInterval> intervals, int fromMinute = 0, int toMinute = 48 * 60)
    {
        var counted = receipts.Where(receipt => receipt.Counts && receipt.Second >= fromMinute * 60 && receipt.Second < toMinute * 60).ToArray();
        var sales = Array.FindAll(counted, receipt => receipt.Kind == ReceiptKind.Sale);
        var returns = Array.FindAll(counted, receipt => receipt.Kind == ReceiptKind.Return);
        var (opens, closes) = (Math.Max(store.OpensMinute, fromMinute), Math.Min(store.ClosesMinute, toMinute));
        var seen = intervals.Where(interval => interval.FromMinute >= opens && interval.FromMinute < closes).ToArray();
        var net = counted.Sum(receipt => receipt.Sign * receipt.Net);
        var tax = counted.Sum(receipt => receipt.Sign * receipt.Tax);
        return new StoreDayTruth(
            store.Code,
            date,
            net,
            tax,
            net + tax,
            sales.Length,
            sales.Sum(receipt => receipt.Lines.Where(line => line.Item.IsMerchandise).Sum(line => line.Quantity)),
            returns.Length,
            returns.Sum(receipt => -receipt.Net),
            seen.Length == 0 ? null : seen.Sum(interval => interval.Entered),
            seen.Length * DoorCounter.IntervalMinutes,
            Math.Max(0, closes - opens) * store.DoorLines);
    }
}
