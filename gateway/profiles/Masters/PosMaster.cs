using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Masters;

/// <summary>Turns rows of a POS master into register assignments.</summary>
internal sealed class PosMaster(Profile profile, ConversionContext context, FieldReader fields)
{
    private readonly IReadOnlyDictionary<string, Binding> _head = profile.Definition.Head;
    private readonly List<Converted<PosAssignment>> _assignments = [];
    private readonly List<Held> _held = [];

    public int Rows { get; private set; }

    public Conversion Result => new() { RowsRead = Rows, PosAssignments = _assignments, Held = _held };

    /// <summary>Reads one assignment; <paramref name="source"/> is null where the row is no record at all.</summary>
    public void Add(FieldSource? source, SourceLocation at)
    {
        Rows++;
        fields.At = at;
        if (source is null)
        {
            fields.Reject(RejectionReason.RowShape, null, "The row is no record.");
            Hold(at, "", null);
            return;
        }

        var terminal = fields.Text(source, _head[CanonicalFields.Terminal]);
        var code = fields.Text(source, _head[CanonicalFields.Store]);
        var from = fields.Date(source, _head[CanonicalFields.ValidFrom]);
        var to = fields.Date(source, _head.GetValueOrDefault(CanonicalFields.ValidTo));
        var store = context.Stores.ByCode(code);
        if (store is null && code.Length > 0)
        {
            fields.Reject(RejectionReason.StoreUnknown, _head[CanonicalFields.Store].VendorName, $"There is no store '{FieldReader.Shown(code)}'.");
        }

        if (to < from)
        {
            fields.Reject(RejectionReason.FieldRange, _head[CanonicalFields.ValidTo].VendorName, "The assignment must not end before it begins.");
        }

        if (!Hold(at, string.Create(CultureInfo.InvariantCulture, $"{FieldReader.Shown(terminal)} / {from:yyyy-MM-dd}"), store?.Code))
        {
            _assignments.Add(new Converted<PosAssignment>(new PosAssignment(terminal, code, from!.Value, to), 1, Id128.None));
        }
    }

    private bool Hold(SourceLocation at, string key, string? store)
    {
        if (fields.TakeRejections() is not { } rejections)
        {
            return false;
        }

        _held.Add(new Held(rejections, 1, key, store, null, null, null, [at.Row]));
        return true;
    }
}
