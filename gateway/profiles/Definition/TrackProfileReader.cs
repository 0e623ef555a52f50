using System.Globalization;
using RetailInsight.Core.Counting;

namespace RetailInsight.Profiles.Definition;

/// <summary>Reads the section <c>tracks</c>: where a device counts.</summary>
internal static class TrackProfileReader
{
    private const double FarthestPlace = 1_000_000;
    private const int MostSeconds = 24 * 60 * 60;

    /// <summary>The rules; null where the feed sends events.</summary>
    public static TrackRules? Read(YamlMap root)
    {
        if (root.Map("tracks") is not { } map)
        {
            return null;
        }

        var usual = CountingSeconds.Usual;
        var seconds = map.Map("seconds");
        var rules = new TrackRules(
            map.Choice("sent", required: true, ("as_frames", false), ("whole", true)),
            new CountingSeconds(Range(seconds, "visitor", usual.Visitor), Range(seconds, "passer_by", usual.PasserBy), Range(seconds, "stop", usual.Stop)),
            [.. map.Maps("lines").Select(Line)],
            [.. map.Maps("zones").Select(Zone)]);
        seconds?.Done();
        if (rules.Lines.Count + rules.Zones.Count == 0)
        {
            map.Missing("at least one of 'lines' and 'zones' is needed");
        }

        foreach (var twice in rules.Lines.Select(line => (line.Name, line.Device)).Concat(rules.Zones.Select(zone => (zone.Name, zone.Device))).GroupBy(one => one).Where(same => same.Count() > 1))
        {
            map.Error($"'{twice.Key.Name}' names two lines or zones of one device");
        }

        map.Done();
        return rules;
    }

    private static TrackedLine Line(YamlMap map)
    {
        var line = new TrackedLine(
            map.RequiredText("name"), map.Text("device"), map.Choice("kind", required: true, ("entrance", true), ("end", false)), new CountingLine(Point(map.RequiredMap("from")), Point(map.RequiredMap("to"))));
        if (line.Line.From == line.Line.To)
        {
            map.Error("'from' and 'to' are the same place");
        }

        map.Done();
        return line;
    }

    private static TrackedZone Zone(YamlMap map)
    {
        var zone = new TrackedZone(map.RequiredText("name"), map.Text("device"), new Zone([.. map.Maps("corners").Select(Point)]));
        if (zone.Zone.Corners.Count < 3)
        {
            map.Missing("'corners' needs at least three");
        }

        map.Done();
        return zone;
    }

    private static FloorPoint Point(YamlMap? map)
    {
        var place = map is null ? default : new FloorPoint(Coordinate(map, "x"), Coordinate(map, "y"));
        map?.Done();
        return place;
    }

    private static double Coordinate(YamlMap map, string key)
    {
        if (double.TryParse(map.RequiredText(key), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var place) && Math.Abs(place) <= FarthestPlace)
        {
            return place;
        }

        map.Error(key, "a number from -1000000 to 1000000 is expected");
        return 0;
    }

    private static SecondsRange Range(YamlMap? seconds, string key, SecondsRange usual)
    {
        if (seconds?.Map(key) is not { } map)
        {
            return usual;
        }

        var range = new SecondsRange(Seconds(map, "min", usual.MinSeconds, 0), Seconds(map, "max", usual.MaxSeconds, SecondsRange.NoMaximum));
        if (range.MaxSeconds != SecondsRange.NoMaximum && range.MaxSeconds < range.MinSeconds)
        {
            map.Error("'max' lies below 'min'");
        }

        map.Done();
        return range;
    }

    private static int Seconds(YamlMap map, string key, int usual, int least)
    {
        if (map.Text(key) is not { } text)
        {
            return usual;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds >= least && seconds <= MostSeconds)
        {
            return seconds;
        }

        map.Error(key, least < 0 ? "whole seconds from 0 to 86400 are expected, or -1 for no maximum" : "whole seconds from 0 to 86400 are expected");
        return usual;
    }
}
