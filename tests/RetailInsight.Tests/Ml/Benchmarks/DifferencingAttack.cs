using RetailInsight.Core.Benchmarks;
using RetailInsight.Ml.Benchmarks;
using Xunit;

namespace RetailInsight.Tests.Ml.Benchmarks;

/// <summary>
/// A company in the cell keeps everything published over three years and knows who took part when. Within any seven months in a row a company is hidden
/// when another world, in which its figures are those of another company at least 5 % away, gives the very same publications.
/// </summary>
public sealed class DifferencingAttack
{
    private const decimal Tolerance = 0.05m;
    private const int Months = 36;
    private static readonly BenchmarkTerms Terms = new();
    private static readonly BenchmarkFigure Figure = BenchmarkFigure.SalesGrowth;
    private static readonly DateOnly Start = new(2026, 1, 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void No_company_can_be_told_from_one_that_is_far_from_it(int seed) => Assert.Empty(Exposed(seed, Terms));

    [Fact]
    public void Without_the_rule_of_those_alike_companies_are_told() =>
        Assert.Contains(Enumerable.Range(1, 8), seed => Exposed(seed, Terms with { FewestAlike = 1 }).Count > 0);

    [Fact]
    public void A_withdrawal_is_heard_at_once_and_shuts_the_cell_for_the_window()
    {
        var panel = new Panel(Terms);
        var all = Enumerable.Range(0, 10).ToArray();
        Assert.Equal(10, Companies(panel.Publish(Cell(1, all))));
        for (var month = 0; month < Terms.Window; month++)
        {
            var shut = panel.Publish(Cell(1, all[..9]));
            Assert.Equal(BenchmarkSuppression.TooFewChanged, shut.Suppression);
            Assert.Null(shut.Median);
            Assert.Empty(shut.Values);
        }

        Assert.Equal(9, Companies(panel.Publish(Cell(1, all[..9]))));
    }

    [Fact]
    public void Three_that_withdraw_together_leave_a_figure()
    {
        var panel = new Panel(Terms);
        panel.Publish(Cell(1, [.. Enumerable.Range(0, 10)]));
        Assert.Equal(7, Companies(panel.Publish(Cell(1, [.. Enumerable.Range(0, 7)]))));
    }

    [Fact]
    public void Who_joins_alone_waits()
    {
        var panel = new Panel(Terms);
        var before = panel.Publish(Cell(1, [.. Enumerable.Range(0, 6)]));
        Assert.Equal(before.Median, panel.Publish(Cell(1, [.. Enumerable.Range(0, 7)])).Median);
        Assert.Equal(9, Companies(panel.Publish(Cell(1, [.. Enumerable.Range(0, 9)]))));
    }

    [Fact]
    public void A_store_without_a_value_is_left_out_and_a_new_one_waits_for_the_quarter()
    {
        var panel = new Panel(Terms);
        var all = Cell(1, [.. Enumerable.Range(0, 6)]);
        Assert.Equal(18, panel.Publish(all).Values.Count);
        var second = panel.Publish([.. all.Skip(1), new("c1", "new", 1m)]);
        Assert.Equal((6, 17), (Companies(second), second.Values.Count));
        Assert.Equal(18, panel.Publish(all).Values.Count);
        Assert.Equal(19, panel.Publish([.. all, new("c1", "new", 1m)]).Values.Count);
    }

    [Fact]
    public void A_few_and_a_large_company_are_suppressed()
    {
        Assert.Equal(BenchmarkSuppression.TooFewCompanies, new Panel(Terms).Publish(Cell(1, [0, 1, 2, 3])).Suppression);
        Assert.Equal(BenchmarkSuppression.TooFewStores, new Panel(Terms).Publish([.. Enumerable.Range(0, 9).Select(company => new BenchmarkValue($"c{company}", "1", 1m))]).Suppression);
        var large = Cell(1, [0, 1, 2, 3, 4]).Concat(Enumerable.Range(10, 9).Select(store => new BenchmarkValue("c0", $"{store}", 1m))).ToList();
        Assert.Equal(BenchmarkSuppression.Dominated, new Panel(Terms).Publish(large).Suppression);
    }

    [Fact]
    public void Of_two_stores_each_knows_the_other_unless_suppressed()
    {
        List<BenchmarkValue> two = [new("own", "1", 1.03m), new("other", "1", 0.81m)];
        Assert.Null(new Panel(Terms).Publish(two).Median);
        var open = new Panel(new(1, 1, 1m, 1m, 1)).Publish(two);
        Assert.Equal(0.81m, (2 * open.Median) - 1.03m);
    }

    private static int Companies(BenchmarkCell cell) => cell.Values.Select(one => one.Company).Distinct().Count();

    // Companies that, within some window, no exchange with one far enough away hides. c0 is the adversary, whose figures stay as they are.
    private static List<int> Exposed(int seed, BenchmarkTerms terms)
    {
        var seen = Publications(seed, terms, 0, 0);
        Assert.Contains(seen, figure => figure.Suppression is null);
        var worlds = (from target in Enumerable.Range(1, 11)
                      from other in Enumerable.Range(1, 11)
                      where Math.Abs(Level(target) - Level(other)) >= Tolerance
                      select (target, Seen: Publications(seed, terms, target, other))).ToLookup(world => world.target, world => world.Seen);
        return [.. Enumerable.Range(1, 11).Where(target => Enumerable.Range(0, Months - terms.Window).Any(from =>
            !worlds[target].Any(world => Enumerable.Range(from, terms.Window + 1).All(month => Told(world[month]) == Told(seen[month])))))];
    }

    private static (BenchmarkSuppression?, decimal?, decimal?, decimal?) Told(BenchmarkCell cell) => (cell.Suppression, cell.Lower, cell.Median, cell.Upper);

    private static List<BenchmarkCell> Publications(int seed, BenchmarkTerms terms, int one, int other)
    {
        var random = new Random(seed);
        var panel = new Panel(terms);
        HashSet<int> sharing = [.. Enumerable.Range(0, 9)];
        List<BenchmarkCell> figures = [];
        for (var month = 0; month < Months; month++)
        {
            // The adversary comes and goes as well; some months several companies do.
            for (var changes = month == 0 || random.Next(2) == 0 ? 0 : random.Next(4); changes > 0; changes--)
            {
                var company = random.Next(12);
                if (!sharing.Remove(company))
                {
                    sharing.Add(company);
                }
            }

            figures.Add(panel.Publish(Cell((seed * 100) + month, [.. sharing.Order()], one, other)));
        }

        return figures;
    }

    private static List<BenchmarkValue> Cell(int seed, int[] companies, int one = 0, int other = 0) =>
        [.. companies.SelectMany(company => Enumerable.Range(0, 3).Select(store =>
        {
            var whose = company == one ? other : company == other ? one : company;
            var noise = new Random((seed * 100) + (whose * 3) + store).Next(-20, 21) / 1000m;
            return new BenchmarkValue($"c{company}", $"{store}", Level(whose) + noise);
        }))];

    // Neighbours in number are far from each other in figures.
    private static decimal Level(int company) => 0.7m + (company * 5 % 12 * 0.06m);

    /// <summary>A cell over its months, as the datamart keeps it.</summary>
    private sealed class Panel(BenchmarkTerms terms)
    {
        private readonly List<BenchmarkMembers> _published = [];
        private DateOnly _month = Start;

        public BenchmarkCell Publish(IReadOnlyList<BenchmarkValue> sharing)
        {
            var cell = BenchmarkRule.Judge(Figure, _month, sharing, _published, terms);
            if (cell.Suppression is null)
            {
                _published.Add(new(_month, cell.Values.GroupBy(one => one.Company).ToDictionary(company => company.Key, company => (IReadOnlySet<string>)company.Select(one => one.Store).ToHashSet())));
            }

            _month = _month.AddMonths(1);
            return cell;
        }
    }
}
