using System.Diagnostics;
using System.Text;
using System.Text.Json;
using RetailInsight.Bench.Harness;
using RetailInsight.Bench.Streaming;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Gateway.Landing;
using RetailInsight.Local.Simulation;
using RetailInsight.Profiles;

namespace RetailInsight.Bench.Conversion;

/// <summary>Turning vendors' files into canonical receipts, in memory and through the whole gateway.</summary>
internal static class ConversionBench
{
    private const int RoundsPerFigure = 8;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    public static async Task RunAsync(BenchServer server, BenchPlan plan)
    {
        var report = new BenchReport("conversion", "Conversion");
        Shown.Step("Converting in memory", () => InMemory(report));
        await new LargeFile(server, plan).RunAsync(report);
        report.Note($"The converter validates every field and byte, keeps positions, resolves registers by date, derives tax per rate, allocates it to lines and computes identities. The plain CsvHelper converter reads typed records and groups them; the other one makes the same batches, compared column by column; iconv and .NET only decode to UTF-8; System.Text.Json only parses. Best of {RoundsPerFigure}, one thread; files of 20,000 receipts in two stores, one of which is converted.");
        report.Finish();
    }

    /// <summary>Only what runs in memory, in seconds, for work on the steps.</summary>
    public static void RunSteps()
    {
        var report = new BenchReport("conversion-steps", "Conversion in memory");
        InMemory(report);
        report.Finish();
    }

    private static int InMemory(BenchReport report)
    {
        var simulation = new RetailSimulation(new SimulationOptions { Stores = 2, Days = 1, ReceiptsPerStoreDay = 20_000, Imperfections = false });
        VendorA(report, simulation);
        VendorB(report, simulation);
        return 0;
    }

    private static void VendorA(BenchReport report, RetailSimulation simulation)
    {
        var content = simulation.CleanDay(simulation.Stores[0], simulation.Dates[0], "vendor-a").Content;
        var (profile, context) = (ProfileCatalog.LoadEmbedded().Find("vendor-a")!, BatchCorpus.Context(simulation));
        var lines = content.Count(value => value == (byte)'\n') - 1;
        var ingestion = BatchCorpus.Of(profile, content);
        var product = Speed(content, () => Serialised(profile, context, content, ingestion));
        report.Add("… read and converted alone", BenchReport.Number(content.Length / lines / Speed(content, () => Gross(profile, context, content)), "us a line"));
        report.Add("… read, converted, serialised", BenchReport.Number(content.Length / lines / product, "us a line"));
        report.Add("vendor-a day file, against the plain CsvHelper converter", product, Speed(content, () => PlainConverter.Total(content)), "MB/s");
        var equal = new EqualConverter(context.Stores, context.Tenant).Convert(content);
        Compare(equal, Messages(profile, context, content, ingestion));
        report.Add("… against a CsvHelper converter that makes the same batches", product, Speed(content, () => new EqualConverter(context.Stores, context.Tenant).Convert(content).Sum(message => (long)message.Length)), "MB/s");
        var path = Path.Combine(BenchServer.Directory, "vendor-a.csv");
        File.WriteAllBytes(path, content);
        var (beside, iconv) = Speeds(content, () => Serialised(profile, context, content, ingestion), () => Iconv(path));
        report.Add("… against iconv -f CP932 -t UTF-8, in turns", beside, iconv, "MB/s");
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

    // What the gateway does with a payload that lies in the lake, up to the messages for the bus, but for the database.
    private static long Serialised(Profile profile, ConversionContext context, byte[] content, Ingestion ingestion) =>
        Messages(profile, context, content, ingestion).Sum(message => (long)message.Message.Length);

    private static IReadOnlyList<(Id128 Id, byte[] Message)> Messages(Profile profile, ConversionContext context, byte[] content, Ingestion ingestion)
    {
        var chunks = new BatchChunks(ingestion);
        foreach (var converted in Converter.Convert(profile, content, context, CancellationToken.None).Transactions)
        {
            chunks.Add(converted.Record, converted.ContentHash, 1, []);
        }

        return chunks.Close();
    }

    // Column by column: the one names neither the payload nor the batch.
    private static void Compare(IReadOnlyList<byte[]> equal, IReadOnlyList<(Id128 Id, byte[] Message)> ours)
    {
        foreach (var (plain, own) in equal.Zip(ours, (message, mine) => (EventBatch.Parser.ParseFrom(message), EventBatch.Parser.ParseFrom(mine.Message))))
        {
            if (!plain.Transactions.Equals(own.Transactions) || !plain.Lines.Equals(own.Lines) || !plain.TaxBuckets.Equals(own.TaxBuckets) || !plain.Tenders.Equals(own.Tenders)
                || !plain.Discounts.Equals(own.Discounts ?? new DiscountColumns()) || !plain.Strings.Equals(own.Strings))
            {
                throw new InvalidOperationException("The two converters disagree.");
            }
        }

        if (equal.Count != ours.Count)
        {
            throw new InvalidOperationException($"{equal.Count} batches against {ours.Count}.");
        }
    }

    private static long Iconv(string path)
    {
        using var process = Process.Start(new ProcessStartInfo("iconv", ["-f", "CP932", "-t", "UTF-8", "-o", "/dev/null", path]))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private static double Speed(byte[] content, Func<long> work) => Speeds(content, [work])[0];

    // In turns: a machine that is faster for a while is so for both.
    private static (double Work, double Other) Speeds(byte[] content, Func<long> work, Func<long> other) =>
        Speeds(content, [work, other]) is [var first, var second] ? (first, second) : default;

    private static double[] Speeds(byte[] content, Func<long>[] works)
    {
        // The runtime compiles anew what has run often: only then is it as fast as in a gateway that runs for days.
        var checksums = Array.ConvertAll(works, work => work());
        foreach (var work in works)
        {
            var warm = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(warm) < WarmUp)
            {
                work();
            }
        }

        var best = Array.ConvertAll(works, _ => TimeSpan.MaxValue);
        for (var round = 0; round < RoundsPerFigure * works.Length; round++)
        {
            for (var at = 0; at < works.Length; at++)
            {
                GC.Collect();
                var started = Stopwatch.GetTimestamp();
                if (works[at]() != checksums[at])
                {
                    throw new InvalidOperationException("Two rounds disagree.");
                }

                var elapsed = Stopwatch.GetElapsedTime(started);
                best[at] = elapsed < best[at] ? elapsed : best[at];
            }
        }

        return Array.ConvertAll(best, time => content.Length / 1e6 / time.TotalSeconds);
    }
}
