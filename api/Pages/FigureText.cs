using System.Globalization;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages;

/// <summary>Writes numbers and dates for people, in one language and one currency; independent of the machine's culture data.</summary>
internal sealed class FigureText(Wording words, string currency)
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    private readonly int _decimals = Money.MinorUnitMicros(currency) switch { 1_000_000 => 0, 1_000 => 3, _ => 2 };

    private readonly string _sign = currency switch { "JPY" => "¥", "GBP" => "£", "EUR" => "€", "USD" => "$", _ => currency + " " };

    /// <summary>An amount in currency units with the decimals the currency has, rounded half away from zero.</summary>
    public string Amount(decimal amount) => Signed(amount, _decimals, _sign, "");

    /// <summary>A change of an amount, always with its sign.</summary>
    public string MoneyChange(decimal amount) => (amount > 0 ? "+" : "") + Amount(amount);

    /// <summary>An amount for an axis: 12万, 1.5億, 120K, 1.5M.</summary>
    public string Brief(decimal amount)
    {
        var size = Math.Abs(amount);
        var (divisor, unit) = (words.Language, size) switch
        {
            ("ja", >= 100_000_000) => (100_000_000m, "億"),
            ("ja", >= 10_000) => (10_000m, "万"),
            ("en", >= 1_000_000) => (1_000_000m, "M"),
            ("en", >= 1_000) => (1_000m, "K"),
            _ => (1m, ""),
        };
        return (amount < 0 ? "−" : "") + _sign + (size / divisor).ToString("#,0.##", Plain) + unit;
    }

    /// <summary>Likewise, or a word where it is not known.</summary>
    public string Amount(decimal? amount, string none) => amount is { } known ? Amount(known) : none;

    /// <summary>A whole number, or a word where it is not known.</summary>
    public static string Count(decimal? count, string none) => count is { } known ? Count(known) : none;

    /// <summary>A percentage, or a word where it is not known.</summary>
    public static string Percent(decimal? ratio, string none) => ratio is { } known ? Percent(known) : none;

    public static string Count(decimal count) => Signed(count, 0, "", "");

    /// <summary>A ratio as a percentage with one decimal.</summary>
    public static string Percent(decimal ratio) => Signed(ratio * 100, 1, "", "%");

    /// <summary>A plain number with a fixed number of decimals.</summary>
    public static string Number(decimal value, int decimals) => Signed(value, decimals, "", "");

    public string LongDate(DateOnly date) => string.Format(Plain, words.LongDate, date, Weekday(date));

    public string Weekday(DateOnly date) => words.Weekdays[(int)date.DayOfWeek];

    /// <summary>Month and day.</summary>
    public static string ShortDate(DateOnly date) => string.Create(Plain, $"{date.Month}/{date.Day}");

    /// <summary>A local date and time.</summary>
    public static string Moment(DateTimeOffset local) => string.Create(Plain, $"{local.Month}/{local.Day} {local:HH:mm}");

    /// <summary>An hour of the business date: 25時, 25:00.</summary>
    public string Hour(int hour) => hour.ToString(Plain) + words.HourUnit;

    public static string Say(string template, params ReadOnlySpan<object?> values) => string.Format(Plain, template, values);

    private static string Signed(decimal value, int decimals, string before, string after)
    {
        var rounded = Math.Round(value, decimals, MidpointRounding.AwayFromZero);
        var digits = Math.Abs(rounded).ToString("#,0" + (decimals == 0 ? "" : "." + new string('0', decimals)), Plain);
        return (rounded < 0 ? "−" : "") + before + digits + after;
    }
}
