using System.Text.Json;
using RetailInsight.Local.Simulation;

namespace RetailInsight.Tests.Simulation;

public sealed class RetailSimulationTests
{
    private static readonly RetailSimulation Simulation = new(new SimulationOptions());
    private static readonly IReadOnlyList<SimulatedFile> Files = [.. Simulation.Files()];

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_does_not()
    {
        var options = new SimulationOptions { Days = 8, Stores = 8 };
        var first = new RetailSimulation(options).Files().Select(Print).ToArray();
        var again = new RetailSimulation(options).Files().Select(Print).ToArray();
        var other = new RetailSimulation(options with { Seed = 7 }).Files().Select(Print).ToArray();
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        static string Print(SimulatedFile file) => file.FileName + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(file.Content));
    }

    [Fact]
    public void The_truth_is_what_a_stranger_counts_in_the_files()
    {
        var receipts = Recount();
        foreach (var truth in Simulation.Truth.StoreDays)
        {
            var mine = Of(receipts, truth.Store, truth.BusinessDate);
            Assert.Equal((truth.Net, truth.Tax, truth.Gross), (mine.Sum(r => r.Net), mine.Sum(r => r.Tax), mine.Sum(r => r.Gross)));
            var sales = mine.Where(r => r.Kind == "SALE").ToArray();
            var returns = mine.Where(r => r.Kind == "RETURN").ToArray();
            Assert.Equal((truth.Receipts, truth.Items), (sales.Length, sales.Sum(r => r.Pieces)));
            Assert.Equal((truth.Returns, truth.ReturnNet), (returns.Length, returns.Sum(r => r.Net)));
        }

        foreach (var hour in Simulation.Truth.StoreHours)
        {
            var mine = Of(receipts, hour.Figures.Store, hour.Figures.BusinessDate).Where(r => r.Second / 3600 == hour.Hour).ToArray();
            Assert.Equal((hour.Figures.Net, hour.Figures.Tax, hour.Figures.Receipts), (mine.Sum(r => r.Net), mine.Sum(r => r.Tax), mine.Count(r => r.Kind == "SALE")));
        }
    }

    [Fact]
    public void Visitors_and_coverage_are_what_a_stranger_counts_in_the_pushes()
    {
        var seen = new Dictionary<(string Store, DateOnly Date), (int Visitors, int Minutes)>();
        foreach (var file in Files.Where(file => file.Feed == Feeds.PeopleCounter))
        {
            using var push = JsonDocument.Parse(file.Content);
            var store = Simulation.Stores.Single(store => store.Code == push.RootElement.GetProperty("store").GetString());
            foreach (var interval in push.RootElement.GetProperty("intervals").EnumerateArray())
            {
                var from = interval.GetProperty("from").GetDateTimeOffset();
                var date = DateOnly.FromDateTime(from.DateTime.AddMinutes(-store.CutOverMinute));
                var minute = (from.DateTime - date.ToDateTime(TimeOnly.MinValue)).TotalMinutes;
                if (minute >= store.OpensMinute && minute < store.ClosesMinute)
                {
                    var (visitors, minutes) = seen.GetValueOrDefault((store.Code, date));
                    seen[(store.Code, date)] = (visitors + interval.GetProperty("in").GetInt32(), minutes + 15);
                }
            }
        }

        foreach (var truth in Simulation.Truth.StoreDays)
        {
            var found = seen.TryGetValue((truth.Store, truth.BusinessDate), out var counted);
            Assert.Equal((truth.Visitors, truth.ObservedMinutes), (found ? counted.Visitors : null, counted.Minutes));
        }

        Assert.Equal(18, Simulation.Truth.StoreDays.Where(day => day.Visitors is not null).Select(day => day.Store).Distinct().Count());
        var partial = Assert.Single(Simulation.Truth.StoreDays, day => day.Visitors is not null && day.ObservedMinutes != day.ExpectedMinutes);
        Assert.Equal(240, partial.ExpectedMinutes - partial.ObservedMinutes);
        Assert.All(Simulation.Truth.StoreDays.Where(day => day.Visitors is not null && day != partial), day =>
            Assert.InRange((double)day.Receipts / day.Visitors!.Value, 0.20, 0.45));
    }

    [Fact]
    public void Expected_verdicts_are_the_rows_of_the_files()
    {
        foreach (var file in Files)
        {
            var rows = file.Feed switch
            {
                Feeds.PeopleCounter => Json(file, root => root.GetProperty("intervals").GetArrayLength()),
                Feeds.VendorB => Json(file, root => root.GetProperty("transactions").EnumerateArray().Sum(t => Math.Max(1, t.GetProperty("items").GetArrayLength()))),
                _ => file.Content.Count(value => value == '\n') - 1,
            };
            Assert.Equal(rows, file.Rows.Total);
        }

        static int Json(SimulatedFile file, Func<JsonElement, int> count)
        {
            using var document = JsonDocument.Parse(file.Content);
            return count(document.RootElement);
        }
    }

    [Fact]
    public void Every_planned_imperfection_is_delivered()
    {
        Assert.Equal(Feeds.VendorAPosMaster, Files[0].Feed);
        Assert.Equal(12, Simulation.Truth.Held.Count);
        Assert.Equal(Enum.GetValues<BadRow>(), Simulation.Truth.Held.Select(held => held.Row).Distinct().Order());
        Assert.Equal(12, Files.Sum(file => file.Records.Quarantined));
        Assert.Equal(2, Files.Count(file => file.Records.Superseding == 2 && file.Records.Accepted == 0));
        var resent = Files.Where(file => file.ResendOf is not null).ToArray();
        Assert.Equal(3, resent.Length);
        Assert.All(resent, file => Assert.Equal(file.Content, Files.First(first => first.FileName == file.ResendOf).Content));
        var order = Files.Select(file => file.FileName).ToList();
        Assert.True(order.IndexOf("S005_20261102.csv") > order.IndexOf("S005_20261105.csv"));
        Assert.Contains(Files, file => file.FileName == "S004_20261106_訂正.csv");
        Assert.Equal(order.Count - resent.Length, order.Distinct().Count());
    }

    [Fact]
    public void Every_kind_of_receipt_occurs_and_late_stores_sell_after_midnight()
    {
        var days = Simulation.Stores.SelectMany(store => Simulation.Dates.Select(date => (store, Simulation.Day(store, date)))).ToArray();
        var receipts = days.SelectMany(day => day.Item2.Receipts).ToArray();
        Assert.All(Enum.GetValues<ReceiptKind>(), kind => Assert.Contains(receipts, receipt => receipt.Kind == kind && receipt.Lines.Count > 0));
        Assert.Contains(receipts, receipt => receipt.Lines.Count == 0);
        Assert.Contains(receipts, receipt => receipt.Discount > 0);
        Assert.Contains(receipts, receipt => receipt.Rates.Count == 3);
        Assert.Contains(days, day => day.Item2.Receipts.Any(receipt => receipt.Second >= (25 * 60 + 30) * 60));
        Assert.All(receipts, receipt => Assert.True(receipt.Net >= 0));
        Assert.All(days, day => Assert.All(day.Item2.Receipts, receipt => Assert.InRange(receipt.Second, day.store.OpensMinute * 60, (day.store.ClosesMinute * 60) - 1)));
    }

    [Fact]
    public void A_till_moves_to_another_store_in_the_middle_of_the_period()
    {
        var storeOf = ParsedReceipt.ReadMaster(Files[0].Content);
        Assert.Equal("S003", storeOf("300303", new(2026, 11, 7)));
        Assert.Equal("S004", storeOf("300303", new(2026, 11, 8)));
        Assert.Null(storeOf("399999", new(2026, 11, 8)));
        var moved = ParsedReceipt.ReadVendorA(Files.Single(file => file.FileName == "S004_20261108.csv").Content, storeOf).Where(receipt => receipt.Terminal == "300303");
        Assert.All(moved, receipt => Assert.Equal("S004", receipt.Store));
        Assert.NotEmpty(moved);
    }

    [Fact]
    public void Trade_has_the_shape_of_its_location()
    {
        Assert.InRange(Simulation.Truth.StoreDays.Average(day => day.Receipts), 110, 125);
        Assert.True(Mean("S005", weekend: true) > 1.2 * Mean("S005", weekend: false), "a suburb lives from the weekend");
        Assert.True(Mean("S001", weekend: true) < 0.7 * Mean("S001", weekend: false), "an office street does not");
        Assert.True(On("S001", new(2026, 11, 3)) < 0.7 * On("S001", new(2026, 11, 4)), "a holiday is a Sunday");
        var noon = Simulation.Truth.StoreHours.Where(hour => hour.Figures.Store == "S001" && hour.Hour == 12).Sum(hour => hour.Figures.Receipts);
        var evening = Simulation.Truth.StoreHours.Where(hour => hour.Figures.Store == "S001" && hour.Hour == 21).Sum(hour => hour.Figures.Receipts);
        Assert.True(noon > 3 * evening, "offices eat at noon");

        static int On(string store, DateOnly date) => Simulation.Truth.StoreDays.Single(day => day.Store == store && day.BusinessDate == date).Receipts;
        static double Mean(string store, bool weekend) => Simulation.Truth.StoreDays
            .Where(day => day.Store == store && day.BusinessDate.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday == weekend).Average(day => day.Receipts);
    }

    [Fact]
    public void Every_item_code_has_its_check_digit_and_is_its_own()
    {
        Assert.Equal(60, Assortment.All.Count);
        Assert.Equal(60, Assortment.All.Select(item => item.Jan).Distinct().Count());
        Assert.All(Assortment.All, item =>
        {
            Assert.Equal(13, item.Jan.Length);
            Assert.Equal(0, item.Jan.Select((digit, at) => (digit - '0') * (at % 2 == 1 ? 3 : 1)).Sum() % 10);
        });
    }

    [Fact]
    public void A_store_day_says_the_same_in_either_format_with_taxes_stated_or_not()
    {
        var storeOf = ParsedReceipt.ReadMaster(Simulation.PosMaster().Content);
        foreach (var store in Simulation.Stores)
        {
            foreach (var stateTaxes in new[] { true, false })
            {
                var date = Simulation.Dates[8];
                var a = ParsedReceipt.ReadVendorA(Simulation.CleanDay(store, date, Feeds.VendorA, stateTaxes).Content, storeOf).ToArray();
                var b = ParsedReceipt.ReadVendorB(Simulation.CleanDay(store, date, Feeds.VendorB, stateTaxes).Content, store.CutOverMinute).ToArray();
                var terminals = Simulation.RegistersOn(store, date).ToDictionary(register => register.PosCode, register => register.Terminal);
                Assert.Equal(a.Select(receipt => receipt with { Terminal = terminals[receipt.Terminal] }), b.Where(receipt => receipt is not { Kind: "CANCELLED", Pieces: 0 }));
                Assert.Equal(Simulation.CleanTruth(store, date).Net, Counted(a).Sum(receipt => receipt.Net));
            }
        }
    }

    [Fact]
    public void Clean_files_hold_nothing_back()
    {
        var clean = new RetailSimulation(new SimulationOptions { Days = 10, Imperfections = false, ReceiptsPerStoreDay = 15 });
        Assert.All(clean.Files(), file => Assert.Equal(file.Rows.Total, file.Rows.Accepted));
        Assert.Empty(clean.Truth.Held);
    }

    private static List<ParsedReceipt> Recount()
    {
        var storeOf = ParsedReceipt.ReadMaster(Files[0].Content);
        var latest = new Dictionary<string, ParsedReceipt>();
        foreach (var file in Files)
        {
            var cutOver = Simulation.Stores.FirstOrDefault(store => file.FileName.StartsWith(store.Code, StringComparison.Ordinal))?.CutOverMinute ?? 0;
            var receipts = file.Feed switch
            {
                Feeds.VendorA => ParsedReceipt.ReadVendorA(file.Content, storeOf),
                Feeds.VendorB => ParsedReceipt.ReadVendorB(file.Content, cutOver),
                _ => [],
            };
            var count = 0;
            foreach (var receipt in receipts.Where(_ => file.ResendOf is null))
            {
                latest[receipt.Store + receipt.Key] = receipt;
                count++;
            }

            if (file.Feed is Feeds.VendorA or Feeds.VendorB && file.ResendOf is null)
            {
                Assert.Equal((file.FileName, file.Records.Total - file.Records.Quarantined), (file.FileName, count));
            }
        }

        return [.. latest.Values];
    }

    private static ParsedReceipt[] Of(List<ParsedReceipt> receipts, string store, DateOnly date) =>
        Counted([.. receipts.Where(receipt => receipt.Store == store && receipt.Date == date)]);

    private static ParsedReceipt[] Counted(ParsedReceipt[] receipts)
    {
        var voided = receipts.Where(receipt => receipt.Kind == "VOID").Select(receipt => (receipt.Terminal, receipt.VoidOf)).ToHashSet();
        return Array.FindAll(receipts, receipt => receipt.Kind is "SALE" or "RETURN" && !voided.Contains((receipt.Terminal, receipt.Number)));
    }
}
