using System.Buffers;
using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Text;

namespace RetailInsight.Profiles.Values;

/// <summary>Reads bound fields into values and collects why one cannot be read. One reader serves one conversion.</summary>
/// <param name="numbers">How the feed writes numbers.</param>
/// <param name="known">What fields came to before; null where nothing is remembered.</param>
internal sealed partial class FieldReader(NumberStyle numbers, KnownFields? known = null)
{
    private const int ShownLength = 40;
    private const int LongestCode = 256;

    private static readonly SearchValues<char> ScientificNotation = SearchValues.Create("0123456789.,eE+");

    private readonly StringPool _pool = new();
    private List<Rejection>? _rejections;

    /// <summary>What was odd and read all the same.</summary>
    public FindingTally Findings { get; } = new();

    /// <summary>Where the values being read stand.</summary>
    public SourceLocation At { get; set; }

    /// <summary>Whether anything was rejected since <see cref="TakeRejections"/>.</summary>
    public bool Rejected => _rejections is not null;

    /// <summary>Hands over what was rejected since the last call; null when nothing was.</summary>
    public List<Rejection>? TakeRejections()
    {
        var taken = _rejections;
        _rejections = null;
        return taken;
    }

    public void Reject(RejectionReason reason, string? field, string detail)
    {
        if (_rejections is not { Count: >= HoldLimits.ReasonsPerReceipt })
        {
            (_rejections ??= []).Add(new Rejection(reason, detail, field, At));
        }
    }

    /// <summary>Rejects again what was taken and belongs to something else than it seemed.</summary>
    public void Reject(Rejection rejection)
    {
        if (_rejections is not { Count: >= HoldLimits.ReasonsPerReceipt })
        {
            (_rejections ??= []).Add(rejection);
        }
    }

    /// <summary>A code or text, or what a code means where it has a map; "" when it is empty and may be.</summary>
    public string Text(FieldSource source, Binding? binding)
    {
        if (binding is null)
        {
            return "";
        }

        if (binding.Map is not null)
        {
            return Meaning(source, binding) ?? "";
        }

        if (!source.TryGetBytes(binding, out var bytes, out _))
        {
            return TryTake(source, binding, out var taken, out _) ? _pool.Get(taken) : "";
        }

        if (bytes.IsEmpty && binding.MayBeEmpty)
        {
            return "";
        }

        if (known is null || !binding.Recurs)
        {
            return TryTake(source, binding, out var taken, out _) ? new string(taken) : "";
        }

        if (!known.TryGet(binding.Ordinal, bytes, out var text) && TryTake(source, binding, out var read, out _) && !read.IsEmpty)
        {
            text = new string(read);
            known.Add(binding.Ordinal, bytes, text);
        }

        return text;
    }

    /// <summary>What a code means by its map; null when it is empty or not known.</summary>
    public string? Meaning(FieldSource source, Binding binding)
    {
        if (known is null || !source.TryGetBytes(binding, out var bytes, out _))
        {
            return ReadMeaning(source, binding);
        }

        if (known.TryGet(binding.Ordinal, bytes, out var meaning))
        {
            return meaning;
        }

        if (ReadMeaning(source, binding) is not { } read)
        {
            return null;
        }

        known.Add(binding.Ordinal, bytes, read);
        return read;
    }

