namespace RetailInsight.Platform.GoogleCloud.CloudStorage;

/// <summary>How the Cloud Storage adapter sends, tries again and groups.</summary>
internal sealed record CloudStorageOptions
{
    /// <summary>A chunk of an upload must be a multiple of it.</summary>
    public const int ChunkGranule = 256 * 1024;

    /// <summary>What is tried again, and how long: more than ten minutes in all. Callers with less patience cancel.</summary>
    public RetryPolicy Retry { get; init; } =
        new(Attempts: 30, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32), AttemptTimeout: TimeSpan.FromSeconds(60), RetryPolicy.PassesSoon);

    /// <summary>
    /// Bytes sent or fetched by one request, and the memory one transfer takes. Shorter content goes up in a single request,
    /// longer in as many as it needs.
    /// </summary>
    public int ChunkBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Objects asked for in one page of a list; at most 1000.</summary>
    public int PageSize { get; init; } = 1_000;

    /// <summary>How long the first small payload of a segment waits for others.</summary>
    public TimeSpan SegmentWindow { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Longest segment in bytes, its header and index included.</summary>
    public int SegmentBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Most payloads in one segment.</summary>
    public int SegmentPayloads { get; init; } = 4_096;

    /// <summary>Segments on their way at once. While all are, one more fills; when it is full too, appends wait.</summary>
    public int SegmentUploads { get; init; } = 4;

    /// <summary>How long closing the lake waits for segments on their way.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
