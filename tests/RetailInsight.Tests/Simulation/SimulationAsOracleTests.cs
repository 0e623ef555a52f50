using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Local.Simulation;
using RetailInsight.Profiles;
using StoreDirectory = RetailInsight.Profiles.StoreDirectory;

namespace RetailInsight.Tests.Simulation;

/// <summary>The product's converter against the demo company's truth, which was made without any of its code.</summary>
public sealed class SimulationAsOracleTests
{
    private const long Yen = Money.MicrosPerUnit;

    private static readonly RetailSimulation Simulation = new(new SimulationOptions());
    private static readonly ProfileCatalog Catalog = ProfileCatalog.LoadEmbedded();
    private static readonly ConversionContext Context = new("demo", Directory());

    [Fact]
    public void Every_push_gives_the_verdicts_expected_and_all_together_the_figures_expected()
    {
        var current = new Dictionary<Id128, (Transaction Receipt, Id128 Content)>();
        foreach (var file in Simulation.Files().Where(file => file.ResendOf is null))
        {
            var conversion = Convert(file);
            var rows = new int[3];
            var records = new int[3];
            foreach (var (receipt, count) in conversion.Transactions.Select(converted => (converted.Record, converted.Rows)))
            {
                var content = ContentHash.Of(receipt);
                var verdict = !current.TryGetValue(receipt.EventId, out var known) ? 0 : known.Content == content ? 1 : 2;
                rows[verdict] += count;
                records[verdict]++;
                current[receipt.EventId] = (receipt, content);
            }

            rows[0] += conversion.PeopleCounts.Sum(count => count.Rows) + conversion.PosAssignments.Sum(assignment => assignment.Rows);
            records[0] += conversion.PeopleCounts.Count + conversion.PosAssignments.Count;
            Assert.Equal((file.FileName, file.Rows), (file.FileName, new Verdicts(rows[0], rows[1], rows[2], conversion.Held.Sum(held => held.Rows))));
            Assert.Equal((file.FileName, file.Records), (file.FileName, new Verdicts(records[0], records[1], records[2], conversion.Held.Count)));
        }

        AssertFigures([.. current.Values.Select(entry => entry.Receipt)], Simulation.Truth.StoreDays);
    }

    [Theory]
    [InlineData(Feeds.VendorA, true)]
    [InlineData(Feeds.VendorA, false)]
    [InlineData(Feeds.VendorB, true)]
    [InlineData(Feeds.VendorB, false)]
    public void Either_format_gives_the_same_figures_with_taxes_stated_or_derived(string feed, bool stateTaxes)
    {
        foreach (var store in Simulation.Stores)
        {
            var date = Simulation.Dates[8];
            var conversion = Convert(Simulation.CleanDay(store, date, feed, stateTaxes));
            Assert.Empty(conversion.Held);
            AssertFigures([.. conversion.Transactions.Select(converted => converted.Record)], [Simulation.CleanTruth(store, date)]);
            Assert.All(conversion.Transactions.SelectMany(converted => converted.Record.TaxBuckets), bucket => Assert.Equal(bucket.ComputedTax, bucket.Tax));
        }
    }

    private static void AssertFigures(Transaction[] receipts, IReadOnlyList<StoreDayTruth> truths)
    {
        var voided = receipts.Where(receipt => receipt.Kind == TransactionKind.Void).Select(receipt => receipt.OriginalEventId).ToHashSet();
        var days = receipts.Where(receipt => receipt.Kind is TransactionKind.Sale or TransactionKind.Return && !voided.Contains(receipt.EventId))
            .ToLookup(receipt => (receipt.Store, receipt.BusinessDate));
        Assert.All(truths, truth =>
        {
            var day = days[(truth.Store, truth.BusinessDate)].ToArray();
            var sales = day.Where(receipt => receipt.Kind == TransactionKind.Sale).ToArray();
            var returns = day.Where(receipt => receipt.Kind == TransactionKind.Return).ToArray();
            Assert.Equal((truth.Net * Yen, truth.Tax * Yen, truth.Gross * Yen), (day.Sum(r => r.Net), day.Sum(r => r.TaxTotal), day.Sum(r => r.Gross)));
            Assert.Equal((truth.Receipts, truth.Items * Yen), (sales.Length, sales.Sum(r => r.Lines.Where(line => line.Merchandise).Sum(line => line.Quantity))));
            Assert.Equal((truth.Returns, truth.ReturnNet * Yen), (returns.Length, returns.Sum(r => r.Net)));
        });
    }

    private static Conversion Convert(SimulatedFile file)
    {
        var conversion = Converter.Convert(Catalog.Find(file.Feed)!, file.Content, Context, CancellationToken.None);
        Assert.Null(conversion.Unreadable);
        return conversion;
    }

    private static StoreDirectory Directory()
    {
        var stores = Simulation.Stores.Select(store => new StoreEntry(
            store.Code, store.Name, new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById(store.Zone), [new CutOverRule(DateOnly.MinValue, store.CutOverMinute)]))).ToArray();
        var master = Converter.Convert(
            Catalog.Find(Feeds.VendorAPosMaster)!, Simulation.PosMaster().Content, new ConversionContext("demo", new StoreDirectory(stores, [])), CancellationToken.None);
        return new StoreDirectory(stores, master.PosAssignments.Select(assignment => assignment.Record));
    }
}
