using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.GoogleCloud.PubSub;

/// <summary>Publishes any number of messages in requests of allowed size, several at once, without changing the order within a key.</summary>
internal sealed class Publisher(PubSubClient client, PubSubOptions options) : IDisposable
{
    private const int RequestSyntax = 32;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly SemaphoreSlim _slots = new(options.ConcurrentPublishes);

    /// <summary>
    /// Publishes. When one request fails, those under way are waited for, later ones are not sent, and nothing is claimed:
    /// the caller publishes all again.
    /// </summary>
    /// <returns>One id a message, in order.</returns>
    public async Task<IReadOnlyList<string>> PublishAsync(string topic, IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken)
    {
        var last = new Dictionary<string, Task>(StringComparer.Ordinal);
        var requests = new List<Task<List<string>>>();
        foreach (var part in Split(messages))
        {
            if (!await EnterAsync(requests, cancellationToken))
            {
                break;
            }

            var keys = Keys(messages, part);
            var request = SendAsync(topic, messages, part, [.. keys.Where(last.ContainsKey).Select(key => last[key])], cancellationToken);
            keys.ForEach(key => last[key] = request);
            requests.Add(request);
        }

        var ids = await Task.WhenAll(requests);
        cancellationToken.ThrowIfCancellationRequested();
        return [.. ids.SelectMany(some => some)];
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private static List<string> Keys(IReadOnlyList<BusMessage> messages, Part part) =>
        [.. Enumerable.Range(part.Start, part.Count).Select(i => messages[i].OrderingKey).Where(key => key.Length > 0).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<Part> Split(IReadOnlyList<BusMessage> messages)
    {
        var start = 0;
        var bytes = RequestSyntax;
        for (var i = 0; i < messages.Count; i++)
        {
            var size = MessageLimits.BytesBound(messages[i]);
            if (i > start && (i - start == MessageLimits.RequestMessages || bytes + size > MessageLimits.RequestBytes))
            {
                yield return new(start, i - start, bytes);
                (start, bytes) = (i, RequestSyntax);
            }

            bytes += size;
        }

        if (messages.Count > start)
        {
            yield return new(start, messages.Count - start, bytes);
        }
    }

    private async Task<bool> EnterAsync(List<Task<List<string>>> requests, CancellationToken cancellationToken)
    {
        try
        {
            await _slots.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        var goesOn = requests.TrueForAll(request => !request.IsFaulted && !request.IsCanceled);
        if (!goesOn)
        {
            _slots.Release();
        }

        return goesOn;
    }

    private async Task<List<string>> SendAsync(
        string topic, IReadOnlyList<BusMessage> messages, Part part, Task[] earlier, CancellationToken cancellationToken)
    {
        try
        {
            // What has the same key goes first; when it failed, this must not overtake it.
            await Task.WhenAll(earlier);
            var buffer = ArrayPool<byte>.Shared.Rent(part.BytesBound);
            var length = Write(buffer, messages, part);
            var ids = await client.PublishAsync(topic, buffer.AsMemory(0, length), part.Count, cancellationToken);

            // Only after an answer: a request that was given up may still be reading it.
            ArrayPool<byte>.Shared.Return(buffer);
            return ids;
        }
        finally
        {
            _slots.Release();
        }
    }

    private static int Write(byte[] buffer, IReadOnlyList<BusMessage> messages, Part part)
    {
        using var stream = new MemoryStream(buffer);
        using var json = new Utf8JsonWriter(stream, WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("messages"u8);
        for (var i = part.Start; i < part.Start + part.Count; i++)
        {
            Write(json, messages[i]);
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return (int)stream.Position;
    }

    private static void Write(Utf8JsonWriter json, BusMessage message)
    {
        json.WriteStartObject();
        if (message.Data.Length > 0)
        {
            json.WriteBase64String("data"u8, message.Data.Span);
        }

        if (message.Attributes.Count > 0 || message.Data.Length == 0)
        {
            json.WriteStartObject("attributes"u8);
            foreach (var (key, value) in message.Attributes)
            {
                json.WriteString(key, value);
            }

            if (message.Attributes.Count == 0)
            {
                json.WriteString(BusAttributes.Empty, "1");
            }

            json.WriteEndObject();
        }

        if (message.OrderingKey.Length > 0)
        {
            json.WriteString("orderingKey"u8, message.OrderingKey);
        }

        json.WriteEndObject();
    }

    /// <summary>Messages of one request.</summary>
    private readonly record struct Part(int Start, int Count, int BytesBound);
}
