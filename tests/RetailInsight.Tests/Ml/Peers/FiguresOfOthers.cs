using RetailInsight.Ml.Peers;

namespace RetailInsight.Tests.Ml.Peers;

public sealed class FiguresOfOthers
{
    private static readonly HashSet<string> Sharing = ["a", "b", "c", "d"];

    [Fact]
    public void Who_shares_sees_five_stores_of_three_others_and_itself_not_among_them() =>
        Assert.Equal(new BenchmarkVerdict(null, 6, 3), BenchmarkRule.Judge("a", Sharing, Cell("a4 b2 c2 d2")));

    [Fact]
    public void Who_does_not_share_sees_nothing_and_is_in_nobodys_figures()
    {
        Assert.Equal(BenchmarkRefusal.DoesNotShare, BenchmarkRule.Judge("e", Sharing, Cell("a4 b2 c2 d2")).Refusal);
        Assert.Equal(BenchmarkRefusal.TooFewTenants, BenchmarkRule.Judge("a", Sharing, Cell("b3 c3 e9")).Refusal);
    }

    [Theory]
    [InlineData("b2 c1 d1", BenchmarkRefusal.TooFewStores)]
    [InlineData("a9 b2 c1 d1", BenchmarkRefusal.TooFewStores)]
    [InlineData("b5 c5", BenchmarkRefusal.TooFewTenants)]
    [InlineData("a5 b5 c5", BenchmarkRefusal.TooFewTenants)]
    [InlineData("b5 c2 d2", BenchmarkRefusal.Dominated)]
    public void A_cell_with_too_few_or_one_that_dominates_stays_closed(string cell, object refusal)
    {
        var verdict = BenchmarkRule.Judge("a", Sharing, Cell(cell));
        Assert.Equal((refusal, 0, 0, false), (verdict.Refusal, verdict.Stores, verdict.Tenants, verdict.IsShown));
    }

    [Fact]
    public void Half_of_the_weight_is_allowed_and_weights_count_rather_than_stores()
    {
        Assert.True(BenchmarkRule.Judge("a", Sharing, Cell("b4 c2 d2")).IsShown);
        var heavy = Cell("b2 c2 d2").Select(store => store with { Weight = store.Tenant == "d" ? 100 : 1 }).ToList();
        Assert.Equal(BenchmarkRefusal.Dominated, BenchmarkRule.Judge("a", Sharing, heavy).Refusal);
        Assert.Equal(BenchmarkRefusal.Dominated, BenchmarkRule.Judge("a", Sharing, [.. heavy.Select(store => store with { Weight = 0 })]).Refusal);
    }

    [Fact]
    public void A_figure_that_differs_from_the_one_before_by_one_company_stays_closed()
    {
        var before = Cell("b2 c2 d2");
        Assert.True(BenchmarkRule.Judge("a", Sharing, before, before).IsShown);
        Assert.Equal(BenchmarkRefusal.OneTenantChanged, BenchmarkRule.Judge("a", Sharing, Cell("b3 c2 d2"), before).Refusal);
        Assert.Equal(BenchmarkRefusal.OneTenantChanged, BenchmarkRule.Judge("a", Sharing, Cell("b2 c2 d2"), Cell("b2 c2 d2 e1")).Refusal);
        Assert.True(BenchmarkRule.Judge("a", Sharing, Cell("b3 c3 d2"), before).IsShown);
        Assert.True(BenchmarkRule.Judge("a", Sharing, Cell("a5 b2 c2 d2"), before).IsShown);
    }

    [Fact]
    public void A_narrow_group_is_a_cell_and_what_is_left_of_the_wide_one_another()
    {
        var cells = BenchmarkCells.Of(Sharing, [.. Placed("tokyo", "drug", "a3 b3 c3 d3"), .. Placed("osaka", "drug", "a2 b2"), .. Placed("kobe", "drug", "c2 d2"), .. Placed("x", "book", "a9 b9")]);
        Assert.Equal([("drug", true, 8), ("tokyo", false, 12)], cells.Select(cell => (cell.Name, cell.IsRest, cell.Stores.Count)));
    }

    [Fact]
    public void Where_the_rest_alone_would_tell_the_wide_group_is_one_cell()
    {
        var cells = BenchmarkCells.Of(Sharing, [.. Placed("tokyo", "drug", "a3 b3 c3 d3"), .. Placed("osaka", "drug", "a1")]);
        Assert.Equal([("drug", false, 13)], cells.Select(cell => (cell.Name, cell.IsRest, cell.Stores.Count)));
        var giant = BenchmarkCells.Of(Sharing, [.. Placed("tokyo", "drug", "a3 b3 c3 d3"), .. Placed("osaka", "drug", "a99")]);
        Assert.Equal([("tokyo", false, 12)], giant.Select(cell => (cell.Name, cell.IsRest, cell.Stores.Count)));
    }

    [Fact]
    public void Whatever_the_companies_no_store_is_in_two_cells_and_everybody_who_shares_may_see_each()
    {
        var random = new Random(8);
        var shown = 0;
        for (var round = 0; round < 300; round++)
        {
            var tenants = Enumerable.Range(0, random.Next(2, 9)).Select(i => $"t{i}").ToList();
            var sharing = tenants.Where(_ => random.Next(5) > 0).ToHashSet();
            var stores = Enumerable.Range(0, random.Next(90)).Select(i =>
            {
                var narrow = random.Next(6);
                return new PlacedStore(new(tenants[random.Next(tenants.Count)], $"s{i}", random.Next(1, 9)), $"n{narrow}", $"w{narrow / 3}");
            }).ToList();
            var cells = BenchmarkCells.Of(sharing, stores);
            var seen = cells.SelectMany(cell => cell.Stores).ToList();
            Assert.Equal(seen.Count, seen.Distinct().Count());
            foreach (var (cell, asker) in cells.SelectMany(cell => sharing.Select(asker => (cell, asker))))
            {
                var others = cell.Stores.Where(store => store.Tenant != asker).ToList();
                Assert.True(others.Count >= 5 && others.CountBy(store => store.Tenant).Count() >= 3);
                Assert.All(others.GroupBy(store => store.Tenant), tenant => Assert.True(2 * tenant.Sum(store => store.Weight) <= others.Sum(store => store.Weight)));
                Assert.All(others, store => Assert.Contains(store.Tenant, sharing));
                shown++;
            }
        }

        Assert.True(shown > 500, $"{shown} were shown.");
    }

    [Fact]
    public void A_store_in_two_groups_is_refused() => Assert.Throws<ArgumentException>(
        () => BenchmarkCells.Of(Sharing, [new(new("a", "s1", 1), "tokyo", "drug"), new(new("a", "s1", 1), "osaka", "drug")]));

    // "a4 b2" are four stores of a and two of b, each of weight 1.
    private static List<BenchmarkStore> Cell(string text, string place = "") =>
    [
        .. text.Split(' ').SelectMany(tenant => Enumerable.Range(0, int.Parse(tenant.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)).Select(i => new BenchmarkStore(tenant[..1], $"{place}s{i}", 1))),
    ];

    private static IEnumerable<PlacedStore> Placed(string narrow, string wide, string text) => Cell(text, narrow).Select(store => new PlacedStore(store, narrow, wide));
}
