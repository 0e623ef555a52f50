using System.Diagnostics;
using System.Text;
using System.Text.Json;
using RetailInsight.Bench.Harness;
using RetailInsight.Bench.Streaming;
using RetailInsight.Core.Canon;
using RetailInsight.Local.Simulation;
using RetailInsight.Profiles;

namespace RetailInsight.Bench.Conversion;

/// <summary>Turning vendors' files into canonical receipts, in memory and through the whole gateway.</summary>
internal static class ConversionBench
{
    private const int RoundsPerFigure = 5;

    public static async Task RunAsync(BenchServer server, BenchPlan plan)
    {
        var report = new BenchReport("conversion", "Conversion");
        var simulation = new RetailSimulation(new SimulationOptions { Stores = 2, Days = 1, ReceiptsPerStoreDay = 20_000, Imperfections = false });
        Shown.Step("Converting in memory", () =>
        {
            VendorA(report, simulation);
            VendorB(report, simulation);
            return 0;
        });
        await new LargeFile(server, plan).RunAsync(report);
        report.Note($"The converter validates every field and byte, keeps positions, resolves registers by date, derives tax per rate, allocates it to lines and computes identities. The CsvHelper baseline reads typed records and groups them; iconv and .NET only decode to UTF-8; System.Text.Json only parses. Best of {RoundsPerFigure}, one thread.");
        report.Finish();
    }

    private static void VendorA(BenchReport report, RetailSimulation simulation)
    {
        var content = simulation.CleanDay(simulation.Stores[0], simulation.Dates[0], "vendor-a").Content;
        var (profile, context) = (ProfileCatalog.LoadEmbedded().Find("vendor-a")!, BatchCorpus.Context(simulation));
        var product = Speed(content, () => Gross(profile, context, content));
        report.Add("vendor-a day file, against the plain CsvHelper converter", product, Speed(content, () => PlainConverter.Total(content)), "MB/s");
        var path = Path.Combine(BenchServer.Directory, "vendor-a.csv");
        File.WriteAllBytes(path, content);
        report.Add("… against iconv -f CP932 -t UTF-8", product, Speed(content, () => Iconv(path)), "MB/s");
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(932)!;
        report.Add("… against .NET decoding to a string", product, Speed(content, () => encoding.GetString(content).Length), "MB/s");
    }

    private static void VendorB(BenchReport report, RetailSimulation simulation)
    {
        var content = simulation.CleanDay(simulation.Stores[0], simulation.Dates[0], "vendor-b").Content;
        var (profile, context) = (ProfileCatalog.LoadEmbedded().Find("vendor-b")!, BatchCorpus.Context(simulation));
        var product = Speed(content, () => Gross(profile, context, content));
        var parsing = Speed(content, () =>
        {
            using var document = JsonDocument.Parse(content);
            return document.RootElement.EnumerateObject().Count();
        });
        report.Add("vendor-b day file, against System.Text.Json parsing it", product, parsing, "MB/s");
    }

    private static long Gross(Profile profile, ConversionContext context, byte[] content)
    {
        var conversion = Converter.Convert(profile, content, context, CancellationToken.None);
        return conversion.Held.Count == 0 && conversion.Unreadable is null
            ? conversion.Transactions.Sum(transaction => transaction.Record.Gross) / Money.MicrosPerUnit
            : throw new InvalidOperationException($"The {profile.Id} file did not convert: {conversion.Unreadable?.Detail ?? conversion.Held[0].Rejections[0].Detail}");
    }

    private static long Iconv(string path)
    {
        using var process = Process.Start(new ProcessStartInfo("iconv", ["-f", "CP932", "-t", "UTF-8", "-o", "/dev/null", path]))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private static double Speed(byte[] content, Func<long> work)
    {
        var checksum = work();
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < RoundsPerFigure; round++)
        {
            GC.Collect();
            var started = Stopwatch.GetTimestamp();
            if (work() != checksum)
            {
                throw new InvalidOperationException("Two rounds disagree.");
            }

            var elapsed = Stopwatch.GetElapsedTime(started);
            best = elapsed < best ? elapsed : best;
        }

        return content.Length / 1e6 / best.TotalSeconds;
    }
}
