using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.Local.PostgresBus;

/// <summary>Cuts the messages of one publish into statements of bounded size that run as one transaction.</summary>
internal static class MessageInserts
{
    private const int MaxOrderingKeyLength = 1024;

    /// <summary>Checks every message before the first is sent.</summary>
    /// <exception cref="ArgumentException">One cannot be stored.</exception>
    public static void Check(IReadOnlyList<BusMessage> messages)
    {
        foreach (var message in messages)
        {
            if (message.OrderingKey.Length > MaxOrderingKeyLength)
            {
                throw new ArgumentException($"An ordering key has at most {MaxOrderingKeyLength} characters.", nameof(messages));
            }
        }
    }

    /// <summary>Adds the statements to a batch, which PostgreSQL runs as one transaction.</summary>
    public static void AddTo(NpgsqlBatch batch, string topic, IReadOnlyList<BusMessage> messages, PostgresBusOptions options)
    {
        for (var start = 0; start < messages.Count;)
        {
            long bytes = messages[start].Data.Length;
            var end = start + 1;
            while (end < messages.Count && end - start < options.InsertMessages && bytes + messages[end].Data.Length <= options.InsertBytes)
            {
                bytes += messages[end].Data.Length;
                end++;
            }

            batch.BatchCommands.Add(Insert(topic, messages.Skip(start).Take(end - start).ToList()));
            start = end;
        }
    }

    private static NpgsqlBatchCommand Insert(string topic, List<BusMessage> messages) => new(BusSql.Publish)
    {
        Parameters =
        {
            new() { Value = topic },
            new() { Value = messages.ConvertAll(message => message.OrderingKey) },
            new() { Value = messages.ConvertAll(message => JsonSerializer.Serialize(message.Attributes)) },
            new() { Value = messages.ConvertAll(message => message.Data), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
        },
    };
}
