using System.Globalization;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Profiles.Counts;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Definition;

/// <summary>Reads what a profile says about how a device counts.</summary>
internal sealed class CountProfileReader(YamlMap root, BindingReader bindings)
{
    private const int MostMinutes = 24 * 60;
    private const long Second = 1_000;

    /// <summary>Lines that stand beside each other in a row; to be read before the other fields of the section.</summary>
    /// <param name="record">The section <c>record</c>.</param>
    public IReadOnlyList<LineFigures> Lines(YamlMap? record) =>
    [
        .. (record?.Maps("lines") ?? []).Select(Line),
    ];

    /// <summary>The rules.</summary>
    /// <param name="lines">What <see cref="Lines"/> gave.</param>
    /// <param name="head">The fields the section <c>record</c> binds.</param>
    public CountRules Read(IReadOnlyList<LineFigures> lines, IReadOnlyDictionary<string, Binding> head)
    {
        var map = root.Map("count");
        var form = map?.Choice("kind", required: false, ("interval", CountForm.Interval), ("cumulative", CountForm.Cumulative), ("occupancy", CountForm.Occupancy)) ?? CountForm.Interval;
        var zone = Zone(map);
        var resets = Resets(map, zone, head);
        if (form != CountForm.Cumulative && map?.Has("resets") == true)
        {
            map.Error("resets", "only running counters are reset");
        }

        var rules = new CountRules
        {
            Form = form,
            Zone = zone,
            Measure = map?.Choice("measure", required: false, ("raw", CountMeasure.Raw), ("factored", CountMeasure.Factored)) ?? CountMeasure.Raw,
            Drift = Minutes(map, "drift"),
            Length = Minutes(map, "length"),
            DayWithoutHour = map?.Flag("day_without_hour", fallback: false) ?? false,
            EndsAfter = map?.Choice("ends", required: false, ("exclusive", false), ("inclusive", true)) == true ? LastUnit(head) : TimeSpan.Zero,
            Resets = form == CountForm.Cumulative ? resets : null,
            Lines = lines,
            Others = root.List("other_payloads"),
            NeverKept = root.List("never_kept"),
        };
        if (form != CountForm.Interval && (rules.Length is not null || rules.DayWithoutHour || rules.EndsAfter != TimeSpan.Zero))
        {
            map!.Error("kind", "only intervals have a length and an end");
        }

        map?.Done();
        Check(rules, head);
        return rules;
    }

    /// <summary>The rules of a feed of single persons.</summary>
    /// <param name="tracks">What <see cref="TrackProfileReader"/> gave.</param>
    /// <param name="head">The fields the section <c>record</c> binds.</param>
    public CountRules ReadEvents(TrackRules? tracks, IReadOnlyDictionary<string, Binding> head)
    {
        var map = root.Map("event");
        if (tracks is not null)
        {
            map?.Refuse("duration", "how long a stay lasts follows from the way");
        }

        var rules = new CountRules
        {
            Form = CountForm.Event,
            Zone = Zone(map),
            Drift = Minutes(map, "drift"),
            Others = root.List("other_payloads"),
            NeverKept = root.List("never_kept"),
            Visitors = new VisitorRules(
                tracks is null ? map?.Choice("duration", required: false, ("seconds", Second), ("milliseconds", 1)) ?? Second : 1,
                map?.Choice("persons", required: false, ("vendor", false), ("device", true)) ?? false,
                tracks),
        };
        map?.Done();
        Means(head, CanonicalFields.Kind, "enter", "exit", "pass_by", "stop", "zone");
        Means(head, CanonicalFields.Staff, CanonicalFields.Staff, "customer");
        Means(head, CanonicalFields.Object, CanonicalFields.Person, "other");
        if (tracks is not null && head.TryGetValue(CanonicalFields.At, out var at) && !Array.TrueForAll(at.Formats, format => format is TimeText.Iso or TimeText.Unix or TimeText.UnixMilliseconds))
        {
            root.Error("record", "the instants of a way are 'iso', 'unix' or 'unix_ms': a wall clock may show an hour twice");
        }

        return rules;
    }

    private void Means(IReadOnlyDictionary<string, Binding> head, string field, params string[] words)
    {
        if (head.TryGetValue(field, out var binding) && binding.Type == ValueType.Code && binding.Meanings.FirstOrDefault(meaning => !words.Contains(meaning)) is { } none)
        {
            root.Error("record", $"'{field}' must mean one of {string.Join(", ", words)}; {(none.Length == 0 ? "what is sent needs" : $"'{none}' is none: use")} a map under 'codes'");
        }
    }

