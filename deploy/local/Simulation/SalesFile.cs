using System.Globalization;

namespace RetailInsight.Local.Simulation;

/// <summary>Makes a push of some of a store-day's receipts, with the verdicts to expect.</summary>
internal static class SalesFile
{
    /// <summary>Vendor-b stores push at that minute what they sold until then, and the rest after closing.</summary>
    public const int AfternoonPushMinute = 15 * 60;

    /// <summary>A first delivery: everything is accepted but what is broken.</summary>
    public static SimulatedFile Create(TradingDay day, IReadOnlyList<Receipt> receipts, string feed, bool stateTaxes, string fileName) =>
        Create(day, receipts, feed, stateTaxes, fileName, day.BadRows, receipt => day.BadRows.ContainsKey(receipt.Key) ? Verdict.Quarantined : Verdict.Accepted);

    /// <summary>The whole day again, corrected: what was corrected supersedes, the rest is known already.</summary>
    public static SimulatedFile CreateCorrected(TradingDay day, string feed, bool stateTaxes, string fileName) =>
        Create(day, [.. day.Corrected], feed, stateTaxes, fileName, day.BadRows, receipt =>
            day.BadRows.ContainsKey(receipt.Key) ? Verdict.Quarantined : day.Corrections.ContainsKey(receipt.Key) ? Verdict.Superseding : Verdict.Duplicate);

    /// <summary>The pushes a store-day is split into.</summary>
    public static IEnumerable<(string FileName, IReadOnlyList<Receipt> Receipts)> Parts(TradingDay day)
    {
        var (feed, store, date) = (day.Store.Vendor, day.Store, day.Date);
        if (feed == Feeds.VendorA)
        {
            yield return (FileNames.Sales(feed, store, date), day.Receipts);
            yield break;
        }

        var noon = day.Receipts.TakeWhile(receipt => receipt.Second < AfternoonPushMinute * 60).Count();
        yield return (FileNames.Sales(feed, store, date, 1), [.. day.Receipts.Take(noon)]);
        yield return (FileNames.Sales(feed, store, date, 2), [.. day.Receipts.Skip(noon)]);
    }

    /// <summary>How a held receipt will stand in quarantine.</summary>
    public static HeldReceipt Held(TradingDay day, Receipt receipt)
    {
        var bad = day.BadRows[receipt.Key];
        var file = Parts(day).Single(part => part.Receipts.Contains(receipt)).FileName;
        return new HeldReceipt(
            day.Store.Code, day.Date, file, receipt.Register.PosCode, receipt.Register.Terminal, receipt.Number, bad, receipt.Lines.Count, receipt.Sign * receipt.Net, receipt.Sign * receipt.Tax);
    }

    private static SimulatedFile Create(
        TradingDay day, IReadOnlyList<Receipt> receipts, string feed, bool stateTaxes, string fileName, IReadOnlyDictionary<string, BadRow> badRows, Func<Receipt, Verdict> verdictOf)
    {
        var isA = feed == Feeds.VendorA;
        var content = isA
            ? VendorAWriter.Write(receipts, day.Date, stateTaxes, badRows)
            : VendorBWriter.Write(day.Store, receipts, day.Date, ExportedMinute(day, receipts), stateTaxes, badRows);
        var written = receipts.Select(receipt => (Rows: isA ? VendorAWriter.RowsOf(receipt) : VendorBWriter.RowsOf(receipt), Verdict: verdictOf(receipt)))
            .Where(entry => entry.Rows > 0).ToArray();
        Verdicts Count(Func<int, int> weight)
        {
            int Of(Verdict verdict) => written.Where(entry => entry.Verdict == verdict).Sum(entry => weight(entry.Rows));
            return new Verdicts(Of(Verdict.Accepted), Of(Verdict.Duplicate), Of(Verdict.Superseding), Of(Verdict.Quarantined));
        }

        return new SimulatedFile(feed, fileName, isA ? VendorAWriter.ContentType : VendorBWriter.ContentType, content, Count(rows => rows), Count(_ => 1));
    }

    private static int ExportedMinute(TradingDay day, IReadOnlyList<Receipt> receipts) =>
        receipts.Count > 0 && receipts[^1].Second >= AfternoonPushMinute * 60 ? day.Store.ClosesMinute + 10 : AfternoonPushMinute;

    private enum Verdict
    {
        Accepted,
        Duplicate,
        Superseding,
        Quarantined,
    }
}

/// <summary>How pushes are named.</summary>
internal static class FileNames
{
    public static string PosMaster(DateOnly date) => $"pos_master_{Compact(date)}.csv";

    public static string Sales(string feed, SimulatedStore store, DateOnly date, int part = 0) =>
        feed == Feeds.VendorA ? $"{store.Code}_{Compact(date)}.csv" : $"{store.Code}-{Compact(date)}{(part == 0 ? "" : $"-{part}")}.json";

    public static string Corrected(SimulatedStore store, DateOnly date) =>
        store.Vendor == Feeds.VendorA ? $"{store.Code}_{Compact(date)}_訂正.csv" : $"{store.Code}-{Compact(date)}-corrected.json";

    public static string Counter(string device, DateOnly date, int push) => $"{device}_{Compact(date)}_{push:00}.json";

    private static string Compact(DateOnly date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
