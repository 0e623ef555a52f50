using Npgsql;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Metrics;

/// <summary>One statement: measures of one table by some dimensions.</summary>
internal sealed record MetricPart(
    Fact Fact, IReadOnlyList<string> Dimensions, IReadOnlyList<MetricFilter> Filters, IReadOnlyList<string> Measures, bool ByCurrency)
{
    private const string AsText = "::text";

    /// <summary>The metrics it answers.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>What answers the side compared with; null where there is no such side.</summary>
    public Fact? Compared { get; init; }

    /// <summary>
    /// The statement for the period asked for or for the one compared with, whose dates are laid over the former. It answers the dimensions
    /// as text, the currency where it is kept apart, then the measures, whole or numeric.
    /// </summary>
    public (string Sql, NpgsqlParameter[] Parameters, bool HasOnePlan) Statement(MetricQuery query, bool compared, string[]? stores, int limit)
    {
        // Nothing to compare with is a period without a day. A target is one of the same days.
        compared &= query.Compare != Comparison.Target;
        var (from, to) = compared ? (query.Compared?.First ?? query.From, query.Compared?.Last ?? query.From.AddDays(-1)) : (query.From, query.To);
        var parameters = new List<NpgsqlParameter> { new("from", from), new("to", to), new("limit", limit) };
        var (date, dateJoins) = Date(query, compared ? query.Compared : null, parameters);

        var keys = Dimensions.Select(name => Expression(name, name == "weekday" && !Dimensions.Contains("business_date") ? "f.business_date" : date, query)).ToList();
        if (ByCurrency)
        {
            keys.Add(Fact.Currency);
        }

        var where = new List<string> { "f.tenant = @tenant", "f.business_date BETWEEN @from AND @to" };
        // Most questions are about one store: said as such, a prepared statement is planned for one.
        if (stores is [var only])
        {
            where.Add("f.store = @store");
            parameters.Add(new("store", only));
        }
        else if (stores is not null)
        {
            where.Add("f.store = ANY(@stores)");
            parameters.Add(new("stores", stores));
        }

        foreach (var (filter, at) in Filters.Where(filter => filter.Dimension != "store" || filter.Exclude).Select((filter, at) => (filter, at)))
        {
            where.Add($"{(filter.Exclude ? "NOT " : "")}({Expression(filter.Dimension, "f.business_date", query)} = ANY(@filter_{at}))");
            parameters.Add(new($"filter_{at}", filter.Values.ToArray()));
        }

        List<string> joins = [.. Measures.Select(Fact.Joins.GetValueOrDefault).Append(ByCurrency ? Fact.CurrencyJoin : null).OfType<string>().Distinct(), .. dateJoins];
        var table = query.Cut is null ? Fact.Table : Fact.CutAtHour ?? Fact.Table;
        var sql = $"""
            SELECT {string.Join(", ", keys.Concat(Measures.Select(measure => Fact.Measures[measure])))}
            FROM {table} AS f {string.Join(' ', joins)}
            WHERE {string.Join(" AND ", where)}
            {(keys.Count == 0 ? "HAVING count(*) > 0" : $"GROUP BY {string.Join(", ", keys.Select(Valued))}")}
            LIMIT @limit
            """;
        if (query.Cut is { } cut)
        {
            parameters.Add(new("cut_date", compared ? cut.Other : cut.Day));
            parameters.Add(new("cut_hour", cut.Hour));
        }

        return (sql, [.. parameters], stores is [_] && joins.Count == 0 && table.StartsWith("mart.", StringComparison.Ordinal));
    }

    // Rows are grouped by what a key is, and only the groups are written as text.
    private static string Valued(string key) => key.EndsWith(AsText, StringComparison.Ordinal) ? key[..^AsText.Length] : key;

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
