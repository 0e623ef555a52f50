using RetailInsight.Api.Calendars;
using RetailInsight.Api.Health;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Targets;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Alerts;

/// <summary>What a rule says of a store-day. <paramref name="Subject"/> is what within the store; empty is the store itself.</summary>
internal sealed record AlertFinding(AlertRule Rule, string Store, string Subject, DateOnly Date, AlertReading Reading, AlertVerdict Verdict);

/// <summary>Everything rules say of a tenant at one data version, and the stores it is said of.</summary>
internal sealed record AlertSight(long DataVersion, IReadOnlyList<Store> Stores, IReadOnlyList<AlertFinding> Findings);

/// <summary>
/// Holds figures of the metric catalogue to rules, all of it in one snapshot. The work is bounded: the last week, and whatever incident is
/// not finished; rules that look at the same hours share their reads.
/// </summary>
internal sealed class MetricWatch(TenantScope scope, TimeProvider clock)
{
    /// <summary>Days back, today included, of which incidents are made.</summary>
    public const int Days = 8;

    // Whoever closes at nine has sent the day by ten; with an hour of the day half an hour is enough.
    private const int MinutesAfterClosing = 60;
    private const int MinutesAfterHour = 30;
    private const int ExpectedWeeks = 8;
    private const int FewestExpected = 3;
    private const int StoresAtOnce = 100;
    private const int MetricsAtOnce = 10;

