using System.Text.Json;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Json;

/// <summary>
/// Tells a changed schema from a broken record: a required member that none of several records has was taken out or renamed.
/// One record alone cannot tell, and is held by itself.
/// </summary>
internal static class JsonSchema
{
    /// <summary>The rejection of the whole payload, or null.</summary>
    /// <param name="bindings">Bindings of one level.</param>
    /// <param name="seen">By ordinal, whether any record had the member.</param>
    /// <param name="records">How many records there were.</param>
    /// <param name="sample">One of them, for the message.</param>
    public static Rejection? Changed(IEnumerable<Binding> bindings, bool[] seen, int records, JsonElement sample)
    {
        if (records < 2)
        {
            return null;
        }

        foreach (var binding in bindings)
        {
            if (binding is { From: not null, Root: PathRoot.Element, Required: true } && !seen[binding.Ordinal])
            {
                return new Rejection(RejectionReason.SchemaChanged,
                    $"Member '{binding.From}' is missing from all {records} records. Members found: {JsonPayload.MembersOf(sample)}.", binding.From, default);
            }
        }

        return null;
    }
}
