using RetailInsight.Core.Counting;

namespace RetailInsight.Profiles.Definition;

/// <summary>How ways of persons become events: what a device sends is where somebody was, and what that comes to is found here.</summary>
/// <param name="SentWhole">Whether the device sends a way once it has ended. Else a payload is a stretch of time, and who is in its first or last frame was seen before or after it.</param>
/// <param name="Seconds">How long something must last to count.</param>
/// <param name="Lines">Lines in the device's coordinates.</param>
/// <param name="Zones">Zones in the device's coordinates.</param>
internal sealed record TrackRules(bool SentWhole, CountingSeconds Seconds, IReadOnlyList<TrackedLine> Lines, IReadOnlyList<TrackedZone> Zones)
{
    /// <summary>What a device counts at.</summary>
    public (Storefront Front, TrackedZone[] Zones) Of(string device)
    {
        var lines = Lines.Where(line => line.Device is null || line.Device == device).ToLookup(line => line.IsEntrance, line => line.Line);
        return (new Storefront([.. lines[true]], [.. lines[false]]), [.. Zones.Where(zone => zone.Device is null || zone.Device == device)]);
    }

    /// <summary>What the profile calls a line.</summary>
    public string NameOf(CountingLine line) => Lines.First(one => ReferenceEquals(one.Line, line)).Name;
}

/// <summary>A line that people are counted at.</summary>
/// <param name="Name">Its name, as in the register of devices.</param>
/// <param name="Device">The device it is of; null for every device.</param>
/// <param name="IsEntrance">Whether it is an entrance; else one of the ends of the front, which passers-by cross.</param>
/// <param name="Line">Where it lies.</param>
internal sealed record TrackedLine(string Name, string? Device, bool IsEntrance, CountingLine Line);

/// <summary>A zone that people stop in.</summary>
/// <param name="Name">Its name, as in the register of devices.</param>
/// <param name="Device">The device it is of; null for every device.</param>
/// <param name="Zone">Where it lies.</param>
internal sealed record TrackedZone(string Name, string? Device, Zone Zone);
