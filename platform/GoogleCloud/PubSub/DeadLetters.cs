using System.Globalization;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>Moves messages to a subscription's dead letter and back, each time publishing before acknowledging: a crash doubles, it does not lose.</summary>
internal sealed class DeadLetters(PubSubClient client, Publisher publisher, PubSubNames names, TimeProvider clock)
{
    private const int PulledAtOnce = 1_000;
    private const int EmptyAnswersAtTheEnd = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>What is said of a message that was given back without a reason.</summary>
    public static string Spent(int attempts) =>
        string.Create(CultureInfo.InvariantCulture, $"Delivered {attempts} times and never acknowledged");

    /// <summary>Publishes the dead letters of deliveries, which are still to be acknowledged.</summary>
    public Task PublishAsync(string subscription, IEnumerable<(BusDelivery Delivery, string Reason)> dead, CancellationToken cancellationToken) => publisher.PublishAsync(
        names.DeadLetterTopic(subscription), [.. dead.Select(letter => BusAttributes.DeadLetter(letter.Delivery, subscription, letter.Reason))], cancellationToken);

    /// <summary>Puts back all dead letters, each once: what a consumer refuses again meanwhile stays.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RedriveAsync(SubscriptionSettings subscription, CancellationToken cancellationToken)
    {
        var letters = names.DeadLetterSubscription(subscription.Name);
        var redriven = new HashSet<string>(StringComparer.Ordinal);
        for (var empty = 0; empty < EmptyAnswersAtTheEnd;)
        {
            // An immediate answer may be empty although there is something; several in a row hardly.
            var pulled = await client.PullAsync(letters, PulledAtOnce, immediate: true, cancellationToken);
            var fresh = pulled.Where(letter => redriven.Add(BusAttributes.FirstId(letter.Message))).ToList();
            await client.ModifyAckDeadlineAsync(letters, [.. pulled.Except(fresh).Select(letter => letter.AckId)], 0, cancellationToken);
            if (fresh.Count == 0)
            {
                empty++;
                await Task.Delay(Pause, clock, cancellationToken);
                continue;
            }

            empty = 0;
            await publisher.PublishAsync(subscription.TopicPath, [.. fresh.Select(letter => BusAttributes.PutBack(letter.Message, subscription.Name))], cancellationToken);
            await client.AcknowledgeAsync(letters, [.. fresh.Select(letter => letter.AckId)], cancellationToken);
        }

        return redriven.Count;
    }
}
