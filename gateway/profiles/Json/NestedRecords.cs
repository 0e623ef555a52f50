using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Trees;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Json;

/// <summary>
/// Records that stand in arrays within arrays, <c>logics_data.logics.*.records</c>, of one envelope or of an array of them. Each is
/// copied with what the profile wants from the objects around it: <c>^.id</c> is of the nearest, <c>^.^.sensor_info.name</c> of the next.
/// </summary>
internal static class NestedRecords
{
    /// <summary>The step of a path that goes through the elements of an array.</summary>
    public const string EachElement = "*";

    /// <summary>Begins the path of a binding that is of the object around the record.</summary>
    public const string Enclosing = "^.";

    // Stands in a frame that nobody is in. No device calls a member so.
    private const string EmptyFrame = "^ nobody";

    // What is around is copied into each record: only what can be a code, so that a payload cannot swell.
    private const int LongestCopied = 1024;

    /// <summary>Opens a payload; one of the profile's other payloads is a document without records.</summary>
    public static Outcome<TreeDocument> Open(ProfileDefinition definition, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!JsonPayload.Parse(payload, definition.Container).TryGet(out var document, out var unreadable))
        {
            return unreadable;
        }

        using (document)
        {
            var tree = new TreeDocument();
            try
            {
                var walk = new Walk(definition, payload, tree, cancellationToken);
                if (walk.Envelopes(document.RootElement) is { } refused)
                {
                    tree.Dispose();
                    return refused;
                }

                tree.EndRecords();
                return tree.Finish();
            }
            catch (InvalidOperationException)
            {
                tree.Dispose();
                return JsonPayload.NoName;
            }
        }
    }

    /// <summary>Whether a record stands for an array without records, which says of ways that nobody was there.</summary>
    public static bool IsEmptyFrame(FieldSource record) => record.Elements([EmptyFrame]) is not null;

    /// <inheritdoc cref="IsEmptyFrame(FieldSource)"/>
    public static bool IsEmptyFrame(JsonElement record) => record.ValueKind == JsonValueKind.Object && JsonPayload.TryFollow(record, [EmptyFrame], out _);

    private sealed class Walk(ProfileDefinition definition, ReadOnlyMemory<byte> payload, TreeDocument tree, CancellationToken cancellationToken)
    {
        private readonly string[] _path = definition.RecordsPath;
        private readonly bool _ofTracks = definition.Counts?.Visitors?.Tracks is not null;
        private readonly List<JsonElement> _around = [];
        private readonly ArrayBufferWriter<byte> _record = new(1024);
        private readonly (string Name, int Up, string[] Path)[] _wanted =
        [
            .. definition.Bindings.Where(binding => binding.From?.StartsWith(Enclosing, StringComparison.Ordinal) == true).Select(binding => binding.From!).Distinct().Select(Wanted),
        ];

        public Rejection? Envelopes(JsonElement root)
        {
            if (root.ValueKind == JsonValueKind.Array && _path.Length > 0 && _path[0] != EachElement)
            {
                foreach (var envelope in root.EnumerateArray())
                {
                    if (Envelope(envelope) is { } refused)
                    {
                        return refused;
                    }
                }
            }
            else if (Envelope(root) is { } refused)
            {
                return refused;
            }

            return tree.IsEmpty && tree.Skipped.Count == 0
                ? new Rejection(RejectionReason.PayloadEmpty, $"'{string.Join('.', _path)}' has no element.", null, default)
                : null;
        }

        private Rejection? Envelope(JsonElement envelope)
        {
            if (envelope.ValueKind == JsonValueKind.Object && definition.Counts?.Others.FirstOrDefault(other => envelope.TryGetProperty(other, out _)) is { } known)
            {
                var (count, first) = tree.Skipped.GetValueOrDefault(known, (0, new SourceLocation(0, OffsetOf(envelope), 0)));
                tree.Skipped[known] = (count + 1, first);
                return null;
            }

            return Down(envelope, 0);
        }

        private Rejection? Down(JsonElement from, int step)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (step == _path.Length)
            {
                return Records(from);
            }

            if (_path[step] == EachElement)
            {
                if (from.ValueKind != JsonValueKind.Array)
                {
                    return NotThere(step, "must be an array");
                }

                foreach (var element in from.EnumerateArray())
                {
                    if (Down(element, step + 1) is { } refused)
                    {
                        return refused;
                    }
                }

                return null;
            }

            if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(_path[step], out var member))
            {
                return NotThere(step + 1, $"is missing. Members found: {JsonPayload.MembersOf(from)}");
            }

            _around.Add(from);
            var result = Down(member, step + 1);
            _around.RemoveAt(_around.Count - 1);
            return result;
        }

        private Rejection? Records(JsonElement records)
        {
            if (records.ValueKind != JsonValueKind.Array)
            {
                return NotThere(_path.Length, "must be an array");
            }

            if (_ofTracks && records.GetArrayLength() == 0)
            {
                tree.Copy(Surrounded("{\"^ nobody\":[]}"u8), OffsetOf(records), 0);
            }

            foreach (var record in records.EnumerateArray())
            {
                if (record.ValueKind == JsonValueKind.Object)
                {
                    tree.Copy(Surrounded(JsonMarshal.GetRawUtf8Value(record)), OffsetOf(record), JsonMarshal.GetRawUtf8Value(record).Length);
                }
                else
                {
                    tree.Broken(OffsetOf(record), 0, new Rejection(RejectionReason.RowShape, "A record must be a JSON object.", null, default));
                }
            }

            return null;
        }

        // The record's own members come first, so that places within it can be computed.
        private ReadOnlySpan<byte> Surrounded(ReadOnlySpan<byte> raw)
        {
            _record.Clear();
            var end = raw.LastIndexOf((byte)'}');
            _record.Write(raw[..end]);
            var empty = raw[1..end].IndexOfAnyExcept(" \t\r\n"u8) < 0;
            foreach (var (name, up, path) in _wanted)
            {
                if (up > _around.Count || !JsonPayload.TryFollow(_around[^up], path, out var value)
                    || value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number) || JsonMarshal.GetRawUtf8Value(value).Length > LongestCopied)
                {
                    continue;
                }

                _record.Write(empty ? "\""u8 : ",\""u8);
                _record.Write(JsonEncodedText.Encode(name).EncodedUtf8Bytes);
                _record.Write("\":"u8);
                _record.Write(JsonMarshal.GetRawUtf8Value(value));
                empty = false;
            }

            _record.Write("}"u8);
            return _record.WrittenSpan;
        }

        private long OffsetOf(JsonElement element) => payload.Span.Overlaps(JsonMarshal.GetRawUtf8Value(element), out var offset) ? offset : 0;

        private Rejection NotThere(int steps, string problem)
        {
            var name = string.Join('.', _path[..steps]);
            return new Rejection(RejectionReason.SchemaChanged, $"'{name}' {problem}.", name, default);
        }

        private static (string Name, int Up, string[] Path) Wanted(string from)
        {
            var up = 0;
            var rest = from;
            while (rest.StartsWith(Enclosing, StringComparison.Ordinal))
            {
                (up, rest) = (up + 1, rest[Enclosing.Length..]);
            }

            return (from, up, BindingReader.Steps(rest));
        }
    }
}
