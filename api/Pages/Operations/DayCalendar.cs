namespace RetailInsight.Api.Pages.Operations;

/// <summary>A day of a calendar.</summary>
/// <param name="Date">Trading day.</param>
/// <param name="State">How it stands, as <see cref="StateMark"/> knows it.</param>
/// <param name="Note">Shown on pointing at it, and read out.</param>
/// <param name="Address">Where it leads; null for nowhere.</param>
internal sealed record CalendarDay(DateOnly Date, string State, string Note, string? Address);

/// <summary>Days as small sheets of months, which begin on Monday. Days that are not concerned stand there without a ground.</summary>
internal static class DayCalendar
{
    /// <summary>The most months that are drawn.</summary>
    public const int MostMonths = 18;

    /// <param name="days">The days concerned.</param>
    /// <param name="common">The reader's weekdays.</param>
    /// <param name="rest">What is said of the days that are not drawn; {0} is how many.</param>
    public static Markup Draw(IReadOnlyCollection<CalendarDay> days, Wording common, string rest)
    {
        var months = days.GroupBy(day => new DateOnly(day.Date.Year, day.Date.Month, 1)).OrderBy(month => month.Key).ToList();
        var left = months.Skip(MostMonths).Sum(month => month.Count());
        return Markup.Of(
            $"""
            <div class="months">{months.Take(MostMonths).Select(month => Month(month.Key, month.ToDictionary(day => day.Date), common))}</div>
            {(left == 0 ? Markup.Empty : Markup.Of($"""<p class="note">{FigureText.Say(rest, FigureText.Count(left))}</p>"""))}
            """);
    }

    private static Markup Month(DateOnly first, Dictionary<DateOnly, CalendarDay> days, Wording common)
    {
        var monday = first.AddDays(-(((int)first.DayOfWeek + 6) % 7));
        var weeks = Enumerable.Range(0, 6).Select(week => monday.AddDays(week * 7)).Where(start => start < first.AddMonths(1));
        return Markup.Of(
            $"""
            <table class="month"><caption>{first.Year}/{first.Month}</caption>
            <thead><tr>{Enumerable.Range(1, 7).Select(day => Markup.Of($"""<th scope="col">{common.Weekdays[day % 7]}</th>"""))}</tr></thead>
            <tbody>{weeks.Select(week => Markup.Of($"<tr>{Enumerable.Range(0, 7).Select(day => Cell(week.AddDays(day), first.Month, days))}</tr>"))}</tbody></table>
            """);
    }

    private static Markup Cell(DateOnly date, int month, Dictionary<DateOnly, CalendarDay> days) =>
        date.Month != month ? Markup.Of($"<td></td>")
        : !days.TryGetValue(date, out var day) ? Markup.Of($"<td><span>{date.Day}</span></td>")
        : day.Address is { } address ? Markup.Of($"""<td><a class="{StateMark.Style(day.State)}" href="{address}" title="{day.Note}" aria-label="{day.Note}">{date.Day}{StateMark.Icon(day.State)}</a></td>""")
        : Markup.Of($"""<td><span class="{StateMark.Style(day.State)}" title="{day.Note}">{date.Day}{StateMark.Icon(day.State)}</span></td>""");
}
