using System.Text.Json;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Json;

/// <summary>
/// Tells a changed schema from a broken record: a required member that none of several records has was taken out or renamed.
/// One record alone cannot tell, and is held by itself. It counts over all parts of a payload.
/// </summary>
internal sealed class JsonSchema(ProfileDefinition definition)
{
    private readonly Level _records = new(definition.Head.Values);
    private readonly Level _lines = new(definition.Line.Values);
    private int _elements;
    private int _objects;

    /// <summary>By ordinal, whether any record had the member of a binding.</summary>
    public bool[] Seen { get; } = new bool[definition.Bindings.Count];

    /// <summary>Records so far, those among them that are no objects.</summary>
    public int Elements => _elements;

    /// <summary>Whether more of the records are no objects than a payload of the profile would have.</summary>
    public bool IsRubbish => _elements - _objects > HoldLimits.RowsWithoutReceipt;

    /// <summary>Why the payload as a whole turns out to be unreadable; null where it does not.</summary>
    public Rejection? Refused => IsRubbish ? HoldLimits.Refuse() : _records.Changed(Seen) ?? _lines.Changed(Seen);

    /// <summary>Counts a record.</summary>
    /// <param name="element">The record.</param>
    /// <param name="isRead">Whether it is read by the bindings of the profile; what only takes back is not.</param>
    public void AddRecord(JsonElement element, bool isRead = true)
    {
        _elements++;
        _objects += element.ValueKind == JsonValueKind.Object ? 1 : 0;
        if (isRead)
        {
            _records.Add(element);
        }
    }

    /// <summary>Counts a line of a receipt.</summary>
    public void AddLine(JsonElement element) => _lines.Add(element);

    /// <summary>The document of the records so far is about to go.</summary>
    public void EndPart()
    {
        _records.EndPart(Seen);
        _lines.EndPart(Seen);
    }

    private sealed class Level(IEnumerable<Binding> bindings)
    {
        private readonly Binding[] _required = [.. bindings.Where(binding => binding is { From: not null, Root: PathRoot.Element, Required: true })];
        private JsonElement? _sample;
        private string _members = "none";

        public int Objects { get; private set; }

        public void Add(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                Objects++;
                _sample = element;
            }
        }

        public void EndPart(bool[] seen)
        {
            // Nobody asks for the names where nothing is missing.
            if (_sample is { } sample && Array.Exists(_required, binding => !seen[binding.Ordinal]))
            {
                _members = JsonPayload.MembersOf(sample);
            }

            _sample = null;
        }

        public Rejection? Changed(bool[] seen) => Objects < 2 || Array.Find(_required, binding => !seen[binding.Ordinal]) is not { } missing ? null
            : new Rejection(RejectionReason.SchemaChanged,
                $"Member '{missing.From}' is missing from all {Objects} records. Members found: {(_sample is { } sample ? JsonPayload.MembersOf(sample) : _members)}.", missing.From, default);
    }
}
