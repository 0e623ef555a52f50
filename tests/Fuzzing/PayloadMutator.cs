using System.Globalization;
using System.Text;

namespace RetailInsight.Fuzzing;

/// <summary>
/// Damages payloads of any format as transport, exports and strangers do. The same seed gives the same damage, whatever ran
/// before.
/// </summary>
internal sealed class PayloadMutator
{
    // Damage on damage stops growing here: a payload is to be hostile by its form rather than by its length.
    private const int LongestToGrow = 1 << 19;

    private static readonly byte[][] Splices =
    [
        "\""u8.ToArray(), "\"\""u8.ToArray(), "\r"u8.ToArray(), "\n"u8.ToArray(), ","u8.ToArray(), "\t"u8.ToArray(), "\0"u8.ToArray(), [0x81], [0xFF], [0xEF, 0xBB, 0xBF], [0xFF, 0xFE],
        [0x1A], [0x1F], [0x85], [0xF0, 0x40], [0xED, 0xA0, 0x80], "\\"u8.ToArray(), "\\ud800"u8.ToArray(), "\\u0000"u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "[]"u8.ToArray(), "null"u8.ToArray(),
        "<"u8.ToArray(), "&amp;"u8.ToArray(), "&x;"u8.ToArray(), "<![CDATA["u8.ToArray(), "<!--"u8.ToArray(), "]]>"u8.ToArray(), "'; DROP TABLE gateway.identity; --"u8.ToArray(), "=1+1"u8.ToArray(),
        "9999-12-31"u8.ToArray(), "0001/01/01"u8.ToArray(), "2026-02-30"u8.ToArray(), "47:59"u8.ToArray(), "\U0001F600\u202E\u200B"u8.ToArray(),
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "-1", "--1", "+", "-", ".", "1.", ".5", "1,234", "１２３", "٣", "△5", "(7)", "0x10", "1e3", "1e30", "1E-400", "1e999999999", "NaN", "Infinity", "null",
        "9223372036854", "9223372036854.775807", "9223372036854.775808", "-9223372036854.775808", "9223372036854775807", "-9223372036854775808", "18446744073709551616",
        "99999999999999999999", "79228162514264337593543950335", "0.0000001", "0.333333333333333333333333333333", "2147483647", "2147483648", "4294967296", "000000000000000000000001",
        new('9', 400), "0." + new string('0', 400) + "1",
    ];

    private readonly Random _random;
    private readonly TreeDamage _trees;
    private readonly List<string> _done = [];
    private readonly (string Name, int Weight, Func<byte[], byte[]> Apply)[] _kinds;
    private readonly int _weights;

    /// <param name="seed">Which damage.</param>
    public PayloadMutator(int seed)
    {
        _random = new Random(seed);
        _trees = new TreeDamage(_random);
        var bombs = new Bombs(_random);
        var encodings = new Encodings(_random);
        _kinds =
        [
            ("bytes", 30, Bytes), ("splice", 15, bytes => Insert(bytes, At(bytes), Pick(Splices))), ("number", 20, Number), ("quotes", 8, Quotes), ("cut off", 5, bytes => bytes[..At(bytes)]),
            ("rows", 20, Rows), ("columns", 10, Columns), ("moved bytes", 5, Move), ("encoding", 8, encodings.Apply), ("json values", 12, bombs.JsonValue),
            ("huge field", 1, bombs.HugeField), ("row bomb", 1, bombs.Rows), ("nesting", 2, bombs.Nesting), ("xml", 3, bombs.Xml), ("packed", 1, bombs.Packed), ("nothing left", 1, Nothing),
        ];
        _weights = _kinds.Sum(kind => kind.Weight);
    }

    /// <summary>What was done to the last payload, in its order.</summary>
    public IReadOnlyList<string> Done => _done;

    /// <summary>The payload with one to three kinds of damage; of an archive mostly to a file in it, of a document mostly to its values.</summary>
    public byte[] Mutate(byte[] payload)
    {
        _done.Clear();
        if (payload.AsSpan().StartsWith("PK"u8) && _random.Next(10) < 7)
        {
            return new ArchiveDamage(_random, Damage, _done).Apply(payload);
        }

        var form = payload.AsSpan().TrimStart([(byte)0xEF, (byte)0xBB, (byte)0xBF, (byte)'\n', (byte)' ']);
        if (form is [(byte)'{' or (byte)'[' or (byte)'<', ..] && _random.Next(10) < 6)
        {
            _done.Add("document");
            payload = form[0] == (byte)'<' ? _trees.Xml(payload) : _trees.Json(payload);
            if (_random.Next(6) > 0)
            {
                return payload;
            }
        }

        return Damage(payload);
    }

    private byte[] Damage(byte[] payload)
    {
        for (var edits = _random.Next(1, 4); edits > 0 && payload.Length is > 0 and < LongestToGrow; edits--)
        {
            var draw = _random.Next(_weights);
            var kind = _kinds.First(one => (draw -= one.Weight) < 0);
            _done.Add(kind.Name);
            payload = kind.Apply(payload);
        }

        return payload;
    }

