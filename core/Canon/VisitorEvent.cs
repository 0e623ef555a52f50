using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Core.Canon;

/// <summary>
/// What one person did before or in a shop, as a camera says it. Who it was is never known here: <see cref="Person"/> is a pseudonym
/// that holds for one tenant and one epoch, and nothing of a face has a place in the record.
/// </summary>
public sealed record VisitorEvent
{
    /// <summary>Identity: device, line, kind, instant and track.</summary>
    public required Id128 EventId { get; init; }

    /// <summary>The store's code in the tenant's own master.</summary>
    public required string Store { get; init; }

    /// <summary>The device, as sent.</summary>
    public required string Device { get; init; }

    /// <summary>The line that was crossed, or the zone, as the device names it.</summary>
    public required string Line { get; init; }

    /// <summary>The zone of the store, by the device register; empty where it names none.</summary>
    public string Zone { get; init; } = "";

    /// <summary>What was done.</summary>
    public required VisitorEventKind Kind { get; init; }

    /// <summary>When, with the store's offset; of a stay, when it began or ended, as the device says it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The trading day it counts for.</summary>
    public required DateOnly BusinessDate { get; init; }

    /// <summary>How long a stay lasted, in milliseconds; 0 when the device does not say.</summary>
    public ulong DurationMilliseconds { get; init; }

    /// <summary>The pseudonym of the person within tenant and epoch; <see cref="Id128.None"/> where nobody was recognised.</summary>
    public Id128 Person { get; init; }

    /// <summary>Whether the device takes the person for staff.</summary>
    public bool Staff { get; init; }

    /// <summary>Firmware of the device, as sent; empty when it does not say.</summary>
    public string Firmware { get; init; } = "";

    /// <summary>Its place in the payload.</summary>
    public required Outcomes.SourceLocation Source { get; init; }
}
