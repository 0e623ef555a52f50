using Npgsql;
using Quartz;

namespace RetailInsight.Dags.Engine;

/// <summary>A run somebody wants.</summary>
/// <param name="Tenant">Whose data it works on; null when it belongs to none.</param>
/// <param name="PartitionKey">What it works on; empty when the DAG has no partitions.</param>
/// <param name="Conf">A JSON object the tasks read.</param>
internal sealed record RunRequest(string? Tenant, string PartitionKey, string Conf);

/// <summary>Lists what one firing should run, inside the transaction that creates the runs.</summary>
internal delegate Task<IReadOnlyList<RunRequest>> RunsDue(
    NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken);

/// <summary>
/// A crontab line read in a time zone. Firings missed while nothing ran are made up by the latest one alone. On the night the
/// clocks go forward a firing inside the gap happens right after it; when they go back a fixed time fires once. In the three zones where
/// winter is the exception (Dublin, Casablanca, El Aaiun) the framework does not see the gap, and a firing inside comes up to an hour early.
/// </summary>
/// <param name="Cron">Five fields as in crontab: minute, hour, day of month, month, day of week.</param>
/// <param name="TimeZone">IANA zone the fields are read in.</param>
internal sealed record CronSchedule(string Cron, string TimeZone)
{
    /// <summary>The runs of a firing, each of a trading day of a tenant; null for one run without a partition.</summary>
    public RunsDue? Runs { get; init; }

    /// <summary>Why the line or the zone cannot be read, or null.</summary>
    public string? Error()
    {
        if (!CronExpression.TryParse(Cron, CronFormat.Unix, out _))
        {
            return $"'{Cron}' is not a crontab line of five fields";
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _) ? null : $"'{TimeZone}' is not a known time zone";
    }

    /// <summary>The first firing after the instant, in UTC; null when there is none any more.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset instant) => Expression().GetNextValidTimeAfter(instant)?.ToUniversalTime();

    /// <summary>The last firing before the instant, in UTC; null when there was none.</summary>
    public DateTimeOffset? LastBefore(DateTimeOffset instant) => Expression().GetPreviousValidTimeBefore(instant)?.ToUniversalTime();

    private CronExpression Expression() =>
        CronExpression.Parse(Cron, CronFormat.Unix).WithTimeZone(TimeZoneInfo.FindSystemTimeZoneById(TimeZone));
}
