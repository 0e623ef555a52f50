namespace RetailInsight.GoogleFakes.BigQuery;

/// <summary>What a test may turn on the fake. Changes hold for the jobs that follow.</summary>
internal sealed class BigQuerySettings
{
    /// <summary>How long a job is PENDING.</summary>
    public TimeSpan Pending { get; set; }

    /// <summary>How long a job is RUNNING before its work starts.</summary>
    public TimeSpan Running { get; set; }

    /// <summary>Load, copy and destination-table jobs a table takes in a day; failed ones count.</summary>
    public int ModificationsPerDay { get; set; } = 1500;

    /// <summary>Opens an object of Cloud Storage, by bucket and name; null when there is none.</summary>
    public Func<string, string, CancellationToken, Task<Stream?>> OpenObject { get; set; } = (_, _, _) => Task.FromResult<Stream?>(null);
}
