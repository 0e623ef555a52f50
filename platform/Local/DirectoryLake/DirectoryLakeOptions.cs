namespace RetailInsight.Platform.Local.DirectoryLake;

/// <summary>Where the lake's directory is and how its segments are cut.</summary>
internal sealed record DirectoryLakeOptions
{
    /// <summary>Root directory; created when missing. Several processes may share it.</summary>
    public required string Root { get; init; }

    /// <summary>Bytes preallocated for one segment. A segment is sealed when the next group does not fit.</summary>
    public int SegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of appends that may wait for one sync; further appends wait until the group is taken.</summary>
    public int GroupBytes { get; init; } = 4 * 1024 * 1024;
}
