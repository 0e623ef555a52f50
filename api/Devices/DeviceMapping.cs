namespace RetailInsight.Api.Devices;

/// <summary>Changes of where the lines of a device hang, made of the mapping as it is.</summary>
internal static class DeviceMapping
{
    /// <summary>Hangs a line elsewhere, or nowhere, from a day on; what follows the row that holds then stays as it is.</summary>
    /// <param name="lines">The mapping; its rows do not overlap, and neither do those returned.</param>
    /// <param name="line">The line, as the device names it.</param>
    /// <param name="store">The store it goes to; null for none.</param>
    /// <param name="from">First business date there.</param>
    /// <returns>The mapping from now on; null when the line hangs nowhere on that day.</returns>
    public static List<DeviceLineView>? Move(IReadOnlyList<DeviceLineView> lines, string line, string? store, DateOnly from)
    {
        if (lines.FirstOrDefault(one => one.Line == line && one.ValidFrom <= from && (one.ValidTo is null || from <= one.ValidTo)) is not { } holding)
        {
            return null;
        }

        List<DeviceLineView> moved = [.. lines.Where(one => one != holding)];
        if (holding.ValidFrom < from)
        {
            moved.Add(holding with { ValidTo = from.AddDays(-1) });
        }

        if (store is not null)
        {
            moved.Add(holding with { Store = store, ValidFrom = from, Zone = store == holding.Store ? holding.Zone : "" });
        }

        return [.. moved.OrderBy(one => one.ValidFrom).ThenBy(one => one.Line, StringComparer.Ordinal)];
    }

    /// <summary>Rows of one line that hold at the same time, by the later of them.</summary>
    /// <param name="rows">Line, first and last business date; the last is null while it holds.</param>
    /// <returns>The row, and the one before it that should have ended.</returns>
    public static IEnumerable<(int Row, int With)> Overlaps(IEnumerable<(string Line, DateOnly From, DateOnly? To)> rows)
    {
        foreach (var line in rows.Index().GroupBy(row => row.Item.Line, StringComparer.Ordinal))
        {
            var ordered = line.OrderBy(row => row.Item.From).ToList();
            foreach (var (one, next) in ordered.Zip(ordered.Skip(1)))
            {
                if (one.Item.To is not { } end || end >= next.Item.From)
                {
                    yield return (next.Index, one.Index);
                }
            }
        }
    }
}
