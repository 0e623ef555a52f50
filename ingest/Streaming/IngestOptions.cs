using System.ComponentModel.DataAnnotations;

namespace RetailInsight.Ingest.Streaming;

/// <summary>The configuration section <c>Ingest</c>.</summary>
internal sealed class IngestOptions
{
    /// <summary>
    /// A micro-batch is loaded when it has this many warehouse rows, lines included. A column store writes whole row groups
    /// straight to their place; what falls short of one is written twice.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int MaxRows { get; set; } = 1_200_000;

    /// <summary>A micro-batch is loaded when its messages have this many bytes.</summary>
    [Range(1, long.MaxValue)]
    public long MaxBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>A micro-batch is loaded when its first message is this old here.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Most messages taken from the bus at once; bounds how far a micro-batch can overshoot.</summary>
    [Range(1, 1000)]
    public int MaxMessagesPerPull { get; set; } = 64;

    /// <summary>How long an idle pull waits for a message.</summary>
    public TimeSpan IdleWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Deadline of a delivery; extended while its micro-batch is in work.</summary>
    public TimeSpan AckDeadline { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Deliveries before the bus moves a message to the dead letter.</summary>
    [Range(1, 1000)]
    public int MaxAttempts { get; set; } = 10;

    /// <summary>Longest a single warehouse load may take.</summary>
    public TimeSpan LoadTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>First pause after a failure; doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause after a failure.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a micro-batch is kept and tried again while warehouse or PostgreSQL are away, before it is given back to
    /// the bus: an outage must not use up the deliveries of good messages.
    /// </summary>
    public TimeSpan HoldFor { get; set; } = TimeSpan.FromMinutes(5);
}
