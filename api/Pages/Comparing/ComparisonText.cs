using System.Globalization;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Pages.Comparing;

/// <summary>Says in words which days figures are compared with, and why these.</summary>
internal sealed class ComparisonText(Wording words, RetailCalendar calendar)
{
    private const int MostMoved = 4;
    private const int DaysOfWeek = 7;

    private readonly ComparisonWording _wording = ComparisonWording.Of(words);

    /// <summary>A date with its year and weekday.</summary>
    public string Date(DateOnly date) => string.Format(CultureInfo.InvariantCulture, words.LongDate, date, words.Weekdays[(int)date.DayOfWeek]);

    /// <summary>Why a day is compared with its other one.</summary>
    public string Reason(DayPair pair)
    {
        var (name, otherName) = (calendar.Holidays.NameOf(pair.Day), calendar.Holidays.NameOf(pair.Other));
        var apart = pair.Day.DayNumber - pair.Other.DayNumber;
        return pair.Rule switch
        {
            ComparisonRule.WeeksBefore => FigureText.Say(apart == DaysOfWeek ? _wording.WeekBefore : _wording.WeeksBefore, apart / DaysOfWeek) + Holidays(name, otherName),
            ComparisonRule.DaysBefore => FigureText.Say(apart == 1 ? _wording.DayBefore : _wording.DaysBefore, apart) + Holidays(name, otherName),
            ComparisonRule.SameDate => _wording.SameDate + Holidays(name, otherName),
            ComparisonRule.NearestDate => _wording.NearestDate + Holidays(name, otherName),
            ComparisonRule.SameHoliday => FigureText.Say(_wording.SameHoliday, otherName ?? name),
            ComparisonRule.NearbyWeekday => FigureText.Say(_wording.NearbyWeekday, calendar.Holidays.NameOf(RetailCalendar.SameWeekdayLastYear(pair.Day))),
            ComparisonRule.NothingAlike => FigureText.Say(_wording.NothingAlike, name ?? otherName),
            _ => _wording.SameWeekday,
        };
    }

    /// <summary>The day a day is compared with, and why.</summary>
    public string OfDay(DayPair pair) => FigureText.Say(_wording.With, Date(pair.Other), Reason(pair));

    /// <summary>The days a period is compared with, why, and which holidays moved.</summary>
    public Markup OfPeriod(ComparedPeriod compared)
    {
        if (compared.Pairs.Count == 0)
        {
            return Markup.Empty;
        }

        var moved = compared.Pairs.Where(pair => pair.Rule is ComparisonRule.SameHoliday or ComparisonRule.NearbyWeekday or ComparisonRule.NothingAlike).ToList();
        var list = moved.Take(MostMoved).Select(pair => Markup.Of($"<li>{FigureText.Say(_wording.MovedDay, FigureText.ShortDate(pair.Day), Date(pair.Other), Reason(pair))}</li>"));
        var more = moved.Count <= MostMoved ? Markup.Empty : Markup.Of($"<li>{FigureText.Say(_wording.MoreMoved, moved.Count - MostMoved)}</li>");
        var span = FigureText.Say(_wording.With, FigureText.Say(_wording.Span, Date(compared.First!.Value), Date(compared.Last!.Value)), _wording.Names[(int)compared.Basis]);
        return Markup.Of($"<li>{span}</li>{list}{more}");
    }

    private string Holidays(string? name, string? otherName) => (name, otherName) switch
    {
        (null, null) => "",
        (null, _) => FigureText.Say(_wording.OtherIsHoliday, otherName),
        (_, null) => FigureText.Say(_wording.DayIsHoliday, name),
        _ => FigureText.Say(_wording.BothAreHolidays, name == otherName ? name : $"{name} / {otherName}"),
    };
}
