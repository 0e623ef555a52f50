using System.Globalization;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>A subscription as every process that uses it must know it. What Pub/Sub has no field for travels in its labels.</summary>
/// <param name="Name">The bus's name.</param>
/// <param name="Path"><c>projects/P/subscriptions/S</c>.</param>
/// <param name="TopicPath"><c>projects/P/topics/T</c>.</param>
/// <param name="AckDeadline">The callers' deadline; kept by this process where Pub/Sub's range does not reach.</param>
/// <param name="MaxAttempts">Deliveries before the dead letter.</param>
internal sealed record SubscriptionSettings(string Name, string Path, string TopicPath, TimeSpan AckDeadline, int MaxAttempts)
{
    /// <summary>
    /// Deliveries after which Pub/Sub itself moves a message: a net for messages no adapter has looked at, so as high as
    /// Pub/Sub allows. A <see cref="MaxAttempts"/> above it cannot be kept.
    /// </summary>
    public const int LastNet = 100;

    private const int ShortestSeconds = 10;
    private const int LongestSeconds = 600;
    private const string AckDeadlineLabel = "retailbus_ack_deadline_ms";
    private const string MaxAttemptsLabel = "retailbus_max_attempts";

    /// <summary>The deadline Pub/Sub is asked for.</summary>
    public int WireSeconds => Seconds(AckDeadline);

    /// <summary>The labels to create the subscription with.</summary>
    public IReadOnlyDictionary<string, string> Labels => new Dictionary<string, string>
    {
        [AckDeadlineLabel] = ((long)AckDeadline.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
        [MaxAttemptsLabel] = MaxAttempts.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Reads what Pub/Sub says. A subscription somebody else created has Pub/Sub's deadline and the last net's attempts.</summary>
    public static SubscriptionSettings Of(string name, string path, SubscriptionResource resource) => new(
        name,
        path,
        resource.Topic,
        Label(resource, AckDeadlineLabel) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.FromSeconds(resource.AckDeadlineSeconds),
        (int)Math.Min(Label(resource, MaxAttemptsLabel) ?? LastNet, int.MaxValue));

    /// <summary>Seconds in the range Pub/Sub takes, 10 to 600, rounded up.</summary>
    public static int Seconds(TimeSpan deadline) => (int)Math.Clamp(Math.Ceiling(deadline.TotalSeconds), ShortestSeconds, LongestSeconds);

    private static long? Label(SubscriptionResource resource, string name) =>
        resource.Labels.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