    private void Check(CountRules rules, IReadOnlyDictionary<string, Binding> head)
    {
        if (head.TryGetValue(CanonicalFields.CountingLine, out var line) && line.MayBeEmpty)
        {
            root.Error("record", "'line' must be required or have a default: an empty one would let different lines collide");
        }

        if (rules.Lines.Count == 0 && rules.Form != CountForm.Occupancy)
        {
            Need(head, CanonicalFields.Entered);
        }

        switch (rules.Form)
        {
            case CountForm.Occupancy:
                Need(head, CanonicalFields.At);
                Need(head, CanonicalFields.Occupancy);
                break;
            case CountForm.Cumulative:
                Need(head, CanonicalFields.At);
                break;
            default:
                Need(head, head.ContainsKey(CanonicalFields.Date) ? CanonicalFields.Date : CanonicalFields.From);
                if (rules.Length is null && !head.ContainsKey(CanonicalFields.To))
                {
                    root.Missing("an interval needs 'to' in 'record', or 'length' in 'count'");
                }

                break;
        }
    }

    private void Need(IReadOnlyDictionary<string, Binding> head, string field)
    {
        if (!head.TryGetValue(field, out var binding))
        {
            root.Missing($"'{field}' must be bound in 'record'");
        }
        else if (!binding.Required && binding.Default is null)
        {
            root.Error("record", $"'{field}' cannot be left out without a default");
        }
    }

    private LineFigures Line(YamlMap map)
    {
        var line = new LineFigures(map.RequiredText("line"), bindings.Section(map, CanonicalFields.CountingLineFigures));
        if (!line.Figures.ContainsKey(CanonicalFields.Entered))
        {
            map.Missing("'entered' must be bound");
        }

        return line;
    }

    private static CounterResets Resets(YamlMap? count, TimeZoneInfo? zone, IReadOnlyDictionary<string, Binding> head)
    {
        var map = count?.Map("resets");
        var (with, daily, rolls) = (map?.List("with") ?? [], map?.Text("daily_at"), map?.Text("rolls_over_at"));
        foreach (var word in with)
        {
            if (word is not (CanonicalFields.Boot or CanonicalFields.Sequence))
            {
                map!.Error("with", $"'{word}' is not one of boot, sequence");
            }
            else if (!head.ContainsKey(word))
            {
                map!.Error("with", $"'{word}' is not bound in 'record'");
            }
        }

        TimeSpan time = default;
        if (daily is not null && (!TimeText.TryTime(daily, out time) || time >= TimeSpan.FromDays(1) || time.Seconds != 0))
        {
            map!.Error("daily_at", "a time of day such as 00:00 is expected");
        }

        uint modulus = 0;
        if (rolls is not null && (!uint.TryParse(rolls, NumberStyles.None, CultureInfo.InvariantCulture, out modulus) || modulus < 2))
        {
            map!.Error("rolls_over_at", "the number that follows the largest one is expected, such as 65536");
        }

        map?.Done();
        return new CounterResets(
            daily is null ? null : (int)time.TotalMinutes,
            with.Contains(CanonicalFields.Boot),
            with.Contains(CanonicalFields.Sequence),
            rolls is null ? null : modulus,
            zone);
    }

    private static TimeZoneInfo? Zone(YamlMap? map)
    {
        if (map?.Text("zone") is not { } name || name == "store")
        {
            return null;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            return zone;
        }

        map.Error("zone", $"'{name}' is neither 'store' nor a time zone such as Asia/Tokyo");
        return null;
    }

    private static TimeSpan? Minutes(YamlMap? map, string key)
    {
        if (map?.Text(key) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 1 and <= MostMinutes)
        {
            return TimeSpan.FromMinutes(minutes);
        }

        map.Error(key, "whole minutes from 1 to 1440 are expected");
        return null;
    }

    // The last second where seconds are written, else the last minute.
    private static TimeSpan LastUnit(IReadOnlyDictionary<string, Binding> head) =>
        head.TryGetValue(CanonicalFields.To, out var to) && Array.TrueForAll(to.Formats, format => format == TimeText.Iso || format.Contains("ss", StringComparison.Ordinal))
            ? TimeSpan.FromSeconds(1)
            : TimeSpan.FromMinutes(1);
}
