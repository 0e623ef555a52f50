using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Kpis;

namespace RetailInsight.Api.Metrics;

/// <summary>The answer of <c>GET /v1/metrics</c>.</summary>
internal sealed record MetricList(
    IReadOnlyList<MetricCard> Items,
    [property: Description("Every dimension and its name.")] IReadOnlyDictionary<string, string> Dimensions,
    [property: Description("Grains of business_date.")] IReadOnlyList<string> Grains,
    [property: Description("What compare may be.")] IReadOnlyList<string> Comparisons);

/// <summary>The definition card of a metric.</summary>
internal sealed record MetricCard(
    [property: Description("What queries call it.")] string Id,
    string Name,
    string Formula,
    [property: Description("What is counted and what is not.")] string Scope,
    [property: Description("exclusive, inclusive or none: whether its amounts contain tax.")] string TaxBasis,
    [property: Description("currency, currency per something, or what is counted.")] string Unit,
    [property: Description("Decimals of a ratio, rounded half away from zero; null: exact, with as many as there are.")] int? Decimals,
    [property: Description("up, down or neutral: where good lies.")] string Direction,
    [property: Description("true: may be added over stores and dates. false: a ratio of sums, never a mean of ratios.")] bool Additive,
    [property: Description("Dimensions it can be asked by.")] IReadOnlyList<string> Dimensions,
    [property: Description("Rises when the definition changes.")] int Version,
    [property: Description("First day of this version.")] DateOnly Since)
{
    public static MetricCard Of(Metric metric, string language) => new(
        metric.Id, metric.Name.In(language), metric.Formula.In(language), metric.Scope.In(language), metric.TaxBasis, metric.Unit, metric.Places,
        metric.Direction, metric.Additive, metric.Dimensions, metric.Version, metric.Since);
}

/// <summary>The answer of a question.</summary>
internal sealed record MetricAnswer(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    DateOnly From,
    DateOnly To,
    string Compare,
    [property: Description("First day compared with; null without a comparison, and of a target, which is one of the same days.")] DateOnly? ComparedFrom,
    [property: Description("Last day compared with; null likewise.")] DateOnly? ComparedTo,
    [property: Description("Last day that counts, on both sides of a comparison: to, or the last whole day where a day that still runs cannot be compared by the hour.")] DateOnly Through,
    [property: Description("Hour since local midnight before which the day that still runs and the one it is compared with count; null where both sides hold whole days only.")] int? ComparedUntilHour,
    [property: Description("The metrics of the rows, in the order asked for.")] IReadOnlyList<MetricColumn> Metrics,
    IReadOnlyList<MetricRowView> Rows,
    [property: Description("The state of the data under the whole answer.")] DataState Data,
    [property: Description("Send as cursor to read on; null on the last page.")] string? NextCursor);

/// <summary>One metric of an answer.</summary>
internal sealed record MetricColumn(string Id, string Name, string Unit, string TaxBasis, int? Decimals, string Direction, int Version)
{
    public static MetricColumn Of(Metric metric, string language) =>
        new(metric.Id, metric.Name.In(language), metric.Unit, metric.TaxBasis, metric.Places, metric.Direction, metric.Version);
}

/// <summary>One row of an answer.</summary>
internal sealed record MetricRowView(
    [property: Description("Dimension to value; dates are the first day of their week, month, quarter or year.")] IReadOnlyDictionary<string, string> Dimensions,
    [property: Description("ISO 4217 code of every amount of the row; null when no metric is an amount.")] string? Currency,
    [property: Description("Metric to value.")] IReadOnlyDictionary<string, MetricValue> Values,
    [property: Description("The state of the data under the row, as far as store and date tell it.")] DataState Data)
{
    public static MetricRowView Of(MetricRow row, MetricQuery query) => new(
        query.Dimensions.Zip(row.Keys).ToDictionary(pair => pair.First, pair => pair.Second), row.Currency,
        query.Metrics.Select((metric, at) => (metric.Id, Value: MetricValue.Of(row, metric, at))).ToDictionary(pair => pair.Id, pair => pair.Value), row.State);
}

/// <summary>One value: a decimal string, so that nobody reads money as a floating-point number.</summary>
internal sealed record MetricValue(
    [property: Description("Null: nothing was measured, or there is nothing to divide by.")] string? Value,
    [property: Description("The value of the period compared with.")] string? Comparison,
    [property: Description("value − comparison.")] string? Difference,
    [property: Description("difference ÷ |comparison|, four decimals rounded half away from zero; null when comparison is 0.")] string? Change)
{
    public static MetricValue Of(MetricRow row, Metric metric, int at)
    {
        var (value, compared) = (row.Values[at], row.Compared?[at]);
        var difference = value - compared;
        return new MetricValue(
            Write(value, metric), Write(compared, metric), Write(difference, metric), compared is null or 0 ? null : WireFigures.Ratio(difference / Math.Abs(compared.Value), 4));
    }

    /// <summary>A value of a metric with its places; a sum with as many as it has.</summary>
    public static string? Write(decimal? value, Metric metric) =>
        metric.Places is { } places ? WireFigures.Ratio(value, places) : value?.ToString("0.######", CultureInfo.InvariantCulture);
}
