using System.Collections.Concurrent;

namespace RetailInsight.Profiles.Text;

/// <summary>
/// What the bytes of a field came to when they were last read: a product named on ten thousand lines is decoded, checked and
/// kept once. A table of fixed size, in which what comes later takes the place of what came before: whatever a payload holds, it
/// neither grows nor slows down. Holds only what the bytes of a field, or of fields side by side, alone decide. One conversion
/// at a time.
/// </summary>
internal sealed class KnownFields
{
    private const int Slots = 8_192;
    private const int LongestField = 160;

    private readonly Slot[] _slots = new Slot[Slots];
    private object? _header;

    private struct Slot
    {
        public ulong Hash;
        public byte[]? Bytes;
        public object Value;
    }

    /// <summary>Begins with a file; where its columns are not those of the one before, what fields side by side came to is forgotten.</summary>
    /// <param name="header">The header, the same object as long as it stays the same.</param>
    public void Begin(object header)
    {
        if (!ReferenceEquals(_header, header))
        {
            _header = header;
            Array.Clear(_slots);
        }
    }

    /// <summary>Finds what the bytes came to.</summary>
    /// <param name="reading">Which way they are read: a binding's ordinal, −1 for the plain text, or less for a <see cref="Values.FieldGroup"/>.</param>
    /// <param name="bytes">The field.</param>
    /// <param name="value">What they came to.</param>
    public bool TryGet(int reading, ReadOnlySpan<byte> bytes, out string value)
    {
        value = Find(reading, bytes) as string ?? "";
        return value.Length > 0;
    }

    /// <summary>What the bytes came to; null where that is not known.</summary>
    /// <param name="reading">As in <see cref="TryGet"/>.</param>
    /// <param name="bytes">The field or fields.</param>
    public object? Find(int reading, ReadOnlySpan<byte> bytes)
    {
        var hash = ByteHash.Of(reading, bytes);
        ref var slot = ref _slots[(int)(hash % Slots)];
        if (slot.Hash != hash || slot.Bytes is null)
        {
            slot = ref _slots[(int)(hash / Slots % Slots)];
        }

        return slot.Hash == hash && slot.Bytes is { } known && bytes.SequenceEqual(known) ? slot.Value : null;
    }

    /// <summary>Remembers what the bytes came to. What has no room, or is long, is forgotten.</summary>
    public void Add(int reading, ReadOnlySpan<byte> bytes, object value)
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
