using RetailInsight.Api.Kpis;
using RetailInsight.Api.Peers;

namespace RetailInsight.Tests.Api.Pages;

public sealed class PeersTests
{
    [Fact]
    public void A_store_stands_between_the_quartiles_of_its_group()
    {
        var group = new[] { Store("a", 100), Store("b", 200), Store("c", 300), Store("d", 400), Store("e", 500) };
        var standing = PeerStanding.Stand(PeerFigure.NetPerDay, group[1], group)!;
        Assert.Equal((200m, 200m, 300m, 400m), (standing.Own, standing.Quarter, standing.Median, standing.ThreeQuarters));
        Assert.Equal((4, 5, 100m), (standing.Rank, standing.Of, standing.GainPerDay));
        Assert.Null(PeerStanding.Stand(PeerFigure.NetPerDay, group[3], group)!.GainPerDay);
    }

    [Fact]
    public void Equal_stores_share_the_better_rank() =>
        Assert.Equal(2, PeerStanding.Stand(PeerFigure.NetPerDay, Store("c", 200), [Store("a", 300), Store("b", 200), Store("c", 200)])!.Rank);

    [Fact]
    public void Two_stores_are_no_group_and_a_store_without_counter_has_no_conversion()
    {
        Assert.Null(PeerStanding.Stand(PeerFigure.NetPerDay, Store("a", 1), [Store("a", 1), Store("b", 2)]));
        Assert.Null(PeerStanding.Stand(PeerFigure.Conversion, Store("a", 1, null), [Store("a", 1, null), Store("b", 1), Store("c", 1), Store("d", 1)]));
    }

    [Fact]
    public void Conversion_at_the_median_is_worth_what_the_same_visitors_would_buy()
    {
        // 100 visitors a day, 10 receipts of 50 yen; the others have 20 receipts.
        var own = Store("a", 500, 100, receipts: 10);
        var group = new[] { own, Store("b", 1_000, 100, receipts: 20), Store("c", 1_000, 100, receipts: 20) };
        Assert.Equal(500m, PeerStanding.Stand(PeerFigure.Conversion, own, group)!.GainPerDay);
    }

    private static StoreTotal Store(string code, long yenPerDay, long? visitorsPerDay = 50, long receipts = 5) => new(
        code, 10, visitorsPerDay is null ? 0 : 10, new Figures("JPY", yenPerDay * 10_000_000, 0, yenPerDay * 10_000_000, receipts * 10, receipts * 10_000_000, 0, visitorsPerDay * 10, visitorsPerDay is null ? 0 : receipts * 10, (visitorsPerDay ?? 0) * 10, 6_000, 6_000));
}
