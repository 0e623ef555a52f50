using System.Runtime.InteropServices;
using RetailInsight.Profiles.Csv;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Receipts;

/// <summary>Tells by the key fields of a CSV row which receipt it belongs to, and whether the rows of each receipt stand together.</summary>
/// <param name="row">The current row.</param>
/// <param name="fields">Fields whose equality makes rows one receipt.</param>
/// <param name="cut">Whether they are compared without what the profile cuts off them.</param>
/// <param name="begun">Hashes of the keys of receipts that have begun.</param>
internal sealed class ReceiptKey(CsvRow row, IReadOnlyList<Binding> fields, bool cut, HashSet<ulong> begun)
{
    private const int None = -1;
    private const char Separator = '\u001F';

    private readonly Binding[] _fields = [.. fields];
    private char[] _current = new char[256];
    private char[] _next = new char[256];
    private int _length = None;
    private ulong _hash;

    /// <summary>Whether a receipt began that had begun before. Keys that differ may have one hash: then a file is taken for scattered that is not, and costs memory.</summary>
    public bool Scattered { get; private set; }

    /// <summary>Whether the row belongs to the receipt of the last row that had a whole key; if not, and its own key is whole, its receipt begins.</summary>
    /// <param name="complete">Whether the key is whole: a row without one cannot be put to any receipt.</param>
    public bool Continues(out bool complete)
    {
        var key = OfRow(out complete);
        if (!complete || (_length != None && key.SequenceEqual(_current.AsSpan(0, _length))))
        {
            return complete;
        }

        _length = key.Length;
        _hash = ByteHash.Of(0, MemoryMarshal.AsBytes(key));
        Scattered |= !begun.Add(_hash);
        (_current, _next) = (_next, _current);
        return false;
    }

    /// <summary>The key of the row; valid until the next is asked for.</summary>
    public ReadOnlySpan<char> OfRow(out bool complete)
    {
        complete = true;
        var length = 0;
        foreach (var binding in _fields)
        {
            var value = Of(binding, row.TextAt(binding));
            complete &= !value.IsEmpty;
            if (_next.Length < length + value.Length + 1)
            {
                Array.Resize(ref _next, (length + value.Length + 1) * 2);
            }

            value.CopyTo(_next.AsSpan(length));
            length += value.Length;
            _next[length++] = Separator;
        }

        return _next.AsSpan(0, length);
    }

    /// <summary>The key of a row kept before, for people.</summary>
    public string Shown(CsvTokenizer.Field[] kept) => string.Join(" / ", _fields.Select(binding => FieldReader.Shown(Of(binding, row.TextAt(binding, kept)))));

    /// <summary>Lets the receipt that began last begin again: it is met once more in the next part.</summary>
    public void BeginsAgain() => begun.Remove(_hash);

    /// <summary>Forgets the last row, before the file is read from its beginning.</summary>
    public void Forget() => _length = None;

    private ReadOnlySpan<char> Of(Binding binding, ReadOnlySpan<char> text) => cut ? FieldReader.Cut(binding, text) : text;
}
