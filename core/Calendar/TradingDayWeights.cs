namespace RetailInsight.Core.Calendar;

/// <summary>
/// What a day of each weekday is worth against the others, so that a month with more Sundays can be told from one that sold better.
/// </summary>
public sealed class TradingDayWeights
{
    private const int DaysOfWeek = 7;
    private readonly decimal[] _weights;

    /// <summary>Weights as they are given, Sunday first.</summary>
    /// <exception cref="ArgumentException">They are not seven, one is negative, or all are zero.</exception>
    public TradingDayWeights(IReadOnlyList<decimal> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Count != DaysOfWeek || weights.Any(weight => weight < 0) || weights.All(weight => weight == 0))
        {
            throw new ArgumentException("Seven weights, Sunday first, none below zero and one above it.", nameof(weights));
        }

        _weights = [.. weights];
    }

    /// <summary>The weight of a weekday; 0 = closed.</summary>
    public decimal this[DayOfWeek day] => _weights[(int)day];

    /// <summary>
    /// Learns the weights: the mean sales of each weekday over the mean of all days, to four decimals. Holidays are left out, as
    /// they are no usual day; a weekday that never sold anything weighs 0.
    /// </summary>
    /// <param name="days">Business dates with their sales, in micros. Days the stores were to trade on but sold nothing belong in it with 0.</param>
    /// <param name="holidays">The country's holidays.</param>
    /// <exception cref="ArgumentException">The usual days sold nothing in all.</exception>
    public static TradingDayWeights Learn(IEnumerable<KeyValuePair<DateOnly, long>> days, HolidayCalendar holidays)
    {
        ArgumentNullException.ThrowIfNull(days);
        ArgumentNullException.ThrowIfNull(holidays);
        var (sums, counts) = (new decimal[DaysOfWeek], new int[DaysOfWeek]);
        foreach (var (day, net) in days)
        {
            if (!holidays.IsHoliday(day))
            {
                sums[(int)day.DayOfWeek] += net;
                counts[(int)day.DayOfWeek]++;
            }
        }

        var mean = counts.Sum() == 0 ? 0 : sums.Sum() / counts.Sum();
        if (mean <= 0)
        {
            throw new ArgumentException("Days without any sales teach no weights.", nameof(days));
        }

        return new TradingDayWeights([.. sums.Zip(counts, (sum, count) =>
            count == 0 ? 0 : Math.Max(0, decimal.Round(sum / count / mean, 4, MidpointRounding.ToEven)))]);
    }

    /// <summary>The weights of the span's days added up; a holiday weighs as a Sunday does.</summary>
    public decimal WeightedDays(DateSpan span, HolidayCalendar holidays) => WeightedDays(span.Days, holidays);

    /// <summary>The weights of some days added up; a holiday weighs as a Sunday does.</summary>
    public decimal WeightedDays(IEnumerable<DateOnly> days, HolidayCalendar holidays)
    {
        ArgumentNullException.ThrowIfNull(days);
        ArgumentNullException.ThrowIfNull(holidays);
        return days.Sum(day => this[holidays.IsHoliday(day) ? DayOfWeek.Sunday : day.DayOfWeek]);
    }

    /// <summary>
    /// Sales against last year's with the difference of the trading days taken out: the ratio over the ratio of the weighted days.
    /// </summary>
    /// <param name="ratio">Sales over last year's: 0.987 = 98.7 %.</param>
    /// <param name="weightedDays">Of this period.</param>
    /// <param name="weightedDaysLastYear">Of the period it is compared with.</param>
    /// <returns>Exact to the precision of a decimal; null where this period has no weighted day.</returns>
    public static decimal? AdjustedRatio(decimal ratio, decimal weightedDays, decimal weightedDaysLastYear) =>
        weightedDays == 0 ? null : ratio * weightedDaysLastYear / weightedDays;
}
