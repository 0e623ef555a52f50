namespace RetailInsight.Ml.Serving;

/// <summary>The configuration section <c>Ml:Serving</c>.</summary>
public sealed class ServingOptions
{
    /// <summary>Whether this process keeps the champions ready. Default false: only one that answers questions needs them.</summary>
    public bool Enabled { get; set; }

    /// <summary>Folder the champions are kept in, so that a start needs neither database nor lake. Default <c>.local/models</c>.</summary>
    public string CacheDirectory { get; set; } = ".local/models";

    /// <summary>Milliseconds in which a question that names no deadline is answered. Default 500.</summary>
    public int DeadlineMilliseconds { get; set; } = 500;

    /// <summary>Longest deadline a question may name, in milliseconds. Default 5000.</summary>
    public int LongestDeadlineMilliseconds { get; set; } = 5000;

    /// <summary>How many questions are computed at once; each has a thread of its own, so that a model that hangs holds up nothing else. Default 2.</summary>
    public int Threads { get; set; } = 2;

    /// <summary>How many questions may wait for a thread. Default 64.</summary>
    public int Waiting { get; set; } = 64;

    /// <summary>Rows a question may have. Default 1000.</summary>
    public int MostRows { get; set; } = 1000;

    /// <summary>Seconds between looks whether a champion changed. Default 15.</summary>
    public int RefreshSeconds { get; set; } = 15;
}