    private byte[] Bytes(byte[] bytes)
    {
        var at = At(bytes);
        var length = Math.Min(_random.Next(1, 60), bytes.Length - at);
        switch (_random.Next(4))
        {
            case 0:
                bytes = [.. bytes];
                bytes[at] ^= (byte)(1 << _random.Next(8));
                return bytes;
            case 1:
                bytes = [.. bytes];
                bytes[at] = (byte)_random.Next(256);
                return bytes;
            case 2:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];
            default:
                return Insert(bytes, at, bytes.AsSpan(at, length));
        }
    }

    private byte[] Move(byte[] bytes)
    {
        var at = At(bytes);
        var length = Math.Min(_random.Next(1, 400), bytes.Length - at);
        byte[] rest = [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];
        return Insert(rest, _random.Next(rest.Length + 1), bytes.AsSpan(at, length));
    }

    // Half of the time a digit for a digit, so that the form stays and only the meaning changes.
    private byte[] Number(byte[] bytes)
    {
        var start = At(bytes);
        var from = bytes.AsSpan(start).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (from < 0)
        {
            return bytes;
        }

        from += start;
        var to = from;
        while (to < bytes.Length && bytes[to] is (>= (byte)'0' and <= (byte)'9') or (byte)'.')
        {
            to++;
        }

        var number = _random.Next(2) == 0 ? _random.Next(10).ToString(CultureInfo.InvariantCulture) : Pick(Numbers);
        to = number.Length == 1 ? from + 1 : to;
        return [.. bytes.AsSpan(0, from), .. Encoding.UTF8.GetBytes(number), .. bytes.AsSpan(to)];
    }

    private byte[] Quotes(byte[] bytes)
    {
        var start = At(bytes);
        var at = start + bytes.AsSpan(start).IndexOf((byte)'"');
        if (at < start || _random.Next(3) == 0)
        {
            return Insert(bytes, At(bytes), Pick([[(byte)'"'], "'"u8.ToArray(), "\"\"\""u8.ToArray(), "”"u8.ToArray(), "\\\""u8.ToArray()]));
        }

        return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + 1)];
    }

    private byte[] Rows(byte[] bytes)
    {
        var rows = Split(bytes, (byte)'\n');
        var at = _random.Next(rows.Count);
        switch (_random.Next(5))
        {
            case 0:
                rows.RemoveAt(at);
                break;
            case 1:
                rows.Insert(_random.Next(rows.Count + 1), rows[at]);
                break;
            case 2:
                var span = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows);
                _random.Shuffle(_random.Next(2) == 0 ? span : span[Math.Min(1, span.Length)..]);
                break;
            case 3:
                (rows[at], rows[^1]) = (rows[^1], rows[at]);
                break;
            default:
                // A part of another row in the middle of this one, as an interrupted write leaves it.
                rows[at] = [.. rows[at].AsSpan(0, rows[at].Length / 2), .. rows[_random.Next(rows.Count)]];
                break;
        }

        return Join(rows);
    }

    private byte[] Columns(byte[] bytes)
    {
        var delimiter = bytes.AsSpan().Contains((byte)'\t') ? (byte)'\t' : (byte)',';
        var rows = Split(bytes, (byte)'\n');
        var (one, other, change) = (_random.Next(24), _random.Next(24), _random.Next(4));
        for (var i = change == 3 ? rows.Count / 2 : 0; i < rows.Count; i++)
        {
            var fields = Split(rows[i], delimiter);
            if (Math.Max(one, other) >= fields.Count - 1)
            {
                (one, other) = (Math.Min(one, Math.Max(0, fields.Count - 2)), Math.Min(other, Math.Max(0, fields.Count - 2)));
            }

            switch (change)
            {
                case 0 or 3:
                    (fields[one], fields[other]) = (fields[other], fields[one]);
                    break;
                case 1:
                    fields.RemoveAt(one);
                    break;
                default:
                    fields.Insert(one, [.. "new"u8, delimiter]);
                    break;
            }

            rows[i] = Join(fields);
        }

        return Join(rows);
    }

    private byte[] Nothing(byte[] bytes) => _random.Next(6) switch
    {
        0 => [],
        1 => [.. Split(bytes, (byte)'\n')[0]],
        2 => [0xEF, 0xBB, 0xBF],
        3 => [.. Enumerable.Repeat((byte)'\n', _random.Next(1, 2_000))],
        4 => new byte[_random.Next(1, 5_000)],
        _ => Rubbish(_random.Next(1, 2_000)),
    };

    private byte[] Rubbish(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private int At(byte[] bytes) => bytes.Length == 0 ? 0 : _random.Next(bytes.Length);

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    /// <summary>The bytes with others put in.</summary>
    public static byte[] Insert(byte[] bytes, int at, ReadOnlySpan<byte> inserted) => [.. bytes.AsSpan(0, at), .. inserted, .. bytes.AsSpan(at)];

    // Each part ends with its delimiter; the last one may not.
    private static List<byte[]> Split(byte[] bytes, byte delimiter)
    {
        var parts = new List<byte[]>();
        for (var from = 0; from < bytes.Length;)
        {
            var length = bytes.AsSpan(from).IndexOf(delimiter);
            length = length < 0 ? bytes.Length - from : length + 1;
            parts.Add(bytes[from..(from + length)]);
            from += length;
        }

        return parts.Count == 0 ? [[]] : parts;
    }

    private static byte[] Join(List<byte[]> parts) => [.. parts.SelectMany(part => part)];
}
