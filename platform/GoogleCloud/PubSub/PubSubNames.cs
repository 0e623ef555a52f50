using System.Text.RegularExpressions;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>Paths of topics and subscriptions, <c>projects/P/topics/T</c>, and back.</summary>
internal sealed partial class PubSubNames
{
    private const int LongestName = 150;

    private readonly string _project;
    private readonly string _prefix;

    /// <exception cref="ArgumentException">There is no project.</exception>
    public PubSubNames(string project, string prefix)
    {
        if (project.Length == 0)
        {
            throw new ArgumentException("Pub/Sub needs a project: set Platform:Google:Project.", nameof(project));
        }

        _project = project;
        _prefix = prefix;
    }

    /// <summary>Path of a topic.</summary>
    public string Topic(string topic) => $"projects/{_project}/topics/{_prefix}{Checked(topic, nameof(topic))}";

    /// <summary>Path of a subscription.</summary>
    public string Subscription(string subscription) => $"projects/{_project}/subscriptions/{_prefix}{Checked(subscription, nameof(subscription))}";

    /// <summary>Path of the topic a subscription's dead letters are published to.</summary>
    public string DeadLetterTopic(string subscription) => $"{Topic(subscription)}.dead-letter";

    /// <summary>Path of the subscription that keeps them.</summary>
    public string DeadLetterSubscription(string subscription) => $"{Subscription(subscription)}.dead-letter";

    /// <summary>The bus's name for a topic path; the path itself when it is none of the bus's topics.</summary>
    public string TopicName(string path)
    {
        var own = $"projects/{_project}/topics/{_prefix}";
        return path.StartsWith(own, StringComparison.Ordinal) ? path[own.Length..] : path;
    }

    private static string Checked(string name, string field)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, field);
        return name.Length <= LongestName && Allowed().IsMatch(name)
            ? name
            : throw new ArgumentException($"'{name}' cannot name a {field}: use 1 to {LongestName} of the characters A-Z a-z 0-9 - _ . ~", field);
    }

    [GeneratedRegex("^[A-Za-z0-9._~-]+$")]
    private static partial Regex Allowed();
}
