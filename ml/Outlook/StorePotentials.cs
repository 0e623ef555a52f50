using System.Text.Json;
using RetailInsight.Core.Canon;
using RetailInsight.Ml.Features;
using RetailInsight.Ml.Peers;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Ml.Outlook;

/// <summary>The potential of a company's stores in what people in them can move, from half a year and the same half a year before.</summary>
internal static class StorePotentials
{
    /// <summary>Half a year: over eight weeks what moves can hardly be told from noise.</summary>
    public const int Days = 182;

    private const int DaysAWeek = 7;
    private const int FewestWeeks = 4;

    private static readonly string[] Structure = ["receipts_per_day", PeerFinder.FloorArea, "weekend_ratio", "evening_share"];

    /// <summary>One row a store and figure it has, by currency; none of stores that may not be compared, and none where there are too few to compare.</summary>
    public static IReadOnlyList<PotentialRow> Of(IReadOnlyList<StorePeriod> now, IReadOnlyList<StorePeriod> yearBefore)
    {
        var rows = new List<PotentialRow>();
        var before = StoreProfiles.Of(yearBefore.Where(period => period.Exclusion is null)).ToDictionary(profiles => profiles.Periods[0].Currency, StringComparer.Ordinal);
        foreach (var profiles in StoreProfiles.Of(now.Where(period => period.Exclusion is null)))
        {
            var currency = profiles.Periods[0].Currency;
            var peers = PeerFinder.Find(profiles).ToLookup(peer => peer.Store, peer => peer.Peer, StringComparer.Ordinal);
            foreach (var (metric, unit, measure) in new (string, string, Func<StoreProfiles, IReadOnlyDictionary<string, Measurement>>)[]
            {
                ("basket_value", currency, all => Quotients(all, _ => true, day => day.Net / (double)Money.MicrosPerUnit, day => day.Receipts)),
                ("items_per_receipt", "items", all => Quotients(all, _ => true, day => day.Items / (double)Money.MicrosPerUnit, day => day.Receipts)),
                ("conversion", "ratio", Conversions),
            })
            {
                rows.AddRange(PotentialEstimate.Of(Kpis(profiles, before.GetValueOrDefault(currency), measure, peers)).Select(potential => new PotentialRow(metric, potential, unit)));
            }
        }

        return rows;
    }

    /// <summary>What decided a potential, as it is published.</summary>
    public static string Name(PotentialBound bound) => bound switch
    {
        PotentialBound.NoEvidence => "no_evidence",
        _ => JsonNamingPolicy.SnakeCaseLower.ConvertName(bound.ToString()),
    };

    private static List<StoreKpi> Kpis(
        StoreProfiles now, StoreProfiles? before, Func<StoreProfiles, IReadOnlyDictionary<string, Measurement>> measure, ILookup<string, string> peers)
    {
        var (figures, earlier) = (measure(now), before is null ? new Dictionary<string, Measurement>() : measure(before));
        // Receipts speak of the size of a store only where nothing else does, now as a year before.
        var names = now.Knows(PeerFinder.FloorArea) ? Structure.Where(name => !PeerFinder.IsTraffic(name)).ToArray() : Structure;
        var (structure, structureBefore) = (StructureOf(now, names), before is null ? [] : StructureOf(before, names));
        return
        [
            .. now.Periods.Where(period => figures.ContainsKey(period.Store)).Select(period => new StoreKpi(
                period.Store, "", new KpiPeriod(figures[period.Store], structure[period.Store]),
                earlier.TryGetValue(period.Store, out var then) ? new KpiPeriod(then, structureBefore[period.Store]) : null, [.. peers[period.Store]])),
        ];
    }

    private static Dictionary<string, double[]> StructureOf(StoreProfiles profiles, string[] names)
    {
        var places = names.Select(name => profiles.Features.ToList().FindIndex(feature => feature.Name == name)).ToArray();
        return profiles.Periods.Index().ToDictionary(
            period => period.Item.Store,
            period => places.Select(at => profiles.Features[at].Place(profiles.Values[period.Index][at]) ?? double.NaN).ToArray(),
            StringComparer.Ordinal);
    }

    // Weeks are counted back from the last day of the period; a part of a week at its beginning goes with the first whole one.
    private static Dictionary<string, Measurement> Quotients(StoreProfiles profiles, Func<PeriodDay, bool> which, Func<PeriodDay, double> numerator, Func<PeriodDay, double> denominator)
    {
        var found = new Dictionary<string, Measurement>(StringComparer.Ordinal);
        foreach (var period in profiles.Periods)
        {
            var days = period.Days.Where(which).ToList();
            var weeks = days.GroupBy(day => (days[^1].Date.DayNumber - day.Date.DayNumber) / DaysAWeek)
                .Select(week => new RatioWeek(week.Sum(numerator), week.Sum(denominator))).Where(week => week is { Numerator: > 0, Denominator: > 0 }).ToList();
            if (weeks.Count >= FewestWeeks)
            {
                found.Add(period.Store, Measurement.OfRatio(weeks));
            }
        }

        return found;
    }

    // More receipts than visitors are the counter's fault and no conversion.
    private static Dictionary<string, Measurement> Conversions(StoreProfiles profiles)
    {
        var counts = profiles.Periods.Select(period => (period.Store, Count: new RateCount(period.Days.Where(day => day.IsCounted).Sum(day => day.Receipts), period.Days.Where(day => day.IsCounted).Sum(day => day.Visitors!.Value))))
            .Where(one => one.Count.Successes > 0 && one.Count.Successes < one.Count.Trials).ToList();
        if (counts.Count == 0)
        {
            return [];
        }

        var prior = RatePrior.Of([.. counts.Select(one => one.Count)]);
        return counts.ToDictionary(one => one.Store, one => Measurement.OfRate(one.Count.Successes, one.Count.Trials, prior), StringComparer.Ordinal);
    }
}
