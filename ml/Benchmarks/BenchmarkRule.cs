using RetailInsight.Core.Benchmarks;

namespace RetailInsight.Ml.Benchmarks;

/// <summary>A store's figure in one month.</summary>
/// <param name="Company">The legal entity it belongs to.</param>
/// <param name="Store">Its code; never published.</param>
/// <param name="Value">A ratio of 0 or more.</param>
internal readonly record struct BenchmarkValue(string Company, string Store, decimal Value);

/// <summary>What must hold before a cell is published.</summary>
/// <param name="FewestCompanies">Companies at least.</param>
/// <param name="FewestStores">Stores at least.</param>
/// <param name="LargestShare">Share of the stores one company has at most.</param>
/// <param name="TwoLargestShare">Share of the stores the two largest have at most.</param>
/// <param name="FewestAlike">Companies at least that were in the same publications of the window; see <see cref="BenchmarkRule"/>.</param>
/// <param name="Window">Months a publication is held against those before.</param>
internal sealed record BenchmarkTerms(
    int FewestCompanies = 5, int FewestStores = 10, decimal LargestShare = 0.4m, decimal TwoLargestShare = 0.75m, int FewestAlike = 3, int Window = 6);

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

/// <summary>Who was in a published cell: companies and their stores.</summary>
/// <param name="Month">First day of the month it is of.</param>
/// <param name="Stores">Store codes by company.</param>
internal sealed record BenchmarkMembers(DateOnly Month, IReadOnlyDictionary<string, IReadOnlySet<string>> Stores);

/// <summary>A cell of one month.</summary>
/// <param name="Suppression">Why it is not shown; null when it is.</param>
/// <param name="Lower">First quartile; null where it is suppressed.</param>
/// <param name="Median">Median.</param>
/// <param name="Upper">Third quartile.</param>
/// <param name="Values">What went into it; none where it is suppressed.</param>
internal sealed record BenchmarkCell(BenchmarkSuppression? Suppression, decimal? Lower, decimal? Median, decimal? Upper, IReadOnlyList<BenchmarkValue> Values);

/// <summary>
/// When a figure of several companies may be told. All who share see the same figure, so two of them have nothing to subtract. Within any
/// window of months each company has at least two others that were in exactly the same publications: whoever compares publications, and knows
/// who took part, learns of such companies together only, also where one of them is his own. Where k companies work together, k + 2 alike would be
/// needed. A company that joins waits until enough do; after one withdrew the cell is shut until the last publication with it has left the window.
/// </summary>
internal static class BenchmarkRule
{
    /// <summary>The cell of the next month.</summary>
    /// <param name="figure">What it is of.</param>
    /// <param name="month">First day of the month.</param>
    /// <param name="sharing">Stores of the companies that share now and have a value, in any order.</param>
    /// <param name="published">Earlier publications of the cell in any order; those outside the window do not count.</param>
    /// <param name="terms">What must hold.</param>
    public static BenchmarkCell Judge(BenchmarkFigure figure, DateOnly month, IReadOnlyList<BenchmarkValue> sharing, IReadOnlyList<BenchmarkMembers> published, BenchmarkTerms terms)
    {
        var window = published.Where(one => one.Month < month && one.Month >= month.AddMonths(-terms.Window)).OrderBy(one => one.Month).ToList();
        var offered = OfQuarter(month, sharing, window);
        var refused = Refusal(offered, window, terms);
        if (refused is BenchmarkSuppression.TooFewChanged && window.Count > 0)
        {
            // Those who joined wait: the companies before go on as long as they are complete.
            var last = window[^1].Stores;
            var before = offered.Where(one => last.ContainsKey(one.Company)).ToList();
            if (before.Select(one => one.Company).Distinct(StringComparer.Ordinal).Count() == last.Count)
            {
                (offered, refused) = (before, Refusal(before, window, terms));
            }
        }

        if (refused is not null)
        {
            return new(refused, null, null, null, []);
        }

        decimal[] values = [.. offered.Select(one => one.Value).Order()];
        return new(null, Quantile(values, 0.25m, figure.Step), Quantile(values, 0.5m, figure.Step), Quantile(values, 0.75m, figure.Step), offered);
    }

    // The stores of a company stay the same for a calendar quarter: a new one waits, one without a value is left out.
    private static List<BenchmarkValue> OfQuarter(DateOnly month, IReadOnlyList<BenchmarkValue> sharing, List<BenchmarkMembers> window)
    {
        var quarter = window.Where(one => one.Month.Year == month.Year && (one.Month.Month - 1) / 3 == (month.Month - 1) / 3).ToList();
        return [.. sharing.Where(one => quarter.Find(members => members.Stores.ContainsKey(one.Company)) is not { } first || first.Stores[one.Company].Contains(one.Store))];
    }

    private static BenchmarkSuppression? Refusal(List<BenchmarkValue> values, List<BenchmarkMembers> window, BenchmarkTerms terms)
    {
        int[] sizes = [.. values.GroupBy(one => one.Company, StringComparer.Ordinal).Select(company => company.Count()).OrderDescending()];
        return sizes.Length < terms.FewestCompanies ? BenchmarkSuppression.TooFewCompanies
            : values.Count < terms.FewestStores ? BenchmarkSuppression.TooFewStores
            : sizes[0] > terms.LargestShare * values.Count || sizes.Take(2).Sum() > terms.TwoLargestShare * values.Count ? BenchmarkSuppression.Dominated
            : FewestAlike(values, window) < terms.FewestAlike ? BenchmarkSuppression.TooFewChanged
            : null;
    }

    private static int FewestAlike(List<BenchmarkValue> values, List<BenchmarkMembers> window)
    {
        var now = values.Select(one => one.Company).ToHashSet(StringComparer.Ordinal);
        return window.SelectMany(one => one.Stores.Keys).Concat(now).Distinct(StringComparer.Ordinal)
            .GroupBy(company => string.Concat(window.Select(one => one.Stores.ContainsKey(company) ? '1' : '0').Append(now.Contains(company) ? '1' : '0')), StringComparer.Ordinal)
            .Min(alike => alike.Count());
    }

    private static decimal Quantile(decimal[] sorted, decimal share, decimal step)
    {
        var at = share * (sorted.Length - 1);
        var low = (int)decimal.Floor(at);
        var high = Math.Min(low + 1, sorted.Length - 1);
        var value = sorted[low] + (at - low) * (sorted[high] - sorted[low]);
        return Math.Round(value / step, MidpointRounding.ToEven) * step;
    }
}
