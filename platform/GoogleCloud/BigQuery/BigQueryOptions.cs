namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>How the BigQuery adapter asks, waits and paces itself.</summary>
internal sealed record BigQueryOptions
{
    /// <summary>What is tried again on the wire: about ten minutes in all. Callers with less patience cancel.</summary>
    public RetryPolicy Retry { get; init; } =
        new(Attempts: 25, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32), AttemptTimeout: TimeSpan.FromSeconds(60), BigQueryErrors.IsTransient);

    /// <summary>First pause before a job's state is asked for again; doubles with jitter up to <see cref="MaxPoll"/>.</summary>
    public TimeSpan FirstPoll { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two questions after a job.</summary>
    public TimeSpan MaxPoll { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A job that is not done by then is cancelled.</summary>
    public TimeSpan JobTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often a job that failed for a passing reason is run anew by one call.</summary>
    public int JobAttempts { get; init; } = 8;

    /// <summary>Pause before a job is run anew; doubles with jitter.</summary>
    public TimeSpan JobPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Rows asked for in one page of a result; BigQuery also ends a page at 20 MB.</summary>
    public int PageRows { get; init; } = 20_000;

    /// <summary>How long a page of a result is asked for while the answers are errors that pass.</summary>
    public TimeSpan ResultPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Bytes a query may read when it does not say itself. Default 64 GiB.</summary>
    public long QueryBudgetBytes { get; init; } = 64L << 30;

    /// <summary>Modifications a table takes in 24 hours: BigQuery's limit.</summary>
    public int ModificationsPerDay { get; init; } = 1_500;

    /// <summary>A load that comes before its turn waits itself when it is no longer than this; else the caller is told to.</summary>
    public TimeSpan LongestTurn { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long loads rest after BigQuery refused one because a quota is used up; it refills over 24 hours.</summary>
    public TimeSpan QuotaPause { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long staging tables live. They are named by the day of their load, so that they outlive every further try.</summary>
    public TimeSpan StagingLifetime { get; init; } = TimeSpan.FromDays(2);
}
