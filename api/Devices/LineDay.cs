namespace RetailInsight.Api.Devices;

/// <summary>What a line of a device counted of a day. Minutes are those inside opening hours.</summary>
internal sealed record LineDay(string Line, int Observed, int Entered, int Exited, int Staff, int Night, int Missing, int Silence, int Flat, int FlatEntered)
{
    /// <summary>What may be odd about a day.</summary>
    public static readonly IReadOnlyList<string> FindingCodes = ["silence", "flat_line", "in_out_drift", "night_counts", "missing_packages"];

    // What chance and opening the door explain stays below these.
    private const int FewestForDrift = 30;
    private const double LargestDrift = 0.2;
    private const int FewestAtNight = 20;
    private const double LargestNightShare = 0.1;
    private const int LongestFlat = 120;

    /// <summary>What is odd about a day of a device: codes of <see cref="FindingCodes"/>.</summary>
    /// <param name="intervalSeconds">How often it reports.</param>
    /// <param name="lines">Its lines in one store.</param>
    /// <param name="over">Whether the day is over, so that what did not come is missing.</param>
    public static IEnumerable<string> Findings(int intervalSeconds, IReadOnlyList<LineDay> lines, bool over)
    {
        var (entered, exited, night) = (lines.Sum(line => line.Entered), lines.Sum(line => line.Exited), lines.Sum(line => line.Night));
        if (over && lines.Any(line => line.Silence * 60 > intervalSeconds * 3))
        {
            yield return "silence";
        }

        if (lines.Any(line => line.Flat >= LongestFlat && line.FlatEntered > 0))
        {
            yield return "flat_line";
        }

        // A device that counts one way only has no balance.
        if (exited > 0 && Math.Abs(entered - exited) > Math.Max(FewestForDrift, LargestDrift * entered))
        {
            yield return "in_out_drift";
        }

        if (night > Math.Max(FewestAtNight, LargestNightShare * entered))
        {
            yield return "night_counts";
        }

        if (lines.Any(line => line.Missing > 0))
        {
            yield return "missing_packages";
        }
    }
}
