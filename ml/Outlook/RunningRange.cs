using System.Text.Json;
using RetailInsight.Ml.Forecasting;

namespace RetailInsight.Ml.Outlook;

/// <summary>
/// What the days of a month come to up to a day, counted from the first one that is still to come, and how sure that is: days of a store do not err independently,
/// so the range of a sum is no sum of ranges. It comes from what totals over as many days missed at earlier origins.
/// </summary>
internal static class RunningRange
{
    /// <summary>Steps between the lowest and the highest total that were seen: each is as likely as the next.</summary>
    public const int Steps = 20;

    /// <summary>One JSON object a forecast, {"expected": 123.45, "levels": [ … ]} with <see cref="Steps"/> + 1 totals in ascending order; null for visitors. Currency units, estimates.</summary>
    public static IReadOnlyList<string?> Of(IReadOnlyList<ForecastRow> forecasts, StoreForecaster sales)
    {
        var running = new Dictionary<ForecastRow, string>(ReferenceEqualityComparer.Instance);
        foreach (var month in forecasts.Where(row => row.Metric == ForecastMetric.NetSales).GroupBy(row => (row.Forecast.Day.Store, row.Forecast.Day.Date.Year, row.Forecast.Day.Date.Month)))
        {
            var first = new DateOnly(month.Key.Year, month.Key.Month, 1);
            var start = first > sales.Model.Origin ? first : sales.Model.Origin.AddDays(1);
            var (expected, least) = (0.0, new double[Steps + 1]);
            foreach (var row in month.OrderBy(row => row.Forecast.Day.Date))
            {
                expected += row.Forecast.Expected;
                var errors = sales.TotalErrors(month.Key.Store, row.Forecast.Day.Date.DayNumber - start.DayNumber + 1);
                for (var step = 0; step <= Steps; step++)
                {
                    // What was sold by a day is not taken back by the next.
                    least[step] = Math.Max(least[step], expected * Math.Exp(Level(errors, (double)step / Steps)));
                }

                running.Add(row, JsonSerializer.Serialize(new { expected = Rounded(expected), levels = Array.ConvertAll(least, Rounded) }));
            }
        }

        return [.. forecasts.Select(row => running.GetValueOrDefault(row))];
    }

    // Between two of the errors that were seen the level lies on the line between them.
    private static double Level(double[] ascending, double share)
    {
        var place = share * (ascending.Length - 1);
        var below = (int)place;
        return below + 1 >= ascending.Length ? ascending[^1] : ascending[below] + ((place - below) * (ascending[below + 1] - ascending[below]));
    }

    private static decimal Rounded(double amount) => decimal.Round((decimal)amount, 2, MidpointRounding.ToEven);
}
