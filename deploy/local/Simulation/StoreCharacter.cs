namespace RetailInsight.Local.Simulation;

/// <summary>What a location does to trade: when people come, how much they buy, how many who enter buy.</summary>
/// <param name="HourWeights">Weight of each clock hour from 06 to 26.</param>
/// <param name="Saturday">Trade relative to a weekday.</param>
/// <param name="Sunday">Trade of a Sunday or a national holiday relative to a weekday.</param>
/// <param name="BasketLines">Mean number of receipt lines.</param>
/// <param name="FoodShare">Share of lines at the reduced rate.</param>
/// <param name="LineDiscountShare">Share of lines with a price reduction.</param>
/// <param name="Conversion">Receipts per visitor.</param>
internal sealed record StoreCharacter(
    int[] HourWeights,
    double Saturday,
    double Sunday,
    double BasketLines,
    double FoodShare,
    double LineDiscountShare,
    double Conversion)
{
    private const int FirstHour = 6;

    public static readonly StoreCharacter Office = new(
        [1, 5, 9, 5, 4, 7, 15, 9, 5, 5, 5, 6, 8, 6, 4, 2, 1, 0, 0, 0, 0], 0.55, 0.40, 2.0, 0.85, 0.01, 0.39);

    public static readonly StoreCharacter Station = new(
        [3, 9, 11, 6, 5, 5, 8, 6, 5, 5, 6, 9, 12, 11, 8, 6, 4, 2, 1, 0, 0], 0.95, 0.85, 2.6, 0.75, 0.02, 0.36);

    public static readonly StoreCharacter Suburb = new(
        [0, 1, 3, 7, 11, 11, 8, 7, 7, 8, 10, 12, 9, 6, 4, 2, 1, 0, 0, 0, 0], 1.35, 1.50, 5.2, 0.72, 0.12, 0.33);

    public static readonly StoreCharacter Residential = new(
        [1, 3, 4, 6, 8, 8, 7, 6, 6, 7, 9, 11, 10, 8, 6, 4, 2, 1, 0, 0, 0], 1.15, 1.20, 4.0, 0.80, 0.07, 0.37);

    public static readonly StoreCharacter ShoppingStreet = new(
        [0, 0, 1, 3, 7, 9, 9, 10, 11, 11, 10, 9, 7, 5, 3, 1, 0, 0, 0, 0, 0], 1.55, 1.65, 3.2, 0.40, 0.09, 0.26);

    public static readonly StoreCharacter Nightlife = new(
        [0, 0, 1, 2, 3, 4, 5, 4, 4, 4, 5, 6, 8, 9, 9, 10, 10, 9, 8, 6, 4], 1.35, 0.95, 2.3, 0.60, 0.01, 0.34);

    /// <summary>Weight of a clock hour; hours from 24 are those of the night after.</summary>
    public int WeightOf(int hour) => hour >= FirstHour && hour - FirstHour < HourWeights.Length ? HourWeights[hour - FirstHour] : 0;

    /// <summary>Trade of that date relative to a plain weekday.</summary>
    public double DayFactor(DateOnly date) => JapaneseHolidays.IsHoliday(date) ? Sunday : date.DayOfWeek switch
    {
        DayOfWeek.Sunday => Sunday,
        DayOfWeek.Saturday => Saturday,
        DayOfWeek.Friday => 1.08,
        _ => 1.0,
    };
}

/// <summary>National holidays of the season the demo plays in.</summary>
internal static class JapaneseHolidays
{
    private static readonly DateOnly[] Dates = [new(2026, 11, 3), new(2026, 11, 23)];

    public static bool IsHoliday(DateOnly date) => Array.IndexOf(Dates, date) >= 0;
}
