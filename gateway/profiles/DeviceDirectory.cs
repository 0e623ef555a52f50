using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Profiles;

/// <summary>What a counting line of a device was for during [<see cref="ValidFrom"/>, <see cref="ValidTo"/>].</summary>
/// <param name="Device">The device, as it names itself.</param>
/// <param name="Line">The line, as the device names it; <c>*</c> is every line that is not named.</param>
/// <param name="Store">Code of the store in the tenant's master.</param>
/// <param name="Zone">The zone of the store; empty for none.</param>
/// <param name="Role">What the line is for.</param>
/// <param name="Reversed">Whether the device was installed the other way round: what it calls in is out.</param>
/// <param name="ValidFrom">First business date.</param>
/// <param name="ValidTo">Last business date, inclusive; null while it still holds.</param>
public sealed record DeviceLine(string Device, string Line, string Store, string Zone, CountRole Role, bool Reversed, DateOnly ValidFrom, DateOnly? ValidTo);

/// <summary>
/// The devices of one tenant as a converter sees them. Moving a device does not move its history: a line is looked up on the
/// business date of the count.
/// </summary>
public sealed class DeviceDirectory
{
    private const string EveryLine = "*";

    private readonly HashSet<string> _devices;
    private readonly Dictionary<(string Device, string Line), DeviceLine[]> _lines;

    /// <summary>Creates the directory.</summary>
    /// <param name="devices">The devices that are enrolled.</param>
    /// <param name="lines">Their lines, in any order.</param>
    public DeviceDirectory(IEnumerable<string> devices, IEnumerable<DeviceLine> lines)
    {
        ArgumentNullException.ThrowIfNull(devices);
        ArgumentNullException.ThrowIfNull(lines);
        _devices = new HashSet<string>(devices, StringComparer.Ordinal);
        _lines = lines.GroupBy(line => (line.Device, line.Line)).ToDictionary(group => group.Key, group => group.OrderByDescending(line => line.ValidFrom).ToArray());
    }

    /// <summary>A directory without devices.</summary>
    public static DeviceDirectory Empty { get; } = new([], []);

    /// <summary>Whether the device is enrolled.</summary>
    public bool Knows(string device) => _devices.Contains(device);

    /// <summary>
    /// What a line was for on a business date that follows from the store itself, by its time zone and cut-over; null when nothing holds then. Of two
    /// that overlap, the one that began later holds.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="line">The line as the device names it.</param>
    /// <param name="stores">The tenant's stores.</param>
    /// <param name="dateIn">The business date a store gives.</param>
    public (DeviceLine Line, StoreEntry Store)? Find(string device, string line, StoreDirectory stores, Func<StoreEntry, DateOnly> dateIn)
    {
        ArgumentNullException.ThrowIfNull(stores);
        ArgumentNullException.ThrowIfNull(dateIn);
        return Find((device, line)) ?? Find((device, EveryLine));

        (DeviceLine, StoreEntry)? Find((string, string) key)
        {
            foreach (var held in _lines.GetValueOrDefault(key) ?? [])
            {
                if (stores.ByCode(held.Store) is { } store && dateIn(store) is var on && held.ValidFrom <= on && (held.ValidTo is null || on <= held.ValidTo))
                {
                    return (held, store);
                }
            }

            return null;
        }
    }
}
