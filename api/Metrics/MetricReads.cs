using RetailInsight.Api.Kpis;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Metrics;

/// <summary>Answers a plan from the datamart: one statement a table and period, put together by the rows' keys.</summary>
internal static class MetricReads
{
    private const char Separator = '\u001f';

    private static readonly string[] SalesState = ["store_days", "observed_minutes", "expected_minutes"];

    private static readonly string[] RegisterState = ["registers_expected", "registers_of_expected"];

    private static readonly string[] StateMeasures = [.. SalesState, .. RegisterState];

    /// <summary>Every row of the answer in its order; null when there are more than an answer may hold.</summary>
    public static Task<MetricResult?> AnswerAsync(
        this TenantRead read, MetricPlan plan, string[]? stores, ExpectedStoreDays expected, CancellationToken cancellationToken) =>
        AnswerAsync(read.ListAllAsync, plan, stores, expected, registers: false, cancellationToken);

    /// <summary>Every row of the answer in its order; null when there are more than an answer may hold.</summary>
    /// <param name="ask">Takes all statements of the answer to the datamart.</param>
    /// <param name="plan">What is asked.</param>
    /// <param name="stores">Codes; null for every store.</param>
    /// <param name="expected">Store-days that should be there.</param>
    /// <param name="registers">Whether the state of the rows tells of registers.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<MetricResult?> AnswerAsync(
        Func<IReadOnlyList<TenantStatement<Sums>>, CancellationToken, Task<List<List<Sums>>>> ask, MetricPlan plan, string[]? stores, ExpectedStoreDays expected, bool registers,
        CancellationToken cancellationToken)
    {
        var query = plan.Query;
        var values = query.Metrics.Count;
        var limit = (int)(MetricPlan.MaxCells / values) + 1;
        var rows = new Dictionary<string, MetricRow>(StringComparer.Ordinal);
        var state = new Dictionary<string, decimal[]>(StringComparer.Ordinal);
        var stateDimensions = Enumerable.Range(0, query.Dimensions.Count).Where(at => ExpectedStoreDays.Dimensions.Contains(query.Dimensions[at])).ToList();
        var asked = new List<(MetricPart Part, MetricPart Own, bool Compared)>();
        foreach (var compared in query.Compare == Comparison.None ? [false] : (bool[])[false, true])
        {
            asked.AddRange(plan.Parts.Where(part => !compared || part.Compared is not null).Select(part => compared ? part with { Fact = part.Compared! } : part).Select(part => (
                part, !compared && part.Fact.Measures.ContainsKey("store_days") ? part with { Measures = [.. part.Measures.Union(SalesState)] } : part, compared)));
        }

        void AskState(Fact fact, IReadOnlyList<string> measures)
        {
            var part = new MetricPart(
                fact, [.. query.Dimensions.Where(ExpectedStoreDays.Dimensions.Contains)],
                [.. query.Filters.Where(filter => ExpectedStoreDays.Dimensions.Contains(filter.Dimension))], measures, ByCurrency: false);
            asked.Add((part with { Measures = [] }, part, false));
        }

        if (asked.TrueForAll(one => one.Own == one.Part))
        {
            AskState(MartFacts.All[0], SalesState);
        }

        if (registers)
        {
            AskState(MartFacts.All.First(fact => fact.Measures.ContainsKey(RegisterState[1])), RegisterState);
        }

        var answers = await ask([.. asked.Select(one => Statement(query, one.Own, one.Compared, stores, limit))], cancellationToken);
        foreach (var ((part, own, compared), found) in asked.Zip(answers))
        {
            if (found.Count >= limit)
            {
                return null;
            }

            foreach (var (keys, currency, sums) in found)
            {
                if (part.Measures.Count > 0)
                {
                    Fill(RowOf(rows, keys, currency, values, query.Compare != Comparison.None), query, part, own.Measures, sums, compared);
                }

                if (own != part)
                {
                    AddState(state, string.Join(Separator, part.Measures.Count > 0 ? stateDimensions.Select(at => keys[at]) : keys), own.Measures, sums);
                }
            }
        }

        foreach (var row in rows.Values)
        {
            var key = string.Join(Separator, stateDimensions.Select(at => row.Keys[at]));
            row.State = State(expected[key], state.GetValueOrDefault(key));
        }

        var all = state.Values.Aggregate(new decimal[StateMeasures.Length], (sum, one) => [.. sum.Zip(one, (left, right) => left + right)]);
        return new MetricResult(Sort(rows.Values, query), State(expected.Total, all));
    }

    private static TenantStatement<Sums> Statement(
        MetricQuery query, MetricPart part, bool compared, string[]? stores, int limit)
    {
        var (sql, parameters) = part.Statement(query, compared, stores, limit);
        var keys = part.Dimensions.Count;
        var first = keys + (part.ByCurrency ? 1 : 0);
        return new TenantStatement<Sums>(sql, parameters, row =>
        {
            var key = new string[keys];
            for (var at = 0; at < keys; at++)
            {
                key[at] = row.IsDBNull(at) ? "" : row.GetString(at);
            }

            var sums = new decimal?[part.Measures.Count];
            for (var at = 0; at < sums.Length; at++)
            {
                sums[at] = row.IsDBNull(first + at) ? null : row.GetDecimal(first + at);
            }

            return new Sums(key, part.ByCurrency ? row.GetString(keys) : null, sums);
        });
    }

    private static MetricRow RowOf(Dictionary<string, MetricRow> rows, string[] keys, string? currency, int values, bool compared)
    {
        var key = string.Join(Separator, keys) + Separator + currency;
        if (!rows.TryGetValue(key, out var row))
        {
            rows[key] = row = new MetricRow(keys, currency, new decimal?[values], compared ? new decimal?[values] : null);
        }

        return row;
    }

    private static void Fill(MetricRow row, MetricQuery query, MetricPart part, IReadOnlyList<string> measures, decimal?[] sums, bool compared)
    {
        decimal? Sum(string? measure)
        {
            for (var at = 0; at < measures.Count; at++)
            {
                if (measures[at] == measure)
                {
                    return sums[at];
                }
            }

            return null;
        }

        for (var at = 0; at < query.Metrics.Count; at++)
        {
            var metric = query.Metrics[at];
            if (part.Metrics.Contains(metric))
            {
                (compared ? row.Compared! : row.Values)[at] = metric.Value(Sum(metric.Numerator), Sum(metric.Denominator));
            }
        }
    }

    private static void AddState(Dictionary<string, decimal[]> state, string key, IReadOnlyList<string> measures, decimal?[] sums)
    {
        if (!state.TryGetValue(key, out var sum))
        {
            state[key] = sum = new decimal[StateMeasures.Length];
        }

        for (var at = 0; at < measures.Count; at++)
        {
            var place = Array.IndexOf(StateMeasures, measures[at]);
            if (place >= 0)
            {
                sum[place] += sums[at] ?? 0;
            }
        }
    }

    private static DataState State(long expected, decimal[]? sums) => new(
        expected, (long)(sums?[0] ?? 0), sums is null || sums[2] == 0 ? null : WireFigures.Ratio(sums[1] / sums[2], 4),
        (long)(sums?[3] ?? 0), (long)(sums?[4] ?? 0));

    private static List<MetricRow> Sort(IEnumerable<MetricRow> rows, MetricQuery query)
    {
        // Amounts of different currencies have no order among each other.
        var sorted = rows.OrderBy(row => query.Order.Any(one => query.Metrics.Any(metric => metric.Id == one.Name && metric.IsMoney)) ? row.Currency : null, StringComparer.Ordinal);
        foreach (var (name, descending) in query.Order.Concat(query.Dimensions.Select(name => (name, false))))
        {
            var place = query.Dimensions.ToList().IndexOf(name);
            if (place >= 0)
            {
                var comparer = name is "hour" or "weekday" or "tax_rate" ? Comparer<string>.Create((left, right) => left.Length != right.Length ? left.Length - right.Length : string.CompareOrdinal(left, right)) : (IComparer<string>)StringComparer.Ordinal;
                sorted = descending ? sorted.ThenByDescending(row => row.Keys[place], comparer) : sorted.ThenBy(row => row.Keys[place], comparer);
                continue;
            }

            var metric = query.Metrics.Select((one, at) => (one.Id, at)).First(one => one.Id == name).at;
            sorted = sorted.ThenBy(row => row.Values[metric] is null);
            sorted = descending ? sorted.ThenByDescending(row => row.Values[metric]) : sorted.ThenBy(row => row.Values[metric]);
        }

        return [.. sorted.ThenBy(row => row.Currency, StringComparer.Ordinal)];
    }
}

/// <summary>A row of a statement: what it is about, and its measures.</summary>
internal readonly record struct Sums(string[] Keys, string? Currency, decimal?[] Measures);

/// <summary>An answer: its rows in order, and the state of the whole period.</summary>
internal sealed record MetricResult(IReadOnlyList<MetricRow> Rows, DataState State);

/// <summary>One row: what it is about, its values, those of the period compared with, and how complete it is.</summary>
internal sealed record MetricRow(string[] Keys, string? Currency, decimal?[] Values, decimal?[]? Compared)
{
    /// <summary>How complete it is.</summary>
    public DataState State { get; set; } = new(0, 0, null);
}
