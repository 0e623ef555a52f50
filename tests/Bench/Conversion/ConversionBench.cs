using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using RetailInsight.Core.Canon;
using RetailInsight.Local.Simulation;
using RetailInsight.Profiles;

namespace RetailInsight.Bench.Conversion;

/// <summary>
/// Converting a vendor's Shift_JIS day file to canonical receipts, against the plain converter one would write with
/// CsvHelper: decode, read records into objects, group by receipt, add up. The baseline does neither validation, tax, identity nor
/// positions; the ratio says what those cost.
/// </summary>
internal static class ConversionBench
{
    private const int Rounds = 7;

    public static void Run(TextWriter output)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var simulation = new RetailSimulation(new SimulationOptions { Stores = 1, Days = 1, ReceiptsPerStoreDay = 20_000, Imperfections = false });
        var store = simulation.Stores[0];
        var file = simulation.CleanDay(store, simulation.Dates[0], "vendor-a");
        var profile = ProfileCatalog.LoadEmbedded().Find("vendor-a")!;
        var calendar = new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById(store.Zone), []);
        var context = new ConversionContext("bench", new RetailInsight.Profiles.StoreDirectory(
            [new StoreEntry(store.Code, store.Name, calendar)],
            store.Registers.Select(register => new PosAssignment(register.PosCode, store.Code, DateOnly.MinValue, null))));

        var baseline = Measure(() => Baseline(file.Content));
        var product = Measure(() => Converter.Convert(profile, file.Content, context, CancellationToken.None).Transactions.Sum(transaction => transaction.Record.Gross) / Money.MicrosPerUnit);
        var megabytes = file.Content.Length / 1e6;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"vendor-a day file: {megabytes:0.0} MB, {file.Rows.Total:N0} rows; median of {Rounds}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CsvHelper baseline   {megabytes / baseline.TotalSeconds,8:0.0} MB/s"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"profile converter    {megabytes / product.TotalSeconds,8:0.0} MB/s"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio                {baseline / product,8:0.00}"));
    }

    private static TimeSpan Measure(Func<long> work)
    {
        var checksum = work();
        var times = new TimeSpan[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            GC.Collect();
            var started = Stopwatch.GetTimestamp();
            if (work() != checksum)
            {
                throw new InvalidOperationException("Two rounds disagree.");
            }

            times[round] = Stopwatch.GetElapsedTime(started);
        }

        Array.Sort(times);
        return times[Rounds / 2];
    }

    private static long Baseline(byte[] content)
    {
        using var reader = new StreamReader(new MemoryStream(content), Encoding.GetEncoding(932));
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture));
        var receipts = new Dictionary<(string, string, string), (string Kind, long Total, List<Row> Rows)>();
        foreach (var row in csv.GetRecords<Row>())
        {
            var key = (row.POSコード, row.営業日, row.レシート番号);
            if (!receipts.TryGetValue(key, out var receipt))
            {
                receipts.Add(key, receipt = (row.取引区分, row.合計金額, []));
            }

            receipt.Rows.Add(row);
        }

        return receipts.Values.Sum(receipt => receipt.Kind is "02" or "03" ? -receipt.Total : receipt.Total);
    }

    private sealed record Row(
        string POSコード, string 営業日, string 時刻, string レシート番号, string 取引区分, string 元レシート番号, int 行番号, string 商品コード, string 商品名, string 部門,
        decimal 数量, decimal 単価, decimal 金額, decimal 値引額, int 税率, string 税区分, decimal 小計値引額, long 合計金額, decimal? 内税額10, decimal? 内税額8, string 支払方法,
        decimal 支払金額, int? 客数, string 会員コード);
}
