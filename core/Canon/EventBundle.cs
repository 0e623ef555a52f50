using Google.Protobuf;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Core.Canon;

/// <summary>Small batches of one tenant as one message: what a bus charges for is the message rather than its bytes.</summary>
public static class EventBundle
{
    private static readonly uint Tag = WireFormat.MakeTag(EventBatch.BundleFieldNumber, WireFormat.WireType.LengthDelimited);

    /// <summary>The message that carries the batches in their order.</summary>
    /// <param name="batches">Serialized <see cref="EventBatch"/>es, none of them a bundle.</param>
    public static byte[] Pack(IReadOnlyCollection<ReadOnlyMemory<byte>> batches)
    {
        var message = new byte[batches.Sum(batch => CodedOutputStream.ComputeUInt32Size(Tag) + CodedOutputStream.ComputeLengthSize(batch.Length) + batch.Length)];
        using var output = new CodedOutputStream(message);
        foreach (var batch in batches)
        {
            output.WriteTag(Tag);
            output.WriteBytes(UnsafeByteOperations.UnsafeWrap(batch));
        }

        output.CheckNoSpaceLeft();
        return message;
    }

    /// <summary>The batches of a message; most messages are a batch themselves.</summary>
    public static IReadOnlyList<EventBatch> Unpack(EventBatch message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.Bundle.Count > 0 ? message.Bundle : [message];
    }
}
