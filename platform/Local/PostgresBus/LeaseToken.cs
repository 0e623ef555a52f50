using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace RetailInsight.Platform.Local.PostgresBus;

/// <summary>An ack id: the message and the random token of the pull that leased it, <c>MESSAGE.TOKEN</c>.</summary>
/// <param name="MessageId">The message.</param>
/// <param name="Lease">Fences off an earlier holder: a later delivery has another token.</param>
internal readonly record struct LeaseToken(long MessageId, long Lease)
{
    /// <summary>A token no other pull has.</summary>
    public static long NewLease() => BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(long)));

    /// <summary>Splits ack ids into the two arrays statements take.</summary>
    /// <exception cref="ArgumentException">One was not handed out by this bus.</exception>
    public static (long[] Messages, long[] Leases) Parse(IReadOnlyList<string> ackIds)
    {
        ArgumentNullException.ThrowIfNull(ackIds);
        var messages = new long[ackIds.Count];
        var leases = new long[ackIds.Count];
        for (var i = 0; i < messages.Length; i++)
        {
            var text = ackIds[i].AsSpan();
            var dot = text.IndexOf('.');
            if (dot < 0
                || !long.TryParse(text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out messages[i])
                || !long.TryParse(text[(dot + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out leases[i]))
            {
                throw new ArgumentException($"'{ackIds[i]}' is not an ack id of this bus.", nameof(ackIds));
            }
        }

        return (messages, leases);
    }

    /// <summary>The ack id.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MessageId}.{Lease}");
}
