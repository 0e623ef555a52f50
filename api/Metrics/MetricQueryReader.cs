using System.Globalization;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api.Metrics;

/// <summary>Checks a question and names every fault of it at once, so that a caller mends all of them together.</summary>
internal sealed class MetricQueryReader(List<ParameterFault> faults)
{
    /// <summary>The most metrics of one question.</summary>
    public const int MaxMetrics = 20;

    /// <summary>Years one question may span; what it may cost is decided later.</summary>
    public const int MaxYears = 20;

    private const int MaxValues = 1_000;
    private const int MaxValueLength = 200;

    private static readonly string[] Grains = ["day", "week", "month", "quarter", "year"];

    /// <summary>The question; null when there is a fault.</summary>
    public MetricQuery? Read(MetricQueryBody body)
    {
        var metrics = Metrics(Whole("metrics", body.Metrics));
        var dimensions = Dimensions(Whole("dimensions", body.Dimensions));
        var grain = OneOf("grain", body.Grain, Grains) ?? "day";
        DayOfWeek? weekStart = OneOf("week_start", body.WeekStart, ["monday", "sunday"]) switch { "sunday" => DayOfWeek.Sunday, "monday" => DayOfWeek.Monday, _ => null };
        var from = Date("from", body.From);
        var to = Date("to", body.To);
        if (from is not null && to is not null)
        {
            if (to < from)
            {
                Fault("to", "must not be before from.");
            }
            else if (to.Value.Year - from.Value.Year > MaxYears)
            {
                Fault("to", $"must lie within {MaxYears} years of from.");
            }
        }

        var filters = Filters(Whole("filters", body.Filters));
        var compare = Compare(body.Compare);
        var order = Order(Whole("order", body.Order), metrics, dimensions);
        if (body.Limit is < 1 or > QueryParameters.MaxLimit)
        {
            Fault("limit", $"must be a whole number from 1 to {QueryParameters.MaxLimit}.");
        }

        return faults.Count > 0
            ? null
            : new MetricQuery(metrics, dimensions, grain, weekStart, from!.Value, to!.Value, filters, compare, order, body.Limit ?? 100, body.Cursor);
    }

    // The serializer lets null stand among the elements of a list.
    private List<T> Whole<T>(string parameter, List<T>? list)
        where T : class
    {
        if (list?.Contains(null!) == true)
        {
            Fault(parameter, "must not contain null.");
        }

        return list?.Where(one => one is not null).ToList() ?? [];
    }

    private List<Metric> Metrics(List<string> ids)
    {
        if (ids.Count is 0 or > MaxMetrics)
        {
            Fault("metrics", $"names 1 to {MaxMetrics} metrics; GET /v1/metrics lists them.");
        }

        foreach (var id in ids.Where(id => MetricCatalogue.Find(id) is null).Take(MaxMetrics))
        {
            Fault("metrics", $"there is no metric '{Shown(id)}'; GET /v1/metrics lists them.");
        }

        Once("metrics", ids);
        return [.. ids.Select(MetricCatalogue.Find).OfType<Metric>()];
    }

    private List<string> Dimensions(List<string> names)
    {
        foreach (var name in names.Where(name => !MetricCatalogue.Dimensions.ContainsKey(name)).Take(MaxMetrics))
        {
            Fault("dimensions", $"there is no dimension '{Shown(name)}'; there are {string.Join(", ", MetricCatalogue.Dimensions.Keys)}.");
        }

        Once("dimensions", names);
        return names;
    }

    private List<MetricFilter> Filters(List<MetricFilter> filters)
    {
        if (filters.Count > MaxMetrics)
        {
            Fault("filters", $"has at most {MaxMetrics} entries.");
        }

        foreach (var filter in filters.Take(MaxMetrics))
        {
            if (filter.Dimension == "business_date")
            {
                Fault("filters", "business_date is limited by from and to.");
            }
            else if (!MetricCatalogue.Dimensions.ContainsKey(filter.Dimension))
            {
                Fault("filters", $"there is no dimension '{Shown(filter.Dimension)}'; there are {string.Join(", ", MetricCatalogue.Dimensions.Keys)}.");
            }

            if (filter.Values.Count is 0 or > MaxValues || filter.Values.Any(value => value is null || value.Length > MaxValueLength || !IsText(value)))
            {
                Fault("filters", $"{Shown(filter.Dimension)} takes 1 to {MaxValues} values of at most {MaxValueLength} characters without control characters.");
            }
        }

        return filters;
    }

    private List<(string Name, bool Descending)> Order(List<string> names, List<Metric> metrics, List<string> dimensions)
    {
        var order = names.ConvertAll(name => name.StartsWith('-') ? (name[1..], true) : (name, false));
        foreach (var (name, _) in order.Where(one => !dimensions.Contains(one.Item1) && metrics.All(metric => metric.Id != one.Item1)).Take(MaxMetrics))
        {
            Fault("order", $"'{Shown(name)}' is none of the metrics and dimensions asked for.");
        }

        return order;
    }

    private Comparison Compare(string? name)
    {
        if (name is null)
        {
            return Comparison.None;
        }

        foreach (var one in Enum.GetValues<Comparison>())
        {
            if (Name(one) == name)
            {
                return one;
            }
        }

        Fault("compare", $"must be one of {string.Join(", ", Enum.GetValues<Comparison>().Select(Name))}.");
        return Comparison.None;
    }

    /// <summary>What callers call a comparison.</summary>
    public static string Name(Comparison comparison) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(comparison.ToString());

    private string? OneOf(string parameter, string? value, string[] known)
    {
        if (value is null || known.Contains(value))
        {
            return value;
        }

        Fault(parameter, $"must be one of {string.Join(", ", known)}.");
        return null;
    }

    private DateOnly? Date(string parameter, string? text)
    {
        // The years at both ends of the calendar are left out, so that a comparison never leaves it.
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1950 and < 2200)
        {
            return date;
        }

        Fault(parameter, "must be an existing date as YYYY-MM-DD, from 1950 to 2199.");
        return null;
    }

    private void Once(string parameter, List<string> names)
    {
        if (names.Distinct().Count() != names.Count)
        {
            Fault(parameter, "names one of its values twice.");
        }
    }

    private void Fault(string parameter, string detail) => faults.Add(new ParameterFault(parameter, detail));

    private static string Shown(string? name) => name is null ? "" : name.Length <= 60 ? name : name[..60] + "…";

    private static bool IsText(string value)
    {
        for (var at = 0; at < value.Length; at++)
        {
            if (char.IsControl(value[at]) || (char.IsSurrogate(value[at]) && !(char.IsSurrogatePair(value, at) && ++at > 0)))
            {
                return false;
            }
        }

        return true;
    }
}
