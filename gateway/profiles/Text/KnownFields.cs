using System.Collections.Concurrent;

namespace RetailInsight.Profiles.Text;

/// <summary>
/// What the bytes of a field came to when they were last read: a product named on ten thousand lines is decoded, checked and
/// kept once. A table of fixed size, in which what comes later takes the place of what came before: whatever a payload holds, it
/// neither grows nor slows down. Holds only what a field's bytes alone decide. One conversion at a time.
/// </summary>
internal sealed class KnownFields
{
    private const int Slots = 8_192;
    private const int LongestField = 96;

    private readonly Slot[] _slots = new Slot[Slots];

    private struct Slot
    {
        public ulong Hash;
        public byte[]? Bytes;
        public string Value;
    }

    /// <summary>Finds what the bytes came to.</summary>
    /// <param name="reading">Which way they are read: a binding's ordinal, or −1 for the plain text.</param>
    /// <param name="bytes">The field.</param>
    /// <param name="value">What they came to.</param>
    public bool TryGet(int reading, ReadOnlySpan<byte> bytes, out string value)
    {
        var hash = ByteHash.Of(reading, bytes);
        ref var slot = ref _slots[(int)(hash % Slots)];
        if (slot.Hash != hash || slot.Bytes is null)
        {
            slot = ref _slots[(int)(hash / Slots % Slots)];
        }

        if (slot.Hash == hash && slot.Bytes is { } known && bytes.SequenceEqual(known))
        {
            value = slot.Value;
            return true;
        }

        value = "";
        return false;
    }

    /// <summary>Remembers what the bytes came to. What has no room, or is long, is forgotten.</summary>
    public void Add(int reading, ReadOnlySpan<byte> bytes, string value)
    {
        if (bytes.Length > LongestField)
        {
            return;
        }

        var hash = ByteHash.Of(reading, bytes);
        var (first, second) = ((int)(hash % Slots), (int)(hash / Slots % Slots));
        var at = _slots[first].Bytes is null ? first : second;
        _slots[at] = new Slot { Hash = hash, Bytes = bytes.ToArray(), Value = value };
    }
}

/// <summary>The tables of one profile, handed from conversion to conversion.</summary>
internal sealed class KnownFieldsPool
{
    private static readonly int Most = Environment.ProcessorCount;

    private readonly ConcurrentBag<KnownFields> _free = [];

    /// <summary>A table nobody else uses.</summary>
    public KnownFields Rent() => _free.TryTake(out var free) ? free : new KnownFields();

    /// <summary>Gives one back.</summary>
    public void Return(KnownFields known)
    {
        if (_free.Count < Most)
        {
            _free.Add(known);
        }
    }
}
