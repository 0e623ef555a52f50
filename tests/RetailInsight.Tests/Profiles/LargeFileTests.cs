using RetailInsight.Core.Canon;
using RetailInsight.Local.Simulation;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>A file converted piece by piece gives what it gives as a whole, wherever it is cut.</summary>
public sealed class LargeFileTests
{
    private static readonly Profile VendorA = ProfileCatalog.LoadEmbedded().Find("vendor-a")!;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_day_cut_anywhere_is_the_same_day(int seed)
    {
        var simulation = new RetailSimulation(new SimulationOptions { Stores = 4, Days = 3, ReceiptsPerStoreDay = 150, Imperfections = true });
        var context = new ConversionContext("t", new RetailInsight.Profiles.StoreDirectory(
            simulation.Stores.Select(store => new StoreEntry(store.Code, store.Name, new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById(store.Zone), []))),
            simulation.Stores.SelectMany(store => simulation.Dates.SelectMany(date => simulation.RegistersOn(store, date)
                .Select(register => new PosAssignment(register.PosCode, store.Code, date, null))))));
        var random = new Random(seed);
        var compared = 0;
        foreach (var file in simulation.Files().Where(file => file.Feed == "vendor-a"))
        {
            for (var round = 0; round < 5; round++)
            {
                compared += LargeFileComparison.Same(VendorA, Damaged(file.Content, random), context, random, 600, 4_000) ? 1 : 0;
            }
        }

        Assert.True(compared > 10, $"{compared} files");
    }

    // A quote, a line end, a byte that is no text or a cut, here and there.
    private static byte[] Damaged(byte[] content, Random random)
    {
        var copy = content.ToArray();
        for (var n = random.Next(0, 4); n > 0; n--)
        {
            var at = random.Next(copy.Length / 4, copy.Length);
            copy[at] = random.Next(5) switch
            {
                0 => (byte)'"',
                1 => (byte)'\n',
                2 => (byte)'\r',
                3 => 0xFF,
                _ => (byte)',',
            };
        }

        return copy;
    }
}
