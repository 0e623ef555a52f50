using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Metrics;

/// <summary>Answers a plan from the datamart: one statement a table and period, put together by the rows' keys.</summary>
internal static class MetricReads
{
    /// <summary>Stands between the keys of a row; no code contains it.</summary>
    public const char Separator = '\u001f';

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
        var states = new RowStates(expected, query.Dimensions);
        var asked = new List<(MetricPart Part, MetricPart Own, bool Compared)>();
        foreach (var compared in query.Compare == Comparison.None ? [false] : (bool[])[false, true])
        {
            asked.AddRange(plan.Parts.Where(part => !compared || part.Compared is not null).Select(part => compared ? part with { Fact = part.Compared! } : part).Select(part => (
                part, !compared && part.Fact.Measures.ContainsKey("store_days") ? part with { Measures = [.. part.Measures.Union(RowStates.OfSales)] } : part, compared)));
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
            AskState(MartFacts.All[0], RowStates.OfSales);
        }

        if (registers)
        {
            AskState(MartFacts.All.First(fact => RowStates.OfRegisters.All(fact.Measures.ContainsKey)), RowStates.OfRegisters);
        }

        var answers = await ask([.. asked.Select(one => Statement(query, one.Own, one.Compared, stores, limit))], cancellationToken);
        foreach (var ((part, own, compared), found) in asked.Zip(answers))
        {
            if (found.Count >= limit)
            {
                return null;
            }

            var cells = Cells(query, part, own.Measures);
            var places = own != part ? RowStates.Places(own.Measures) : null;
            foreach (var (keys, currency, sums) in found)
            {
                if (part.Measures.Count > 0)
                {
                    var row = RowOf(rows, keys, currency, query, states);
                    foreach (var (at, numerator, denominator) in cells)
                    {
                        (compared ? row.Compared! : row.Values)[at] = query.Metrics[at].Value(sums[numerator], denominator is { } below ? sums[below] : null);
                    }

                    if (places is not null)
                    {
                        states.Add(keys, places, sums);
                    }
                }
                else
                {
                    states.AddOwn(keys, places!, sums);
                }
            }
        }

        return new MetricResult(Sort(rows.Values, query), states.Total);
    }

    private static TenantStatement<Sums> Statement(
        MetricQuery query, MetricPart part, bool compared, string[]? stores, int limit)
    {
        var (sql, parameters, hasOnePlan) = part.Statement(query, compared, stores, limit);
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
                sums[at] = row.IsDBNull(first + at) ? null : row.GetFieldValue<decimal>(first + at);
            }

            return new Sums(key, part.ByCurrency ? row.GetString(keys) : null, sums);
        }, hasOnePlan);
    }

    private static MetricRow RowOf(Dictionary<string, MetricRow> rows, string[] keys, string? currency, MetricQuery query, RowStates states)
    {
        var key = keys.Length == 1 ? keys[0] + Separator + currency : string.Join(Separator, keys) + Separator + currency;
        if (!rows.TryGetValue(key, out var row))
        {
            var values = query.Metrics.Count;
            rows[key] = row = new MetricRow(keys, currency, new decimal?[values], query.Compare != Comparison.None ? new decimal?[values] : null, states);
        }

        return row;
    }

    // The metrics a statement answers, and which of its measures they are made of.
    private static List<(int At, int Numerator, int? Denominator)> Cells(MetricQuery query, MetricPart part, IReadOnlyList<string> measures)
    {
        var places = measures.Select((measure, at) => (measure, at)).ToDictionary(pair => pair.measure, pair => pair.at, StringComparer.Ordinal);
        return
        [
            .. query.Metrics.Select((metric, at) => (Metric: metric, At: at)).Where(one => part.Metrics.Contains(one.Metric))
                .Select(one => (one.At, places[one.Metric.Numerator], one.Metric.Denominator is { } below ? places[below] : (int?)null)),
        ];
    }

    private static List<MetricRow> Sort(IEnumerable<MetricRow> rows, MetricQuery query)
    {
        // Amounts of different currencies have no order among each other.
        var byCurrency = query.Order.Any(one => query.Metrics.Any(metric => metric.Id == one.Name && metric.IsMoney));
        var sorted = rows.OrderBy(row => byCurrency ? row.Currency : null, StringComparer.Ordinal);
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
internal sealed record MetricRow(string[] Keys, string? Currency, decimal?[] Values, decimal?[]? Compared, RowStates States)
{
    /// <summary>How complete it is.</summary>
    public DataState State => States.Of(Keys);
}
