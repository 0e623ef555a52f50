using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Local.Simulation;
using RetailInsight.Profiles;

namespace RetailInsight.IntegrationTests.Etl;

/// <summary>
/// Every table of the datamart against <see cref="NaiveMart"/>, to the micro and the microsecond, and the lists the API makes of them against
/// <see cref="NaiveAnswers"/>: the files are converted, loaded and computed as in the product, and counted once more from the very records.
/// </summary>
public sealed class EveryFigureEqualsANaiveCount(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly ProfileCatalog Profiles = ProfileCatalog.LoadEmbedded();
    private static readonly TimeZoneInfo Tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    [Fact]
    public async Task On_the_demo_company_with_everything_that_goes_wrong_there()
    {
        var simulation = new RetailSimulation(new SimulationOptions { ReceiptsPerStoreDay = 25 });
        var entries = simulation.Stores.Select(store => new StoreEntry(store.Code, store.Name, new BusinessCalendar(Tokyo, [new CutOverRule(DateOnly.MinValue, store.CutOverMinute)])));
        var delivery = new Delivery(entries);
        var at = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
        foreach (var file in simulation.Files())
        {
            delivery.Take(file.Feed, file.Content, at);
            at = at.AddMinutes(70);
        }

        await AssertAsync(delivery, [.. simulation.Stores.Select(store => new SyntheticStore(store.Code, store.OpensMinute, store.ClosesMinute, store.DoorLines))], _ => true);
    }

    /// <summary>
    /// Days of the UCI's Online Retail as they are: cancellations, exact duplicate lines, missing customers, wholesale receipts of hundreds
    /// of lines. The data is not part of the repository: RETAILINSIGHT_ONLINE_RETAIL names its folder and RETAILINSIGHT_ONLINE_RETAIL_DAYS how many of its days.
    /// </summary>
    [Fact]
    public async Task On_real_receipts_of_a_gift_shop()
    {
        var folder = Environment.GetEnvironmentVariable("RETAILINSIGHT_ONLINE_RETAIL");
        var days = int.Parse(Environment.GetEnvironmentVariable("RETAILINSIGHT_ONLINE_RETAIL_DAYS") ?? "3", CultureInfo.InvariantCulture);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
        var delivery = new Delivery([new StoreEntry("ONLINE-UK", "Online shop", new BusinessCalendar(zone, []))]);
        var files = folder is null
            ? Directory.GetFiles(Path.Combine(ProductFolder, "gateway", "profiles", "vendors", "online-retail", "samples"), "*.csv")
            : Directory.GetFiles(folder, "*.csv");
        var at = new DateTimeOffset(2010, 12, 2, 3, 0, 0, TimeSpan.Zero);
        foreach (var file in files.Order(StringComparer.Ordinal).Take(folder is null ? files.Length : days))
        {
            delivery.Take("online-retail", await File.ReadAllBytesAsync(file), at);
            at = at.AddHours(23);
        }

        await AssertAsync(delivery, [new SyntheticStore("ONLINE-UK", 0, 1440, 0)], table => folder is not null && table is not ("kpi_tender_day" or "kpi_discount_day"));
    }

    private static string ProductFolder => typeof(EveryFigureEqualsANaiveCount).Assembly
        .GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false).Cast<System.Reflection.AssemblyMetadataAttribute>().First(a => a.Key == "RepositoryRoot").Value!;

    private async Task AssertAsync(Delivery delivery, IReadOnlyList<SyntheticStore> stores, Func<string, bool> mustHaveRows)
    {
        await using var harness = await MartHarness.StartAsync(postgres, stores);
        await harness.LoadAsync(delivery.Batches);
        await harness.ComputeChangesAsync();
        var naive = new NaiveMart(stores, delivery.Receipts, delivery.Counts);
        foreach (var (table, columns) in NaiveMart.Columns)
        {
            var expected = naive.Rows(table).Order(StringComparer.Ordinal).ToList();
            Assert.True(expected.Count > 0 || !mustHaveRows(table), $"{table}: nothing to compare.");
            Assert.Equal(expected, (await harness.AsJobAsync(Select(table, columns))).Order(StringComparer.Ordinal));
        }

        // What the parts of a store-day come to is the store-day.
        Assert.Empty(await harness.AsJobAsync(
            """
            SELECT store || ' ' || business_date FROM mart.kpi_store_day AS day
            WHERE receipts > 0 AND (
                (net, tax, gross) <> (SELECT sum(net), sum(tax), sum(gross) FROM mart.kpi_item_day AS part WHERE (part.store, part.business_date) = (day.store, day.business_date))
                OR (net, tax, gross) <> (SELECT sum(net), sum(tax), sum(gross) FROM mart.kpi_category_day AS part WHERE (part.store, part.business_date) = (day.store, day.business_date))
                OR (net, tax, gross) <> (SELECT sum(net), sum(tax), sum(gross) FROM mart.kpi_tax_day AS part WHERE (part.store, part.business_date) = (day.store, day.business_date)))
              OR items <> coalesce((SELECT sum(quantity) FROM mart.kpi_item_day AS part WHERE (part.store, part.business_date) = (day.store, day.business_date) AND merchandise), 0)
              OR discount <> coalesce((SELECT sum(amount) FROM mart.kpi_discount_day AS part WHERE (part.store, part.business_date) = (day.store, day.business_date)), 0)
            """));

        await using var asked = await AskedLists.StartAsync(harness.Database);
        var answers = new NaiveAnswers(naive);
        foreach (var store in stores.Count == 1 ? [stores[0].Code] : (string?[])[null, stores[0].Code, stores[^1].Code])
        {
            await asked.AssertAsync(answers, store, mustHaveRows("basket_pair"));
        }
    }

    private static string Select(string table, string columns)
    {
        var values = columns.Split(", ").Select(column => column.EndsWith("_at", StringComparison.Ordinal)
            ? $"coalesce((extract(epoch FROM {column}) * 1000000)::bigint::text, '-')"
            : $"coalesce({column}::text, '-')");
        return $"SELECT concat_ws('|', {string.Join(", ", values)}) FROM mart.{table}";
    }

    /// <summary>Files as the gateway takes them in: what came before is a duplicate, what is new of a known receipt a revision.</summary>
    private sealed class Delivery(IEnumerable<StoreEntry> stores)
    {
        private readonly List<StoreEntry> _stores = [.. stores];
        private readonly List<PosAssignment> _assignments = [];
        private readonly Dictionary<Id128, int> _revisions = [];
        private readonly Dictionary<Id128, long> _versions = [];
        private readonly HashSet<(Id128, Id128)> _seen = [];
        private readonly Dictionary<Id128, List<(string Store, DateOnly Date)>> _places = [];
        private readonly Dictionary<Id128, PeopleCount> _counts = [];

        public List<EventBatch> Batches { get; } = [];

        public List<ReceivedReceipt> Receipts { get; } = [];

        public IReadOnlyList<PeopleCount> Counts => [.. _counts.Values];

        public void Take(string feed, byte[] content, DateTimeOffset at)
        {
            var conversion = Converter.Convert(
                Profiles.Find(feed)!, content, new ConversionContext(SyntheticCompany.Tenant, new RetailInsight.Profiles.StoreDirectory(_stores, _assignments)), CancellationToken.None);
            _assignments.AddRange(conversion.PosAssignments.Select(assignment => assignment.Record));
            var origin = new BatchOrigin(SyntheticCompany.Tenant, "vendor", feed, feed, 1, "raw/object", 0, 1, new byte[32], at);
            var builder = new EventBatchBuilder(origin, Id128.FromParts(SyntheticCompany.Tenant, feed, Batches.Count.ToString(CultureInfo.InvariantCulture)));
            foreach (var receipt in conversion.Transactions.Select(one => one.Record))
            {
                Take(receipt, at, builder);
            }

            foreach (var count in conversion.PeopleCounts.Select(one => one.Record))
            {
                var hash = ContentHash.Of(count);
                if (_seen.Add((count.EventId, hash)))
                {
                    builder.Add(count, hash, Next(count.EventId));
                    _counts[count.EventId] = count;
                }
            }

            Batches.Add(EventBatch.Parser.ParseFrom(builder.Serialize()));
        }

        private void Take(Transaction receipt, DateTimeOffset at, EventBatchBuilder builder)
        {
            var hash = ContentHash.Of(receipt);
            if (!_seen.Add((receipt.EventId, hash)) || receipt.SourceRevision < _versions.GetValueOrDefault(receipt.EventId))
            {
                return;
            }

            _versions[receipt.EventId] = receipt.SourceRevision;
            var revision = Next(receipt.EventId);
            builder.Add(receipt, hash, revision);
            Receipts.Add(new ReceivedReceipt(receipt, revision, at));
            _places.TryAdd(receipt.EventId, []);
            foreach (var (store, date) in _places[receipt.EventId].Concat(_places.GetValueOrDefault(receipt.OriginalEventId, [])))
            {
                builder.AlsoTouch(store, date);
            }

            _places[receipt.EventId].Add((receipt.Store, receipt.BusinessDate));
        }

        private int Next(Id128 id) => _revisions[id] = _revisions.GetValueOrDefault(id) + 1;
    }
}
