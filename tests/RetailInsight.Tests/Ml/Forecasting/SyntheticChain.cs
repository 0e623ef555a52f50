using RetailInsight.Ml.Forecasting;

namespace RetailInsight.Tests.Ml.Forecasting;

/// <summary>Stores whose sales are a product of planted factors and lognormal noise, each day's drawn from its own seed.</summary>
/// <param name="Stores">How many.</param>
/// <param name="Days">How many days of history there are to the end of 2024.</param>
/// <param name="Growth">Of logarithms a year.</param>
/// <param name="Noise">The standard deviation of logarithms.</param>
internal sealed record SyntheticChain(int Stores, int Days, double Growth = 0, double Noise = 0.1, int Seed = 1)
{
    public const double HolidayEffect = 0.3;

    public static readonly DateOnly End = new(2024, 12, 31);

    /// <summary>Sunday to Saturday, of logarithms.</summary>
    public static readonly double[] Weekdays = [0.3, -0.15, -0.2, -0.1, -0.05, 0.05, 0.4];

    /// <summary>The history, and as many days after it as asked for.</summary>
    public List<SalesDay> Until(DateOnly last) =>
        [.. from store in Enumerable.Range(0, Stores)
            from number in Enumerable.Range(End.DayNumber - Days + 1, Days + last.DayNumber - End.DayNumber)
            select Draw(store, DateOnly.FromDayNumber(number))];

    public List<SalesDay> History() => Until(End);

    public static string Code(int store) => $"s{store:000}";

    /// <summary>The level of a store, of logarithms: between 9 and 11.</summary>
    public static double Level(int store) => 10 + Math.Sin(store * 2.4);

    /// <summary>What the planted factors come to, without the noise, of logarithms.</summary>
    public double Planted(int store, OpenDay day) => Level(store) + Weekdays[(int)day.Date.DayOfWeek] + (Growth * (day.Date.DayNumber - End.DayNumber) / 365.25)
        + (day.Traits.HasFlag(DayTraits.PublicHoliday) ? HolidayEffect : 0);

    /// <summary>An open day: the first Monday of every month is a public holiday.</summary>
    public static OpenDay Open(int store, DateOnly date) =>
        new(Code(store), "", date, date is { Day: <= 7, DayOfWeek: DayOfWeek.Monday } ? DayTraits.PublicHoliday : DayTraits.None);

    private SalesDay Draw(int store, DateOnly date)
    {
        var random = new Random(HashCode(store, date.DayNumber));
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var day = Open(store, date);
        return new SalesDay(day, Math.Exp(Planted(store, day) + (Noise * normal)));
    }

    private int HashCode(int store, int day) => unchecked((((Seed * 397) ^ store) * 486_187_739) ^ (day * 16_777_619));
}
