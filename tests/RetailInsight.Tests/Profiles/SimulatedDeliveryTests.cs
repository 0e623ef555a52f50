using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Local.Simulation;
using RetailInsight.Profiles;
using StoreDirectory = RetailInsight.Profiles.StoreDirectory;

namespace RetailInsight.Tests.Profiles;

/// <summary>The simulator writes the vendors' formats with code of its own; what it says comes out has to come out.</summary>
public sealed class SimulatedDeliveryTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_store_day_of_the_demo_company_comes_out_to_the_yen(bool stateTaxes)
    {
        var simulation = new RetailSimulation(new SimulationOptions { StateTaxes = stateTaxes, Days = 10, ReceiptsPerStoreDay = 40 });
        var stores = simulation.Stores.Select(store => new StoreEntry(store.Code, store.Name, new BusinessCalendar(
            TimeZoneInfo.FindSystemTimeZoneById(store.Zone), [new CutOverRule(new DateOnly(2020, 1, 1), store.CutOverMinute)]))).ToList();
        var context = new ConversionContext("demo", new StoreDirectory(stores, []));
        var receipts = new Dictionary<Id128, Transaction>();
        var visitors = new Dictionary<(string, DateOnly), int>();
        foreach (var file in simulation.Files().Where(file => file.ResendOf is null))
        {
            var conversion = Converter.Convert(ProfileFixtures.Catalog.Find(file.Feed)!, file.Content, context, CancellationToken.None);
            ProfileFixtures.AssertRowsBalance(conversion);
            Assert.Equal((file.FileName, file.Rows.Total, file.Rows.Quarantined), (file.FileName, conversion.RowsRead, conversion.Held.Sum(held => held.Rows)));
            Assert.Equal((file.FileName, file.Records.Quarantined), (file.FileName, conversion.Held.Count));
            if (conversion.PosAssignments.Count > 0)
            {
                context = context with { Stores = new StoreDirectory(stores, conversion.PosAssignments.Select(assignment => assignment.Record)) };
            }

            foreach (var converted in conversion.Transactions)
            {
                ProfileFixtures.AssertMoneyBalances(converted.Record);
                receipts[converted.Record.EventId] = converted.Record;
            }

            foreach (var count in conversion.PeopleCounts.Select(converted => converted.Record))
            {
                visitors[(count.Store, count.BusinessDate)] = visitors.GetValueOrDefault((count.Store, count.BusinessDate)) + (int)count.Entered;
            }
        }

        var voided = receipts.Values.Where(receipt => receipt.Kind == TransactionKind.Void).Select(receipt => receipt.OriginalEventId).ToHashSet();
        Assert.NotEmpty(voided);
        var counted = receipts.Values
            .Where(receipt => receipt.Kind is TransactionKind.Sale or TransactionKind.Return && !voided.Contains(receipt.EventId))
            .ToLookup(receipt => (receipt.Store, receipt.BusinessDate));
        Assert.All(simulation.Truth.StoreDays, truth =>
        {
            var day = counted[(truth.Store, truth.BusinessDate)].ToList();
            var sales = day.Where(receipt => receipt.Kind == TransactionKind.Sale).ToList();
            Assert.Equal(
                (truth.Net, truth.Tax, truth.Gross, truth.Receipts, truth.Items, truth.Returns),
                (Yen(day.Sum(r => r.Net)), Yen(day.Sum(r => r.TaxTotal)), Yen(day.Sum(r => r.Gross)), sales.Count,
                    (int)Yen(sales.Sum(r => r.Lines.Where(line => line.Merchandise).Sum(line => line.Quantity))), day.Count - sales.Count));
            Assert.True((truth.Visitors ?? 0) <= visitors.GetValueOrDefault((truth.Store, truth.BusinessDate)));
        });
    }

    private static long Yen(long micros) => micros / Money.MicrosPerUnit;
}