    /// <summary>A text of the payload as it may be shown: shortened, without control characters.</summary>
    public static string Shown(ReadOnlySpan<char> text)
    {
        var length = Math.Min(text.Length, ShownLength);
        if (length < text.Length && char.IsHighSurrogate(text[length - 1]))
        {
            length--;
        }

        return string.Create(length, text[..length], static (target, shown) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(shown[i]) ? '\uFFFD' : shown[i];
            }
        }) + (length < text.Length ? "…" : "");
    }

    /// <summary>The objects of an array; what is no object is rejected and left out. None where there is no array.</summary>
    public IEnumerable<FieldSource> Elements(FieldSource source, string[] path)
    {
        var list = source.Elements(path);
        if (list is null)
        {
            yield break;
        }

        var name = string.Join('.', path);
        if (!list.IsArray)
        {
            Reject(RejectionReason.FieldType, name, "An array is expected.");
        }

        foreach (var item in list.Items)
        {
            if (item is null)
            {
                Reject(RejectionReason.FieldType, name, "Each element must be an object.");
            }
            else
            {
                yield return item;
            }
        }
    }

    private string? ReadMeaning(FieldSource source, Binding binding)
    {
        if (!TryTake(source, binding, out var text, out _))
        {
            return null;
        }

        return binding.Map is null ? _pool.Get(text) : MeaningOf(binding, text);
    }

    private string? MeaningOf(Binding binding, ReadOnlySpan<char> text)
    {
        var meaning = binding.Map!.Find(text);
        if (meaning is null)
        {
            Reject(RejectionReason.CodeUnknown, binding.VendorName,
                $"'{Shown(text)}' is not a code the profile knows for {binding.Field}; it knows {string.Join(", ", binding.Map.Codes)}.");
        }

        return meaning;
    }

    // What several fields decide together; "" where no rule holds.
    private ReadOnlySpan<char> Decide(FieldSource source, Binding binding)
    {
        var decision = binding.Decision!;
        var values = new string[decision.Fields.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var field = decision.Fields[i];
            values[i] = field.Type is Definition.ValueType.Money or Definition.ValueType.Decimal or Definition.ValueType.Integer
                ? Micros(source, field) is { } micros ? Money.Format(micros) : ""
                : Text(source, field);
        }

        if (decision.Of(values) is { } meaning)
        {
            return meaning;
        }

        Reject(RejectionReason.CodeUnknown, string.Join(", ", decision.Fields.Select(field => field.VendorName)),
            $"No rule of '{decision.Name}' fits {string.Join(", ", decision.Fields.Select((field, i) => $"{field.VendorName} = '{Shown(values[i])}'"))}.");
        return default;
    }

    private bool TryTake(FieldSource source, Binding binding, out ReadOnlySpan<char> text, out RawKind kind)
    {
        kind = RawKind.Text;
        if (binding.Constant is not null)
        {
            text = binding.Constant;
            return true;
        }

        if (binding.Decision is not null)
        {
            text = Decide(source, binding);
            return !text.IsEmpty;
        }

        var raw = source.Get(binding);
        kind = raw.Kind;
        text = binding.Type == Definition.ValueType.Text ? raw.Text : raw.Text.Trim();
        if (kind is RawKind.Undecodable)
        {
            return false;
        }

        if (kind is RawKind.Absent || (kind is RawKind.Text && text.IsEmpty))
        {
            text = binding.Default;
            kind = RawKind.Text;
            if (binding.Default is null && binding.Required)
            {
                Reject(RejectionReason.FieldMissing, binding.VendorName, $"{binding.Field} is required and is empty or absent.");
            }

            return binding.Default is not null;
        }

        text = Cut(binding, text);
        return IsOfKind(binding, kind, text) && (binding.Type != Definition.ValueType.Code || IsCode(binding, text));
    }

    private bool IsOfKind(Binding binding, RawKind kind, ReadOnlySpan<char> text)
    {
        var number = binding.Type is Definition.ValueType.Integer or Definition.ValueType.Decimal or Definition.ValueType.Money;
        var expected = number && !numbers.AsStrings ? RawKind.Number : RawKind.Text;
        if (binding.Type == Definition.ValueType.Flag && (kind == RawKind.Truth || text is "true" or "false" or "0" or "1"))
        {
            return true;
        }

        if ((binding.Numeric || binding.Formats.Any(format => format is TimeText.Unix or TimeText.UnixMilliseconds)) && kind == RawKind.Number && !text.ContainsAnyExceptInRange('0', '9'))
        {
            return true;
        }

        if (binding.Type == Definition.ValueType.Flag)
        {
            Reject(RejectionReason.FieldType, binding.VendorName, "true or false is expected.");
            return false;
        }

        if (kind != expected && !(number && kind == RawKind.Number))
        {
            Reject(RejectionReason.FieldType, binding.VendorName, expected == RawKind.Number
                ? $"A JSON number is expected, not {(kind == RawKind.Text ? $"the string \"{Shown(text)}\"" : "an object, array or truth value")}."
                : $"A JSON string is expected, not {(kind == RawKind.Number ? $"the number {Shown(text)}: a number loses leading zeros" : "an object, array or truth value")}.");
            return false;
        }

        // A database keeps no U+0000, and a code with any control character is a damaged one.
        if (binding.Type == Definition.ValueType.Code ? text.ContainsAnyInRange('\0', '\u001F') : text.Contains('\0'))
        {
            Reject(RejectionReason.FieldType, binding.VendorName, "The text contains a control character.");
            return false;
        }

        return true;
    }

    /// <summary>A code without what the vendor adds to it.</summary>
    public static ReadOnlySpan<char> Cut(Binding binding, ReadOnlySpan<char> text)
    {
        if (binding.DropSuffix is not null && text.EndsWith(binding.DropSuffix, StringComparison.Ordinal))
        {
            text = text[..^binding.DropSuffix.Length];
        }

        return binding.CutAt is not null && text.IndexOf(binding.CutAt, StringComparison.Ordinal) is > 0 and var cut ? text[..cut] : text;
    }

    private bool IsCode(Binding binding, ReadOnlySpan<char> text)
    {
        if (text.Length > LongestCode)
        {
            Reject(RejectionReason.FieldRange, binding.VendorName, $"A code has at most {LongestCode} characters; this one has {text.Length}.");
            return false;
        }

        // A spreadsheet writes a long code as 4.90E+12; its digits are lost.
        if (text.Contains('+') && text.Contains("E+", StringComparison.OrdinalIgnoreCase) && !text.ContainsAnyExcept(ScientificNotation))
        {
            Reject(RejectionReason.FieldType, binding.VendorName,
                $"'{Shown(text)}' is a code in scientific notation: its digits are lost. Export the column as text.");
            return false;
        }

        return true;
    }
}
