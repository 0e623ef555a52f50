using RetailInsight.Ml.Peers;
using Xunit;

namespace RetailInsight.Tests.Ml.Peers;

/// <summary>
/// A company in the cell keeps everything published over 26 weeks and knows who took part when. A company is hidden when another
/// world, in which its figures are those of another company at least 5 % away, gives the very same publications.
/// </summary>
public sealed class DifferencingAttack
{
    private const decimal Tolerance = 0.05m;
    private const int Weeks = 26;
    private static readonly BenchmarkTerms Terms = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void NoCompanyCanBeToldFromOneThatIsFarFromIt(int seed)
    {
        Assert.Empty(Exposed(seed, Terms));
    }

    [Fact]
    public void WithoutTheRuleOfHistoriesCompaniesAreTold() =>
        Assert.Contains(Enumerable.Range(1, 8), seed => Exposed(seed, Terms with { FewestAlike = 1 }).Count > 0);

    [Fact]
    public void FiguresArePublishedAndWithdrawalIsHeardAtOnce()
    {
        var panel = new BenchmarkPanel(Terms);
        var all = Cell(1, 0, [.. Enumerable.Range(0, 10)]);
        Assert.Equal(10, panel.Publish(all).Companies);
        var one = panel.Publish([.. all.Where(value => value.Company != "c9")]);
        Assert.Equal(BenchmarkSuppression.TooFewChanged, one.Suppression);
        Assert.Null(one.Median);
        Assert.Equal(7, panel.Publish([.. all.Where(value => value.Company is not ("c9" or "c8" or "c7"))]).Companies);
    }

    [Fact]
    public void WhoJoinsAloneWaits()
    {
        var panel = new BenchmarkPanel(Terms);
        var before = panel.Publish(Cell(1, 0, [.. Enumerable.Range(0, 6)]));
        Assert.Equal(before, panel.Publish(Cell(1, 0, [.. Enumerable.Range(0, 7)])));
        Assert.Equal(9, panel.Publish(Cell(1, 0, [.. Enumerable.Range(0, 9)])).Companies);
    }

    [Fact]
    public void AFewAndALargeCompanyAreSuppressed()
    {
        Assert.Equal(BenchmarkSuppression.TooFewCompanies, new BenchmarkPanel(Terms).Publish(Cell(1, 0, [0, 1, 2, 3])).Suppression);
        var large = Cell(1, 0, [0, 1, 2, 3, 4]).Concat(Enumerable.Range(10, 9).Select(store => new BenchmarkValue("c0", $"{store}", 1m))).ToList();
        Assert.Equal(BenchmarkSuppression.Dominated, new BenchmarkPanel(Terms).Publish(large).Suppression);
    }

    [Fact]
    public void OfTwoStoresEachKnowsTheOtherUnlessSuppressed()
    {
        List<BenchmarkValue> two = [new("own", "1", 1.037m), new("other", "1", 0.812m)];
        Assert.Null(new BenchmarkPanel(Terms).Publish(two).Median);
        var open = new BenchmarkPanel(new(1, 1, 1m, 1m, 1, 0m)).Publish(two);
        Assert.Equal(0.812m, (2 * open.Median) - 1.037m);
    }

    // Companies that no exchange with one far enough away hides. c0 is the adversary, whose figures stay as they are.
    private static List<int> Exposed(int seed, BenchmarkTerms terms)
    {
        var seen = Publications(seed, terms, 0, 0);
        Assert.Contains(seen, figure => figure.Suppression is null);
        return [.. Enumerable.Range(1, 11).Where(target => !Enumerable.Range(1, 11)
            .Any(other => Math.Abs(Level(target) - Level(other)) >= Tolerance && Publications(seed, terms, target, other).SequenceEqual(seen)))];
    }

    private static List<BenchmarkFigure> Publications(int seed, BenchmarkTerms terms, int one, int other)
    {
        var random = new Random(seed);
        var panel = new BenchmarkPanel(terms);
        HashSet<int> sharing = [.. Enumerable.Range(0, 9)];
        List<BenchmarkFigure> figures = [];
        for (var week = 0; week < Weeks; week++)
        {
            // The adversary comes and goes as well; some weeks several companies do.
            for (var changes = week == 0 ? 0 : random.Next(4); changes > 0; changes--)
            {
                var company = random.Next(12);
                if (!sharing.Remove(company))
                {
                    sharing.Add(company);
                }
            }

            figures.Add(panel.Publish(Cell(seed, week, [.. sharing.Order()], one, other)));
        }

        return figures;
    }

    private static List<BenchmarkValue> Cell(int seed, int week, int[] companies, int one = 0, int other = 0) =>
        [.. companies.SelectMany(company => Enumerable.Range(0, 3).Select(store =>
        {
            var whose = company == one ? other : company == other ? one : company;
            var noise = new Random((((seed * 100) + week) * 100) + (whose * 3) + store).Next(-20, 21) / 1000m;
            return new BenchmarkValue($"c{company}", $"{store}", Level(whose) + noise);
        }))];

    // Neighbours in number are far from each other in figures.
    private static decimal Level(int company) => 0.7m + (company * 5 % 12 * 0.06m);
}
