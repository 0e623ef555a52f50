using System.Globalization;
using RetailInsight.Api.Devices;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api.Pages.Devices;

/// <summary>What somebody filled in and was refused: shown again as it was, so that nothing is typed twice.</summary>
/// <param name="Lines">The mapping; null where another form was sent.</param>
/// <param name="Calibrations">The calibrations, likewise.</param>
/// <param name="Faults">What is wrong, by row, in the language of the page.</param>
internal sealed record DeviceDraft(IReadOnlyList<DeviceLineView>? Lines, IReadOnlyList<DeviceCalibrationView>? Calibrations, ILookup<int, string> Faults)
{
    public static DeviceDraft Of(IReadOnlyList<DeviceLineView> lines, IReadOnlyList<ParameterFault> faults, DevicesWording words) =>
        new(lines, null, Said(faults, [.. DeviceMapping.Overlaps(lines.Select(line => (line.Line, line.ValidFrom, line.ValidTo)))], words));

    public static DeviceDraft Of(IReadOnlyList<DeviceCalibrationView> calibrations, IReadOnlyList<ParameterFault> faults, DevicesWording words) =>
        new(null, calibrations, Said(faults, [.. DeviceMapping.Overlaps(calibrations.Select(one => (one.Line, one.ValidFrom, one.ValidTo)))], words));

    /// <summary>The row a fault is about; null for all of them.</summary>
    public static int? RowOf(ParameterFault fault)
    {
        var (open, close) = (fault.Parameter.IndexOf('[', StringComparison.Ordinal), fault.Parameter.IndexOf(']', StringComparison.Ordinal));
        return open > 0 && int.TryParse(fault.Parameter.AsSpan(open + 1, close - open - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var row) ? row : null;
    }

    // Rows count from one for people. A date that cannot be read is no date that overlaps.
    private static ILookup<int, string> Said(IReadOnlyList<ParameterFault> faults, IReadOnlyList<(int Row, int With)> overlaps, DevicesWording words) => faults
        .Where(fault => RowOf(fault) is not null).Select(fault => (Row: RowOf(fault)!.Value, Said:
            fault.Parameter.EndsWith("valid_to", StringComparison.Ordinal) ? words.WrongTo
            : !fault.Parameter.EndsWith("valid_from", StringComparison.Ordinal) ? words.WrongRow
            : overlaps.Where(one => one.Row == RowOf(fault)).Select(one => FigureText.Say(words.Overlap, one.With + 1)).FirstOrDefault() is { } said && fault.Detail.StartsWith("overlaps", StringComparison.Ordinal) ? said
            : words.WrongFrom))
        .ToLookup(fault => fault.Row, fault => fault.Said);
}
