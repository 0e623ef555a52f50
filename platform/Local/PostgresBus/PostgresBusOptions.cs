namespace RetailInsight.Platform.Local.PostgresBus;

/// <summary>Times of the bus.</summary>
internal sealed record PostgresBusOptions
{
    /// <summary>Longest time one statement may take.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a waiting pull looks without being woken, and how often expired leases are given back.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a pull looks below its floor, in case a wake-up was lost.</summary>
    public TimeSpan FloorReset { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the listening connection is checked when it is silent.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest number of messages in one insert.</summary>
    public int InsertMessages { get; init; } = 1_000;

    /// <summary>An insert is cut when its payloads exceed these bytes; a larger single payload goes alone.</summary>
    public int InsertBytes { get; init; } = 8 * 1024 * 1024;
}
