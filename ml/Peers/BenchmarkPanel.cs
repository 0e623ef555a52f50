namespace RetailInsight.Ml.Peers;

/// <summary>A store's figure in one period.</summary>
/// <param name="Company">The legal entity it belongs to.</param>
/// <param name="Store">Its code; never published.</param>
/// <param name="Value">A ratio above 0, such as sales against the same week of last year.</param>
internal readonly record struct BenchmarkValue(string Company, string Store, decimal Value);

/// <summary>What must hold before a cell is published.</summary>
/// <param name="FewestCompanies">Companies at least.</param>
/// <param name="FewestStores">Stores at least.</param>
/// <param name="LargestShare">Share of the stores one company has at most.</param>
/// <param name="TwoLargestShare">Share of the stores the two largest have at most.</param>
/// <param name="FewestAlike">Companies that came and went together at least; see <see cref="BenchmarkPanel"/>.</param>
/// <param name="Step">What quartiles are rounded to.</param>
internal sealed record BenchmarkTerms(
    int FewestCompanies = 5, int FewestStores = 10, decimal LargestShare = 0.4m, decimal TwoLargestShare = 0.75m, int FewestAlike = 3, decimal Step = 0.01m);

/// <summary>Why a cell is suppressed.</summary>
internal enum BenchmarkSuppression
{
    /// <summary>Of too few companies.</summary>
    TooFewCompanies,

    /// <summary>Of too few stores.</summary>
    TooFewStores,

    /// <summary>One company, or two, are too much of it.</summary>
    Dominated,

    /// <summary>Beside earlier publications it would be about too few companies.</summary>
    TooFewChanged,
}

/// <summary>A cell in one period; quartiles are null where it is suppressed.</summary>
internal sealed record BenchmarkFigure(BenchmarkSuppression? Suppression, decimal? Lower, decimal? Median, decimal? Upper, int Companies, int Stores);

/// <summary>
/// One cell over its periods. All who share see the same figure, so two of them have nothing to subtract. Whoever withdrew is out
/// at once; whoever joins waits until enough do. Companies are alike when they were in the same published figures with unchanged
/// stores. At least <see cref="BenchmarkTerms.FewestAlike"/> must be alike, over the whole history and not from one period to the
/// next only: three figures can single out a company that no two of them do. Not safe for use by several threads.
/// </summary>
internal sealed class BenchmarkPanel(BenchmarkTerms terms)
{
    private readonly List<Dictionary<string, string>> _published = [];

    /// <summary>The figure of the next period.</summary>
    /// <param name="sharing">Stores of the companies that share now and have a value, in any order.</param>
    public BenchmarkFigure Publish(IReadOnlyCollection<BenchmarkValue> sharing)
    {
        var now = Cohort(sharing);
        var last = _published.LastOrDefault();
        var refused = Judge(sharing, now);
        if (refused is BenchmarkSuppression.TooFewChanged && last is not null)
        {
            // Those who joined wait: the cohort before goes on as long as it is complete.
            var stores = last.SelectMany(company => company.Value.Split('\n').Select(store => (company.Key, store))).ToHashSet();
            List<BenchmarkValue> before = [.. sharing.Where(one => stores.Contains((one.Company, one.Store)))];
            if (before.Count == stores.Count)
            {
                (sharing, now, refused) = (before, last, Judge(before, last));
            }
        }

        if (refused is not null)
        {
            return new(refused, null, null, null, 0, 0);
        }

        // An unchanged cohort adds nothing to what can be told apart.
        if (last is null || !Same(last, now))
        {
            _published.Add(now);
        }

        decimal[] values = [.. sharing.Select(one => one.Value).Order()];
        return new(null, Quantile(values, 0.25m), Quantile(values, 0.5m), Quantile(values, 0.75m), now.Count, values.Length);
    }

    private static Dictionary<string, string> Cohort(IEnumerable<BenchmarkValue> values) => values.GroupBy(one => one.Company, StringComparer.Ordinal)
        .ToDictionary(company => company.Key, company => string.Join('\n', company.Select(one => one.Store).Order(StringComparer.Ordinal)), StringComparer.Ordinal);

    private static bool Same(Dictionary<string, string> one, Dictionary<string, string> other) =>
        one.Count == other.Count && one.All(company => other.GetValueOrDefault(company.Key) == company.Value);

    private BenchmarkSuppression? Judge(IReadOnlyCollection<BenchmarkValue> values, Dictionary<string, string> cohort)
    {
        int[] sizes = [.. values.GroupBy(one => one.Company).Select(company => company.Count()).OrderDescending()];
        return sizes.Length < terms.FewestCompanies ? BenchmarkSuppression.TooFewCompanies
            : values.Count < terms.FewestStores ? BenchmarkSuppression.TooFewStores
            : sizes[0] > terms.LargestShare * values.Count || sizes.Take(2).Sum() > terms.TwoLargestShare * values.Count ? BenchmarkSuppression.Dominated
            : FewestAlike(cohort) < terms.FewestAlike ? BenchmarkSuppression.TooFewChanged
            : null;
    }

    private int FewestAlike(Dictionary<string, string> cohort)
    {
        List<Dictionary<string, string>> all = [.. _published, cohort];
        return all.SelectMany(one => one.Keys).Distinct(StringComparer.Ordinal).GroupBy(History, StringComparer.Ordinal).Min(alike => alike.Count());

        // Absent is 0, its first set of stores 1, another set 2 and so on: the sets of two companies have nothing else in common.
        string History(string company)
        {
            List<string> sets = [];
            return string.Join(',', all.Select(one =>
            {
                if (!one.TryGetValue(company, out var stores))
                {
                    return 0;
                }

                if (!sets.Contains(stores))
                {
                    sets.Add(stores);
                }

                return sets.IndexOf(stores) + 1;
            }));
        }
    }

    private decimal Quantile(decimal[] sorted, decimal share)
    {
        var at = share * (sorted.Length - 1);
        var low = (int)decimal.Floor(at);
        var high = Math.Min(low + 1, sorted.Length - 1);
        var value = sorted[low] + (at - low) * (sorted[high] - sorted[low]);
        return terms.Step == 0 ? value : Math.Round(value / terms.Step, MidpointRounding.ToEven) * terms.Step;
    }
}
