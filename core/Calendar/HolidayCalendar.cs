namespace RetailInsight.Core.Calendar;

/// <summary>A public holiday as its country names it.</summary>
/// <param name="Day">The date.</param>
/// <param name="Name">Its name, such as <c>元日</c>; a substitute holiday has one of its own, such as <c>休日</c>.</param>
public readonly record struct Holiday(DateOnly Day, string Name);

/// <summary>The public holidays of one country.</summary>
public sealed class HolidayCalendar
{
    /// <summary>How far from its place last year a holiday may lie and still be the same one: movable feasts and moved holidays do.</summary>
    private const int SameFeastDays = 60;

    /// <summary>Likewise for substitute holidays, of which a year has several by one name.</summary>
    private const int SameSubstituteDays = 14;

    private static readonly string[] SubstituteNames = ["休日", "振替休日", "国民の休日", "Substitute day", "Substitute holiday"];

    private readonly Dictionary<DateOnly, string> _names;
    private readonly ILookup<string, DateOnly> _days;

    /// <summary>Creates the calendar. A day given twice keeps its last name.</summary>
    public HolidayCalendar(IEnumerable<Holiday> holidays)
    {
        ArgumentNullException.ThrowIfNull(holidays);
        _names = [];
        foreach (var holiday in holidays)
        {
            _names[holiday.Day] = holiday.Name;
        }

        _days = _names.SelectMany(holiday => Spellings(holiday.Value).Select(name => (Name: name, Day: holiday.Key)))
            .ToLookup(named => named.Name, named => named.Day, StringComparer.Ordinal);
    }

    /// <summary>A country of which no holiday is known.</summary>
    public static HolidayCalendar None { get; } = new([]);

    /// <summary>Whether the day is a holiday.</summary>
    public bool IsHoliday(DateOnly day) => _names.ContainsKey(day);

    /// <summary>The holiday's name; null on a day that is none.</summary>
    public string? NameOf(DateOnly day) => _names.GetValueOrDefault(day);

    /// <summary>
    /// The day nearest to <paramref name="expected"/> that has the name of the holiday <paramref name="day"/>, of two equally near
    /// ones the earlier; a name in brackets, such as the new name of <c>体育の日（スポーツの日）</c>, counts as well. Null when
    /// <paramref name="day"/> is no holiday or its like is further away than 60 days, a substitute's than 14.
    /// </summary>
    public DateOnly? LikeNear(DateOnly day, DateOnly expected)
    {
        if (NameOf(day) is not { } name)
        {
            return null;
        }

        var reach = Spellings(name).Any(SubstituteNames.Contains) ? SameSubstituteDays : SameFeastDays;
        var near = Spellings(name).SelectMany(spelling => _days[spelling]).Where(other => other != day && Distance(other) <= reach).ToList();
        return near.Count == 0 ? null : near.OrderBy(Distance).ThenBy(other => other).First();

        int Distance(DateOnly other) => Math.Abs(other.DayNumber - expected.DayNumber);
    }

    private static string[] Spellings(string name) =>
        name.Split(['（', '）', '(', ')'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
