using System.Globalization;
using RetailInsight.Local.Simulation;

namespace RetailInsight.Local.Demo;

/// <summary>
/// Which days the demo chain has traded. The first start simulates some weeks and the day that runs, up to the moment; later starts go on from
/// there, so that yesterday is whole and today open. The same moments give the same trade.
/// </summary>
/// <param name="First">First business date.</param>
/// <param name="Until">The chain's wall clock it stands still at.</param>
/// <param name="Before">Until when an earlier start had brought it; null at the first.</param>
internal sealed record DemoPeriod(DateOnly First, DateTime Until, DateTime? Before)
{
    /// <summary>Weeks of a first start that does not ask for more.</summary>
    public const int Weeks = 2;

    // The trade of a day must not depend on how many follow, so the mean is taken over the first ones.
    private const int MeanOverDays = 14;
    private const string FileName = "demo-loaded";
    private const string Zone = "Asia/Tokyo";

    /// <summary>Whether anything was sold since.</summary>
    public bool HasNews => Before is not { } before || Until > before;

    /// <summary>The first business date to push: the night shops of the day before an earlier start may still have been open.</summary>
    public DateOnly From => Before is { } before ? DateOnly.FromDateTime(before).AddDays(-1) : First;

    /// <summary>What to simulate.</summary>
    public SimulationOptions Options => new()
    {
        FirstDate = First,
        Days = Math.Max(1, DateOnly.FromDateTime(Until).DayNumber - First.DayNumber + 1),
        MeanOverDays = MeanOverDays,
        Until = Until,
    };

    /// <summary>The wall clock of the chain at an instant, in whole minutes.</summary>
    public static DateTime WallClock(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, TimeZoneInfo.FindSystemTimeZoneById(Zone)).DateTime;
        return local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute));
    }

    /// <summary>The period up to a moment, going on from what an earlier start kept in a directory.</summary>
    /// <param name="home">The directory.</param>
    /// <param name="until">The chain's wall clock.</param>
    /// <param name="weeks">How many whole weeks a first start goes back.</param>
    public static DemoPeriod Next(string home, DateTime until, int weeks = Weeks)
    {
        var path = Path.Combine(home, FileName);
        var kept = File.Exists(path) ? File.ReadAllText(path).Split(' ') : [];
        return kept.Length == 2
            && DateOnly.TryParseExact(kept[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
            && DateTime.TryParseExact(kept[1], "s", CultureInfo.InvariantCulture, DateTimeStyles.None, out var before)
            ? new DemoPeriod(first, until > before ? until : before, before)
            : new DemoPeriod(DateOnly.FromDateTime(until).AddDays(-7 * weeks), until, null);
    }

    /// <summary>Remembers that it went through, so that a later start need not make it again.</summary>
    public void Keep(string home) =>
        File.WriteAllText(Path.Combine(home, FileName), string.Create(CultureInfo.InvariantCulture, $"{First:yyyy-MM-dd} {Until:s}"));
}
