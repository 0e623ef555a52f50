using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages;
using RetailInsight.Api.Sessions;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Tests.Api;

public sealed class FiguresTests
{
    [Fact]
    public void The_ratio_of_a_chain_is_the_ratio_of_its_sums()
    {
        var chain = Figures.Sum([Day(net: 1000, receipts: 10, visitors: 20), Day(net: 9000, receipts: 30, visitors: 180)])!;
        Assert.Equal(250m, chain.BasketValue);
        Assert.Equal(0.2m, chain.Conversion);
    }

    [Fact]
    public void A_store_without_a_counter_adds_sales_but_not_conversion()
    {
        var chain = Figures.Sum([Day(net: 1000, receipts: 10, visitors: 40), Day(net: 5000, receipts: 50, visitors: null)])!;
        Assert.Equal(60, chain.Receipts);
        Assert.Equal(0.25m, chain.Conversion);
        Assert.Null(Figures.Sum([Day(1, 1, null), Day(1, 1, null)])!.Visitors);
    }

    [Fact]
    public void Sales_of_a_store_that_sent_no_receipt_are_unknown_and_neither_zero_nor_part_of_the_conversion()
    {
        var silent = new Figures("JPY", null, null, null, null, null, null, 900, 0, 0, 600, 600);
        Assert.Null(silent.NetSales);
        Assert.Null(silent.Conversion);
        Assert.Null(Figures.Sum([silent, silent])!.Net);
        var chain = Figures.Sum([Day(net: 1000, receipts: 10, visitors: 100), silent])!;
        Assert.Equal((1000m, 10, 1000, 0.1m), (chain.NetSales, chain.Receipts, chain.Visitors, chain.Conversion));

        // Visitors of half a chain do not explain what all of it sold.
        Assert.DoesNotContain(chain.ChangeFrom(Day(net: 900, receipts: 9, visitors: 100))!.Parts, part => part.Factor == SalesFactor.Visitors);
        Assert.Null(silent.ChangeFrom(Day(net: 900, receipts: 9, visitors: 100)));
    }

    [Fact]
    public void Nothing_is_divided_by_nothing()
    {
        var empty = Day(net: 0, receipts: 0, visitors: 0) with { ExpectedMinutes = 0 };
        Assert.Null(empty.BasketValue);
        Assert.Null(empty.ItemsPerReceipt);
        Assert.Null(empty.Conversion);
        Assert.Null(empty.Coverage);
        Assert.Null(Figures.Sum([]));
    }

    [Fact]
    public void Currencies_are_never_added() =>
        Assert.Throws<ArgumentException>(() => Figures.Sum([Day(1, 1, 1), Day(1, 1, 1) with { Currency = "GBP" }]));

    [Fact]
    public void The_parts_of_a_change_add_up_to_the_yen_for_any_two_days()
    {
        var random = new Random(20261114);
        for (var round = 0; round < 2000; round++)
        {
            var before = Day(random.Next(1, 2_000_000), random.Next(1, 900), random.Next(1, 4000));
            var after = Day(random.Next(1, 2_000_000), random.Next(1, 900), random.Next(1, 4000));
            var change = after.ChangeFrom(before)!;
            Assert.Equal(after.Net - before.Net, change.Change);
            Assert.Equal(change.Change, change.Parts.Sum(part => part.Micros));
            Assert.All(change.Parts, part => Assert.Equal(0, part.Micros % 1_000_000));
        }
    }

    [Fact]
    public void Only_what_changed_moved_sales()
    {
        // Twice the visitors at the same conversion, items and prices.
        var change = Day(200_000, 100, 400).ChangeFrom(Day(100_000, 50, 200))!;
        Assert.Equal(
            [new(SalesFactor.Visitors, 100_000_000_000), new(SalesFactor.Conversion, 0), new(SalesFactor.ItemsPerReceipt, 0), new DecompositionPart(SalesFactor.PricePerItem, 0)], change.Parts);
    }

    [Fact]
    public void Visitors_explain_nothing_when_the_counter_missed_more_than_a_tenth()
    {
        var change = (Day(90_000, 50, 100) with { ObservedMinutes = 500 }).ChangeFrom(Day(100_000, 50, 200))!;
        Assert.Equal([SalesFactor.Receipts, SalesFactor.ItemsPerReceipt, SalesFactor.PricePerItem], change.Parts.Select(part => part.Factor));
        Assert.Null(Day(1, 1, 1).ChangeFrom(Day(0, 0, 1)));
    }

    [Theory]
    [InlineData("S01", "")]
    [InlineData("店舗 1\nx", "net_sales")]
    public void A_cursor_comes_back_as_the_key_it_was(string store, string metric)
    {
        var key = new StoreDayKey(store, new(2026, 11, 14), metric);
        Assert.Equal(key, StoreDayKey.FromCursor(key.ToCursor()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("!!")]
    [InlineData("AAAA")]
    [InlineData("MTIwMjYxMzE0ClMwMQ")]
    public void What_is_no_cursor_is_no_key(string cursor) => Assert.Null(StoreDayKey.FromCursor(cursor));

    [Fact]
    public void A_password_hash_holds_the_password_and_no_other()
    {
        var hash = PasswordHash.Create("correct horse");
        Assert.StartsWith("pbkdf2-sha512$210000$", hash, StringComparison.Ordinal);
        Assert.NotEqual(hash, PasswordHash.Create("correct horse"));
        Assert.True(PasswordHash.Verify(hash, "correct horse"));
        Assert.False(PasswordHash.Verify(hash, "Correct horse"));
        Assert.False(PasswordHash.Verify(null, "correct horse"));
    }

    [Theory]
    [InlineData("/?store=S01", "/?store=S01")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    public void A_return_address_stays_on_this_site(string? asked, string safe) => Assert.Equal(safe, LoginPage.SafeReturn(asked));

    private static Figures Day(long net, int receipts, int? visitors) => new(
        "JPY", net * 1_000_000, 0, net * 1_000_000, receipts, receipts * 2_000_000L, 0, visitors, visitors is null ? 0 : receipts, visitors ?? 0, 600, 600);
}