    /// <summary>Looks.</summary>
    /// <param name="tenant">Whose figures.</param>
    /// <param name="rules">Active rules of the tenant.</param>
    /// <param name="unfinished">Store-days of incidents that are not closed, which are looked at however old they are.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<AlertSight> LookAsync(
        string tenant, IReadOnlyList<AlertRule> rules, IReadOnlySet<(Guid Rule, string Store, DateOnly Date)> unfinished, CancellationToken cancellationToken) =>
        scope.ReadAtLengthAsync(tenant, async (read, token) =>
        {
            var stores = await read.EveryStoreAsync(token);
            var findings = new List<AlertFinding>();
            foreach (var part in stores.Chunk(StoresAtOnce))
            {
                foreach (var group in rules.GroupBy(rule => rule.Test.UntilHour))
                {
                    var asked = group.SelectMany(rule => Asked(rule, part, unfinished)).ToList();
                    if (asked.Count > 0)
                    {
                        findings.AddRange(await LookAsync(read, asked, group.Key, token));
                    }
                }
            }

            return new AlertSight(read.DataVersion, stores, findings);
        }, cancellationToken);

    /// <summary>The instant an hour or minute of a business date begins on a store's wall clock.</summary>
    public static DateTimeOffset InstantOf(Store store, DateOnly date, int minute)
    {
        var local = date.ToDateTime(TimeOnly.MinValue).AddMinutes(minute);
        return new DateTimeOffset(local, TimeZoneInfo.FindSystemTimeZoneById(store.TimeZone).GetUtcOffset(local));
    }

    private IEnumerable<(AlertRule Rule, Store Store, DateOnly Date)> Asked(AlertRule rule, IEnumerable<Store> stores, IReadOnlySet<(Guid Rule, string Store, DateOnly Date)> unfinished)
    {
        var now = clock.GetUtcNow();
        foreach (var store in stores.Where(store => rule.IsAbout(store.Code)))
        {
            var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(store.TimeZone)).DateTime);
            var due = rule.Test.UntilHour is { } hour ? (hour * 60) + MinutesAfterHour : store.ClosesMinute + MinutesAfterClosing;
            var recent = Enumerable.Range(0, Days).Select(back => today.AddDays(-back)).Where(date => date >= rule.Since && InstantOf(store, date, due) <= now);
            var older = unfinished.Where(one => one.Rule == rule.Id && one.Store == store.Code).Select(one => one.Date);
            foreach (var date in recent.Union(older))
            {
                yield return (rule, store, date);
            }
        }
    }

    private static async Task<List<AlertFinding>> LookAsync(
        TenantRead read, IReadOnlyList<(AlertRule Rule, Store Store, DateOnly Date)> asked, int? untilHour, CancellationToken cancellationToken)
    {
        var (from, to) = (asked.Min(one => one.Date), asked.Max(one => one.Date));
        var calendar = (await read.CalendarAsync(cancellationToken)).Retail;
        var alike = asked.Select(one => one.Date).Distinct().ToDictionary(date => date, date => calendar.AlikeBefore(date, 7 * ExpectedWeeks).ToList());
        var nearest = alike.ToDictionary(days => days.Key, days => days.Value.Count > 0 ? days.Value[0] : days.Key.AddDays(-7));
        var first = nearest.Values.Min();
        var codes = asked.Select(one => one.Store.Code).Distinct().ToArray();
        var metrics = asked.Select(one => MetricCatalogue.Find(one.Rule.Test.Metric)!).Distinct().ToList();
        var expecting = asked.Any(one => one.Rule.Test.Against == AlertTest.Expected);
        var figures = await FiguresAsync(read, metrics, codes, expecting ? from.AddDays(-7 * ExpectedWeeks) : first < from ? first : from, to, untilHour, cancellationToken);
        var health = (await read.HealthAsync(codes, first < from ? first : from, to, cancellationToken)).ToDictionary(day => (day.Store, day.Date));
        var targets = !asked.Any(one => one.Rule.Test.Against == AlertTest.Target) ? []
            : (await read.TargetsAsync(codes, from, to, null, codes.Length * (to.DayNumber - from.DayNumber + 1) * AlertTest.WithTarget.Length, cancellationToken))
                .ToDictionary(target => (target.Store, target.BusinessDate, target.Metric), target => target.Target);
        return [.. asked.Select(one =>
        {
            var (test, store, date) = (one.Rule.Test, one.Store, one.Date);
            (decimal Value, string? Currency)? Figure(DateOnly day) => figures.TryGetValue((test.Metric, store.Code, day), out var found) ? found : null;
            var reference = test.Against switch
            {
                AlertTest.Weekday => Figure(nearest[date])?.Value,
                AlertTest.Expected => Median([.. alike[date].Select(day => Figure(day)?.Value).OfType<decimal>()]),
                AlertTest.Target => targets.TryGetValue((store.Code, date, test.Metric), out var target) ? target : null,
                _ => (decimal?)null,
            };
            var gap = AlertDecision.GapOf(
                test, health.GetValueOrDefault((store.Code, date)), health.GetValueOrDefault((store.Code, nearest[date])), untilHour is { } hour ? InstantOf(store, date, hour * 60) : null);
            var reading = new AlertReading(Figure(date)?.Value, reference, Figure(date)?.Currency, gap);
            return new AlertFinding(one.Rule, store.Code, "", date, reading, AlertDecision.Of(test, reading));
        })];
    }

    private static async Task<Dictionary<(string Metric, string Store, DateOnly Date), (decimal Value, string? Currency)>> FiguresAsync(
        TenantRead read, IReadOnlyList<Metric> metrics, string[] stores, DateOnly from, DateOnly to, int? untilHour, CancellationToken cancellationToken)
    {
        var figures = new Dictionary<(string, string, DateOnly), (decimal, string?)>();
        foreach (var part in metrics.Chunk(MetricsAtOnce))
        {
            var plan = AlertTest.PlanOf(part, from, to, untilHour, Comparison.None) ?? throw new InvalidOperationException("A rule has a metric that no table has by store and day.");
            var result = await read.AnswerAsync(plan, stores, ExpectedStoreDays.Of(plan.Query, [], to), cancellationToken)
                ?? throw new InvalidOperationException("The rules of a tenant ask for more than an answer may hold.");
            foreach (var row in result.Rows)
            {
                for (var at = 0; at < part.Length; at++)
                {
                    // Where a store sold in two currencies on a day, the first is looked at: amounts of two are never added.
                    if (row.Values[at] is { } value)
                    {
                        figures.TryAdd((part[at].Id, row.Keys[0], DateOnly.ParseExact(row.Keys[1], "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)), (value, part[at].IsMoney ? row.Currency : null));
                    }
                }
            }
        }

        return figures;
    }

    private static decimal? Median(List<decimal> values)
    {
        values.Sort();
        return values.Count < FewestExpected ? null
            : values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
