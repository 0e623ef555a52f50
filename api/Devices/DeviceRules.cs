using RetailInsight.Api.Alerts;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api.Devices;

/// <summary>What a device, its mapping and its calibrations may be; each fault names the member and the row.</summary>
internal static class DeviceRules
{
    /// <summary>Characters of an id or a line.</summary>
    public const int LongestId = 128;

    private const int LongestText = 100;
    private const int MostRows = 200;
    private static readonly string[] Roles = ["entrance", "passage", "interior"];

    /// <summary>Faults of the facts of a device; whether group, stores and subscriber exist is asked of the register.</summary>
    public static List<ParameterFault> Of(DeviceRequest request, bool enrols)
    {
        var faults = new List<ParameterFault>();
        if (enrols ? !IsId(request.Device) : request.Device is not null)
        {
            faults.Add(new("device", enrols ? $"is what the device calls itself: 1 to {LongestId} characters without slash and control characters." : "cannot be changed; enrol another device."));
        }

        if (request.IntervalSeconds is < 1 or > 90_000)
        {
            faults.Add(new("interval_seconds", "is 1 to 90000."));
        }

        foreach (var (name, text) in (IEnumerable<(string, string)>)[("name", request.Name), ("maker", request.Maker), ("model", request.Model), ("revision", request.Revision)])
        {
            if (text is null || text.Length > LongestText || !AlertRuleReader.IsText(text))
            {
                faults.Add(new(name, $"has at most {LongestText} characters and no control characters."));
            }
        }

        if (request.OpensMinute is null != request.ClosesMinute is null || request.OpensMinute is < 0 or > 1439 || request.ClosesMinute is > 2880 || request.ClosesMinute <= request.OpensMinute)
        {
            faults.Add(new("closes_minute", "opens_minute is 0 to 1439 and closes_minute later, at most 2880; or neither is stated."));
        }

        if (request.Network is null != request.Subscriber is null || (request.Subscriber is { } subscriber && (!IsId(subscriber) || !IsId(request.Network))) || (request.Equipment is { } equipment && !IsId(equipment)))
        {
            faults.Add(new("subscriber", $"goes with network; both and equipment have 1 to {LongestId} characters without slash and control characters."));
        }

        if (request.Lines is { } lines)
        {
            faults.AddRange(Of(lines));
        }

        return faults;
    }

    /// <summary>Faults of a mapping: at no date does a line hang in two places.</summary>
    public static List<ParameterFault> Of(IReadOnlyList<DeviceLineView> lines)
    {
        var faults = new List<ParameterFault>();
        if (lines.Count > MostRows)
        {
            faults.Add(new("lines", $"has at most {MostRows} rows."));
            return faults;
        }

        foreach (var (at, line) in lines.Index())
        {
            if (line is null || !IsId(line.Line) || line.Store is null || !Roles.Contains(line.Role) || line.Zone is not { Length: <= LongestText } || !AlertRuleReader.IsText(line.Zone))
            {
                faults.Add(new($"lines[{at}]", $"has line (1 to {LongestId} characters), store, role ({string.Join(", ", Roles)}) and valid_from."));
            }
            else
            {
                Span(faults, $"lines[{at}]", line.ValidFrom, line.ValidTo);
            }
        }

        Overlaps(faults, "lines", [.. lines.Where(line => line is not null).Select(line => (line.Line, line.ValidFrom, line.ValidTo))]);
        return faults;
    }

    /// <summary>Faults of calibrations.</summary>
    public static List<ParameterFault> Of(IReadOnlyList<DeviceCalibrationView> calibrations)
    {
        var faults = new List<ParameterFault>();
        if (calibrations.Count > MostRows)
        {
            faults.Add(new("calibrations", $"has at most {MostRows} rows."));
            return faults;
        }

        foreach (var (at, one) in calibrations.Index())
        {
            if (one is null || !IsId(one.Line) || one.ByHand is < 1 or > 1_000_000 || one.ByDevice is < 1 or > 1_000_000)
            {
                faults.Add(new($"calibrations[{at}]", "has line, by_hand and by_device, 1 to 1000000 each: what people and the device counted in the same time."));
            }
            else
            {
                Span(faults, $"calibrations[{at}]", one.ValidFrom, one.ValidTo);
            }
        }

        Overlaps(faults, "calibrations", [.. calibrations.Where(one => one is not null).Select(one => (one.Line, one.ValidFrom, one.ValidTo))]);
        return faults;
    }

    private static bool IsId(string? text) => text is { Length: >= 1 and <= LongestId } && !text.Contains('/', StringComparison.Ordinal) && AlertRuleReader.IsText(text) && text.Trim() == text;

    private static void Span(List<ParameterFault> faults, string name, DateOnly from, DateOnly? to)
    {
        if (from.Year is < 1900 or > 9998 || to < from || to?.Year > 9998)
        {
            faults.Add(new($"{name}.valid_to", "is not before valid_from, and both lie in 1900 to 9998."));
        }
    }

    private static void Overlaps(List<ParameterFault> faults, string name, List<(string Line, DateOnly From, DateOnly? To)> rows) => faults.AddRange(
        DeviceMapping.Overlaps(rows).Select(one => new ParameterFault($"{name}[{one.Row}].valid_from", $"overlaps {name}[{one.With}] of the same line: end that one the day before.")));
}
