using Npgsql;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Metrics;

/// <summary>Which tables answer a question and what that costs.</summary>
/// <param name="Query">The question.</param>
/// <param name="Parts">One statement a table.</param>
internal sealed record MetricPlan(MetricQuery Query, IReadOnlyList<MetricPart> Parts)
{
    /// <summary>The most values one answer may hold.</summary>
    public const long MaxCells = 200_000;

    /// <summary>The most rows of a fact table one question may read.</summary>
    public const long MaxScanned = 3_000_000;

    // What one store has of a dimension, for lack of anything better before the question is asked.
    private static readonly Dictionary<string, int> Sizes = new()
    {
        ["weekday"] = 7,
        ["hour"] = 24,
        ["category"] = 50,
        ["item"] = 2_000,
        ["tender"] = 10,
        ["discount_kind"] = 10,
        ["discount_label"] = 50,
        ["tax_rate"] = 4,
        ["tax_category"] = 6,
    };

    /// <summary>Chooses the cheapest table for each metric.</summary>
    /// <returns>The metrics no table has by all the dimensions asked for, and nothing when there are none.</returns>
    public static (MetricPlan? Plan, IReadOnlyList<Metric> Impossible) Of(MetricQuery query)
    {
        var filtered = query.Filters.Select(filter => filter.Dimension).ToList();
        var chosen = query.Metrics.Select(metric => (Metric: metric, Fact: MartFacts.All.FirstOrDefault(fact => fact.Has(metric.Measures, query.Dimensions, filtered)))).ToList();
        var impossible = chosen.Where(one => one.Fact is null).Select(one => one.Metric).ToList();
        if (impossible.Count > 0)
        {
            return (null, impossible);
        }

        var parts = chosen.GroupBy(one => one.Fact!).Select(group => new MetricPart(
            group.Key, query.Dimensions, query.Filters, [.. group.SelectMany(one => one.Metric.Measures).Distinct()], query.ByCurrency)).ToList();
        return (new MetricPlan(query, parts), []);
    }

    /// <summary>Rows read and values answered, about.</summary>
    public (long Scanned, long Cells) Cost(int stores)
    {
        var periods = Query.Compare == Comparison.None ? 1 : 2;
        var days = (long)Query.Days;
        var scanned = Parts.Sum(part => stores * days * part.Fact.RowsPerStoreDay) * periods;
        var rows = 1L;
        foreach (var dimension in Query.Dimensions)
        {
            rows = Math.Min(long.MaxValue / 1_000_000, rows) * (dimension switch
            {
                "store" => Math.Max(1, stores),
                "business_date" => Query.Grain switch { "day" => days, "week" => (days / 7) + 1, "month" => (days / 28) + 1, "quarter" => (days / 90) + 1, _ => (days / 365) + 1 },
                _ => Sizes[dimension],
            });
        }

        return (scanned, Math.Min(rows, Math.Max(1, scanned)) * Query.Metrics.Count * periods);
    }
}

/// <summary>One statement: measures of one table by some dimensions.</summary>
internal sealed record MetricPart(
    Fact Fact, IReadOnlyList<string> Dimensions, IReadOnlyList<MetricFilter> Filters, IReadOnlyList<string> Measures, bool ByCurrency)
{
    /// <summary>
    /// The statement for the period asked for or for the one compared with, whose dates are laid over the former. It answers the dimensions
    /// as text, the currency where it is kept apart, then the measures as numeric.
    /// </summary>
    public (string Sql, NpgsqlParameter[] Parameters) Statement(MetricQuery query, bool compared, string[]? stores, int limit)
    {
        // Nothing to compare with is a period without a day.
        var (from, to) = compared ? (query.Compared?.First ?? query.From, query.Compared?.Last ?? query.From.AddDays(-1)) : (query.From, query.To);
        var parameters = new List<NpgsqlParameter> { new("from", from), new("to", to), new("limit", limit) };
        var (date, dateJoins) = Date(query, compared ? query.Compared : null, parameters);

        var keys = Dimensions.Select(name => Expression(name, name == "weekday" && !Dimensions.Contains("business_date") ? "f.business_date" : date, query)).ToList();
        if (ByCurrency)
        {
            keys.Add(Fact.Currency);
        }

        var where = new List<string> { "f.tenant = @tenant", "f.business_date BETWEEN @from AND @to" };
        if (stores is not null)
        {
            where.Add("f.store = ANY(@stores)");
            parameters.Add(new("stores", stores));
        }

        foreach (var (filter, at) in Filters.Where(filter => filter.Dimension != "store" || filter.Exclude).Select((filter, at) => (filter, at)))
        {
            where.Add($"{(filter.Exclude ? "NOT " : "")}({Expression(filter.Dimension, "f.business_date", query)} = ANY(@filter_{at}))");
            parameters.Add(new($"filter_{at}", filter.Values.ToArray()));
        }

        var joins = Measures.Select(Fact.Joins.GetValueOrDefault).Append(ByCurrency ? Fact.CurrencyJoin : null).OfType<string>().Distinct().Concat(dateJoins);
        var sql = $"""
            SELECT {string.Join(", ", keys.Concat(Measures.Select(measure => $"({Fact.Measures[measure]})::numeric")))}
            FROM {Fact.Table} AS f {string.Join(' ', joins)}
            WHERE {string.Join(" AND ", where)}
            {(keys.Count == 0 ? "HAVING count(*) > 0" : $"GROUP BY {string.Join(", ", Enumerable.Range(1, keys.Count))}")}
            LIMIT @limit
            """;
        return (sql, [.. parameters]);
    }

    // The date a row counts for. Days that lie back by a fixed number are shifted; others are looked up pair by pair, and so is the first day
    // of a month or year the database does not know.
    private (string Date, List<string> Joins) Date(MetricQuery query, ComparedPeriod? compared, List<NpgsqlParameter> parameters)
    {
        var (date, joins) = ("f.business_date", new List<string>());
        if (compared?.Shift is { } days)
        {
            date = "(f.business_date + @shift)";
            parameters.Add(new("shift", days));
        }
        else if (compared is { Pairs.Count: > 0 })
        {
            date = "pair.day";
            joins.Add("JOIN unnest(@pair_days, @pair_others) AS pair(day, other) ON pair.other = f.business_date");
            parameters.Add(new("pair_days", compared.Pairs.Select(pair => pair.Day).ToArray()));
            parameters.Add(new("pair_others", compared.Pairs.Select(pair => pair.Other).ToArray()));
        }

        if (!query.GroupsPlainly && Dimensions.Contains("business_date"))
        {
            var span = Enumerable.Range(0, query.Days).Select(query.From.AddDays).ToArray();
            joins.Add($"JOIN unnest(@bucket_days, @buckets) AS bucket(day, first) ON bucket.day = {date}");
            parameters.Add(new("bucket_days", span));
            parameters.Add(new("buckets", span.Select(query.BucketOf).ToArray()));
        }

        return (date, joins);
    }

    // Names come from the catalogue, never from the caller; values are parameters.
    private string Expression(string dimension, string date, MetricQuery query) => dimension switch
    {
        "business_date" => query.Grain switch
        {
            "day" => $"{date}::text",
            "week" => $"({date} - ((extract(dow FROM {date})::int - {(int)query.Calendar.FirstDayOfWeek} + 7) % 7))::text",
            _ when !query.GroupsPlainly => "bucket.first::text",
            _ => $"date_trunc('{query.Grain}', {date})::date::text",
        },
        "weekday" => $"extract(isodow FROM {date})::int::text",
        _ => $"{Fact.Dimensions[dimension]}::text",
    };
}
