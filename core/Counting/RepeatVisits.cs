namespace RetailInsight.Core.Counting;

/// <summary>A visit of somebody.</summary>
/// <param name="Person">The pseudonym of the person; null where there was none to judge by, as with a bad picture.</param>
/// <param name="On">The business date.</param>
public readonly record struct PersonVisit(string? Person, DateOnly On);

/// <summary>Whether visitors come again (リピーター). The window is fixed, so that two stores' figures mean the same.</summary>
public static class RepeatVisits
{
    /// <summary>Days after a visit within which the next is a repeat.</summary>
    public const int WindowDays = 180;

    /// <summary>Judges every visit, in the order given: true for a repeat, false for a first, null where the person is unknown.</summary>
    /// <param name="visits">The visits, in any order; of two on one day the earlier in the list is the earlier.</param>
    public static IReadOnlyList<bool?> Judge(IReadOnlyList<PersonVisit> visits)
    {
        ArgumentNullException.ThrowIfNull(visits);
        var judged = new bool?[visits.Count];
        var last = new Dictionary<string, DateOnly>(StringComparer.Ordinal);
        foreach (var i in Enumerable.Range(0, visits.Count).OrderBy(i => visits[i].On))
        {
            if (visits[i].Person is not { } person)
            {
                continue;
            }

            judged[i] = last.TryGetValue(person, out var before) && visits[i].On.DayNumber - before.DayNumber <= WindowDays;
            last[person] = visits[i].On;
        }

        return judged;
    }

    /// <summary>The mean number of visits a known person made (来店頻度); null when nobody is known.</summary>
    /// <param name="visits">The visits.</param>
    public static decimal? MeanFrequency(IReadOnlyList<PersonVisit> visits)
    {
        ArgumentNullException.ThrowIfNull(visits);
        var known = visits.Where(visit => visit.Person is not null).ToArray();
        return known.Length == 0 ? null : (decimal)known.Length / known.Select(visit => visit.Person).Distinct(StringComparer.Ordinal).Count();
    }
}
