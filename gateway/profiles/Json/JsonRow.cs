using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Json;

/// <summary>One JSON object of a payload, with the payload's root in reach.</summary>
/// <param name="root">The whole payload.</param>
/// <param name="element">The object.</param>
/// <param name="receipt">The receipt the object belongs to.</param>
/// <param name="seen">Notes by ordinal which bindings were ever present; null where nobody asks.</param>
internal sealed class JsonRow(JsonElement root, JsonElement receipt, JsonElement element, bool[]? seen) : FieldSource
{
    private char[] _text = new char[64];

    public override RawValue Get(Binding binding)
    {
        if (!JsonPayload.TryFollow(binding.Root == PathRoot.Payload ? root : element, binding.Path, out var value))
        {
            return new RawValue(RawKind.Absent, default);
        }

        if (binding.Lookup is { } lookup && !TryLookUp(lookup, ref value))
        {
            return new RawValue(RawKind.Absent, default);
        }

        if (seen is not null)
        {
            seen[binding.Ordinal] = true;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Null => new RawValue(RawKind.Absent, default),
            JsonValueKind.Number => new RawValue(RawKind.Number, Widen(JsonMarshal.GetRawUtf8Value(value))),
            JsonValueKind.String => Text(value),
            JsonValueKind.True => new RawValue(RawKind.Truth, "true"),
            JsonValueKind.False => new RawValue(RawKind.Truth, "false"),
            _ => new RawValue(RawKind.Other, default),
        };
    }

    public override ElementList? Elements(string[] path)
    {
        if (!JsonPayload.TryFollow(element, path, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array
            ? new ElementList(true, [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Object ? new JsonRow(root, receipt, item, seen) : null)])
            : new ElementList(false, []);
    }

    private bool TryLookUp(Lookup lookup, ref JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || !JsonPayload.TryFollow(receipt, lookup.Each, out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        var wanted = JsonMarshal.GetRawUtf8Value(value);
        foreach (var element in list.EnumerateArray())
        {
            if (JsonPayload.TryFollow(element, lookup.Key, out var key) && JsonMarshal.GetRawUtf8Value(key).SequenceEqual(wanted))
            {
                return JsonPayload.TryFollow(element, lookup.Value, out value);
            }
        }

        return false;
    }

    private RawValue Text(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        if (!raw.Contains((byte)'\\'))
        {
            return new RawValue(RawKind.Text, Widen(raw));
        }

        try
        {
            return new RawValue(RawKind.Text, value.GetString());
        }
        catch (InvalidOperationException)
        {
            // "\ud800": half of a surrogate pair is no text.
            return new RawValue(RawKind.Other, default);
        }
    }

    private ReadOnlySpan<char> Widen(ReadOnlySpan<byte> raw)
    {
        if (_text.Length < raw.Length)
        {
            _text = new char[raw.Length * 2];
        }

        Utf8.ToUtf16(raw, _text, out _, out var written);
        return _text.AsSpan(0, written);
    }
}
