using RetailInsight.Api.Kpis;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Metrics;

/// <summary>
/// Holds both sides of a comparison to the same time while the last day of a period runs: today until two o'clock is no match for a whole
/// other day. Where all that is asked for is known by the hour both days count up to the hour; else the last whole day ends both sides.
/// </summary>
internal static class RunningComparison
{
    // A business day ends on the next date at the latest.
    private const int DaysThatMayRun = 2;

    /// <summary>Whether a day that may still run is compared.</summary>
    public static bool MayConcern(MetricQuery query, DateOnly today) => query.Compared is { Pairs.Count: > 0 } && query.To >= today.AddDays(1 - DaysThatMayRun);

    /// <summary>The plan with its two sides alike.</summary>
    /// <param name="read">The tenant.</param>
    /// <param name="plan">What is asked.</param>
    /// <param name="stores">The stores it is about.</param>
    /// <param name="zone">The company's.</param>
    /// <param name="today">On the company's wall clock.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<MetricPlan> AlikeAsync(
        this TenantRead read, MetricPlan plan, IReadOnlyList<RosterStore> stores, TimeZoneInfo zone, DateOnly today, CancellationToken cancellationToken)
    {
        var query = plan.Query;
        var (from, to) = (today.AddDays(1 - DaysThatMayRun), query.To < today ? query.To : today);
        if (!MayConcern(query, today) || stores.Count == 0)
        {
            return plan;
        }

        var reported = await read.ReportedDaysAsync([.. stores.Select(store => store.Code)], from, to, cancellationToken);
        var last = reported.FindLast(day => day.Stores > 0);

        // Days nothing has come of yet are compared with nothing.
        query = query.ComparedThrough(last?.Date ?? from.AddDays(-1));
        if (last is null || RunningDay.UntilHour(stores.Max(store => store.ClosesMinute), last.Date, last.ComputedAt, zone) is not { } hour)
        {
            return plan with { Query = query };
        }

        // A day that stands beside two days cannot be cut for one of them.
        var pairs = query.Compared!.Pairs.Where(pair => pair.Day == last.Date).ToList();
        if (pairs.Count == 0)
        {
            return plan with { Query = query };
        }

        return plan.Parts.All(part => part.Fact.CanCut(part.Measures)) && query.Compared.Pairs.Count(pair => pair.Other == pairs[0].Other) == 1
            ? plan with { Query = query.CutAt(pairs[0], hour) }
            : plan with { Query = query.ComparedThrough(last.Date.AddDays(-1)) with { To = query.From < last.Date ? last.Date.AddDays(-1) : query.To } };
    }
}
