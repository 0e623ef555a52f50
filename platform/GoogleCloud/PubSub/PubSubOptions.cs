using System.Net;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>How the Pub/Sub adapter sends, waits and bounds itself.</summary>
internal sealed record PubSubOptions
{
    /// <summary>In front of every topic's and subscription's name in the project: others live there too.</summary>
    public string Prefix { get; init; } = "retailinsight-";

    /// <summary>Retry of a publish, as Google's own client does it.</summary>
    public RetryPolicy PublishRetry { get; init; } = Like(TimeSpan.FromSeconds(60), failure => IsUnavailable(failure) || failure.Status is
        HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout
        or ClientClosedRequest || failure.Reason == "ABORTED");

    /// <summary>
    /// Retry of a pull. A try outlasts the longest time a server is known to keep an empty pull waiting, 89 seconds: cutting
    /// it off earlier would lease messages to nobody.
    /// </summary>
    public RetryPolicy PullRetry { get; init; } = Like(
        TimeSpan.FromSeconds(100), failure => IsUnavailable(failure) || failure.Status == HttpStatusCode.InternalServerError || failure.Reason == "ABORTED");

    /// <summary>Retry of acknowledgements and deadlines.</summary>
    public RetryPolicy SettleRetry { get; init; } = Like(TimeSpan.FromSeconds(30), IsUnavailable);

    /// <summary>Retry of creating and looking up topics and subscriptions: safe to repeat and needed at the start, so tried for longer.</summary>
    public RetryPolicy AdminRetry { get; init; } = Like(TimeSpan.FromSeconds(30), RetryPolicy.PassesSoon) with { Attempts = 15 };

    /// <summary>Publish requests on their way at once.</summary>
    public int ConcurrentPublishes { get; init; } = 4;

    /// <summary>Waiting pull requests on their way at once, a subscription.</summary>
    public int ConcurrentPulls { get; init; } = 4;

    /// <summary>Messages of a subscription leased to this process at most; at that bound pulls wait.</summary>
    public int MaxOutstandingMessages { get; init; } = 10_000;

    /// <summary>Bytes of payload of a subscription leased to this process; one answer can overshoot it.</summary>
    public long MaxOutstandingBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>How long messages that came after their pull had ended wait for the next pull before they are given back.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often deadlines are looked at.</summary>
    public TimeSpan LeaseCheck { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long an unacknowledged message is kept in a subscription.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a dead letter is kept; 31 days is the most Pub/Sub allows.</summary>
    public TimeSpan DeadLetterRetention { get; init; } = TimeSpan.FromDays(31);

    /// <summary>Messages whose last reason and uncounted deliveries are remembered.</summary>
    public int RememberedMessages { get; init; } = 10_000;

    /// <summary>How long closing the bus waits for what is on its way, and then for giving back what is leased.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    private const HttpStatusCode ClientClosedRequest = (HttpStatusCode)499;

    private static RetryPolicy Like(TimeSpan attemptTimeout, Func<GoogleApiException, bool> isTransient) =>
        new(Attempts: 5, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60), attemptTimeout, isTransient, Growth: 1.3);

    // A broken connection is UNAVAILABLE too.
    private static bool IsUnavailable(GoogleApiException failure) =>
        failure.Status is null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway;
}
