using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Profiles.Trees;

/// <summary>
/// Records of a container that is no JSON document, written as one, so that all trees are read by the same rules. It knows
/// where in the payload each of its objects came from.
/// </summary>
internal sealed class TreeDocument : IDisposable
{
    /// <summary>Where the records stand in the document.</summary>
    public static readonly string[] RecordsPath = ["records[]"];

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly List<int> _offsets = [];
    private readonly List<Place> _places = [];

    public TreeDocument()
    {
        Writer = new Utf8JsonWriter(_buffer, Options);
        Writer.WriteStartObject();
        Writer.WritePropertyName(RecordsPath[0]);
        Writer.WriteStartArray();
    }

    /// <summary>Where an object stands in the payload.</summary>
    /// <param name="Offset">Its first byte.</param>
    /// <param name="Length">In bytes; 0 when unknown.</param>
    /// <param name="Verbatim">Whether it was copied, so that places within it can be computed.</param>
    /// <param name="Problem">Why it cannot be used whatever its values are.</param>
    private readonly record struct Place(long Offset, int Length, bool Verbatim, Rejection? Problem);

    /// <summary>Writes records into the array, and after <see cref="EndRecords"/> members of the payload.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>The document, after <see cref="Finish"/>.</summary>
    public ReadOnlyMemory<byte> Json => _buffer.WrittenMemory;

    /// <summary>Whether nothing was written into the array.</summary>
    public bool IsEmpty => _places.Count == 0;

    /// <summary>Records that are not the profile's, by what they are.</summary>
    public SortedDictionary<string, (int Count, SourceLocation First)> Skipped { get; } = new(StringComparer.Ordinal);

    /// <summary>What is to be said of them.</summary>
    public IEnumerable<Finding> SkippedFindings => Skipped.Select(skipped => new Finding(
        FindingCode.RecordSkipped, skipped.Key, skipped.Value.Count, $"'{Values.FieldReader.Shown(skipped.Key)}' is no record of the profile and is not counted.", skipped.Value.First));

    /// <summary>Begins an object that stands at a place of the payload.</summary>
    public void StartObject(long offset, int length, Rejection? problem = null)
    {
        Writer.WriteStartObject();
        Mark(1, new Place(offset, length, false, problem));
    }

    /// <summary>Copies a JSON object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="offset">Where it stands in the payload.</param>
    /// <param name="length">Its bytes there, where more were added to it.</param>
    public void Copy(ReadOnlySpan<byte> json, long offset, int? length = null)
    {
        Writer.WriteRawValue(json, skipInputValidation: true);
        Mark(json.Length, new Place(offset, length ?? json.Length, true, null));
    }

    /// <summary>Stands for something that is no record.</summary>
    public void Broken(long offset, int length, Rejection problem)
    {
        Writer.WriteStringValue("");
        Mark(2, new Place(offset, length, false, problem));
    }

    /// <summary>Ends the records.</summary>
    public void EndRecords() => Writer.WriteEndArray();

    /// <summary>Ends the document.</summary>
    public TreeDocument Finish()
    {
        Writer.WriteEndObject();
        Writer.Flush();
        return this;
    }

    /// <summary>Where something of the document stands in the payload.</summary>
    public SourceLocation LocationOf(int offset, int length, int row)
    {
        var at = _offsets.BinarySearch(offset);
        if (at >= 0)
        {
            return new SourceLocation(row, _places[at].Offset, _places[at].Length);
        }

        at = ~at - 1;
        return at < 0 ? new SourceLocation(row, 0, 0)
            : _places[at].Verbatim ? new SourceLocation(row, _places[at].Offset + offset - _offsets[at], length)
            : new SourceLocation(row, _places[at].Offset, 0);
    }

    /// <summary>What is wrong with an object as a whole.</summary>
    public Rejection? ProblemAt(int offset) => _offsets.BinarySearch(offset) is var at && at >= 0 ? _places[at].Problem : null;

    public void Dispose() => Writer.Dispose();

    private void Mark(int written, Place place)
    {
        _offsets.Add((int)(Writer.BytesCommitted + Writer.BytesPending) - written);
        _places.Add(place);
    }
}
