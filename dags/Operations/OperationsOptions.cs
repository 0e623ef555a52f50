namespace RetailInsight.Dags.Operations;

/// <summary>What of the configuration section <c>Dags</c> concerns the operations API.</summary>
internal sealed class OperationsOptions
{
    /// <summary>How many logs one person follows at once.</summary>
    public int LogStreams { get; set; } = 8;

    /// <summary>How long one answer follows a log; who reads on asks again from where it ended. Bounds also how long somebody reads whose rights were withdrawn.</summary>
    public TimeSpan LogStreamTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>After so long without a line a sign of life is sent, so that nothing in between closes the connection.</summary>
    public TimeSpan LogStreamPulse { get; set; } = TimeSpan.FromSeconds(15);
}
