using RetailInsight.Api.Metrics;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Alerts;

/// <summary>What a figure of a store-day is held to. Words are those of the API and the database.</summary>
/// <param name="Metric">Id of the catalogue.</param>
/// <param name="Direction"><see cref="Below"/> or <see cref="Above"/>.</param>
/// <param name="Against"><see cref="Value"/>, <see cref="Weekday"/>, <see cref="Expected"/> or <see cref="Target"/>.</param>
/// <param name="Threshold">In the unit of the metric against a value; percent of the reference otherwise.</param>
/// <param name="UntilHour">Full hours of the business date that count; null is the whole day once it is over.</param>
/// <param name="RegistersComplete">Fires only when every expected register reported.</param>
/// <param name="MinimumCoverage">Fires only when the door counters sent at least this percentage of their minutes; null does not look.</param>
internal sealed record AlertTest(
    string Metric, string Direction, string Against, decimal Threshold, int? UntilHour, bool RegistersComplete, decimal? MinimumCoverage)
{
    public const string Below = "below";
    public const string Above = "above";

    /// <summary>A fixed value.</summary>
    public const string Value = "value";

    /// <summary>The same weekday a week before; of a holiday the latest Sunday or holiday, and a plain day never a holiday.</summary>
    public const string Weekday = "weekday";

    /// <summary>The median of the same weekday in the eight weeks before, holidays left out; of a holiday that of Sundays and holidays.</summary>
    public const string Expected = "expected";

    /// <summary>The store's published target of the day.</summary>
    public const string Target = "target";

    public static readonly string[] Directions = [Below, Above];

    public static readonly string[] References = [Value, Weekday, Expected, Target];

    /// <summary>Metrics that have a target.</summary>
    public static readonly string[] WithTarget = ["net_sales", "basket_value", "items_per_receipt", "conversion"];

    /// <summary>Whether the metric says nothing without door counters.</summary>
    public static bool NeedsCounter(Metric metric) => metric.RestsOnCounters;

    /// <summary>The question a metric's figures are asked with; null where it has none by store and day, or by hour of the day.</summary>
    /// <param name="metrics">One of the catalogue, or several of one table.</param>
    /// <param name="from">First business date.</param>
    /// <param name="to">Last business date.</param>
    /// <param name="untilHour">As of <see cref="UntilHour"/>.</param>
    /// <param name="compare">Also asked for.</param>
    public static MetricPlan? PlanOf(IReadOnlyList<Metric> metrics, DateOnly from, DateOnly to, int? untilHour, Comparison compare)
    {
        IReadOnlyList<MetricFilter> filters = untilHour is { } hour
            ? [new MetricFilter("hour", [.. Enumerable.Range(0, hour).Select(one => one.ToString(System.Globalization.CultureInfo.InvariantCulture))])] : [];
        return MetricPlan.Of(new MetricQuery(metrics, ["store", "business_date"], "day", null, from, to, filters, compare, [], 1, null)).Plan;
    }

    /// <summary>Metrics rules can be made of: those of the catalogue in its order, then those of devices.</summary>
    public static IReadOnlyList<Metric> Metrics { get; } = [.. MetricCatalogue.All.Where(metric => PlanOf([metric], default, default, null, Comparison.None) is not null), .. DeviceMetrics.All];

    /// <summary>The metric of a rule.</summary>
    /// <exception cref="InvalidOperationException">No rule can be made of it.</exception>
    public static Metric MetricOf(string id) => MetricCatalogue.Find(id) ?? DeviceMetrics.All.First(metric => metric.Id == id);
}

/// <summary>A rule. <paramref name="Owner"/> null is the chain's; <paramref name="Stores"/> null is every store, each by itself.</summary>
internal sealed record AlertRule(
    Guid Id, string Tenant, string? Owner, string Name, AlertTest Test, IReadOnlyList<string>? Stores, IReadOnlyList<string> Recipients, string Language, bool Active, DateOnly Since)
{
    /// <summary>Who muted it last, until when and why; the time may be over. Null where nobody did.</summary>
    public AlertMute? Mute { get; init; }

    /// <summary>Whether it sends nothing at a moment.</summary>
    public bool IsMuted(DateTimeOffset now) => Mute is { } mute && now < mute.To;

    /// <summary>Whether a person may change it: their own, or the chain's for those who make the chain's rules.</summary>
    public bool MayChange(SessionUser user) => Owner is null ? MayMakeForChain(user) : Owner == user.Login;

    /// <summary>Head office and administrators make rules and annotations for the whole chain.</summary>
    public static bool MayMakeForChain(SessionUser user) => user.Role is Access.Role.HeadOffice or Access.Role.Admin;

    /// <summary>Whether it is about a store.</summary>
    public bool IsAbout(string store) => Stores is null || Stores.Contains(store);
}
