using System.Globalization;
using RetailInsight.Ml.Forecasting;

namespace RetailInsight.Tests.Ml.Targets;

/// <summary>A store's day as a chain plans it (open, traits) and as it was (sales, customers).</summary>
internal readonly record struct TradingDay(DateOnly Day, bool IsOpen, DayTraits Traits, double Sales, double Customers);

/// <summary>A store with its kind, its days in order and the traits it cannot change.</summary>
internal sealed record TradingStore(string Store, string Kind, double[] Traits, IReadOnlyList<TradingDay> Days);

/// <summary>Stores with two years of days: those of a folder that is not part of the repository, or made up.</summary>
internal static class TradingDays
{
    /// <summary>Reads store_days.csv and stores.csv of a folder.</summary>
    public static IReadOnlyList<TradingStore> Read(string folder)
    {
        var known = Rows(folder, "stores.csv").ToDictionary(row => row["Store"], row => (Kind: row["StoreType"], Traits: (double[])
        [
            row["CompetitionDistance"].Length == 0 ? double.NaN : Math.Log(Number(row["CompetitionDistance"])),
            .. new[] { "b", "c", "d" }.Select(type => row["StoreType"] == type ? 1.0 : 0), row["Assortment"] == "c" ? 1 : 0,
        ]));
        return
        [
            .. Rows(folder, "store_days.csv").GroupBy(row => row["Store"]).OrderBy(store => store.Key, StringComparer.Ordinal).Select(store => new TradingStore(
                store.Key, known[store.Key].Kind, known[store.Key].Traits,
                [
                    .. store.Select(row => new TradingDay(
                        DateOnly.ParseExact(row["Date"], "yyyy-MM-dd", CultureInfo.InvariantCulture), row["Open"] == "1",
                        (row["Promo"] == "1" ? DayTraits.Promotion : 0) | (row["StateHoliday"] is "0" or "" ? 0 : DayTraits.PublicHoliday) | (row["SchoolHoliday"] == "1" ? DayTraits.SchoolHoliday : 0),
                        Number(row["Sales"]), Number(row["Customers"]))).OrderBy(day => day.Day),
                ])),
        ];
    }

    /// <summary>
    /// Makes stores up: weekdays, promotions every other week, a swell of the year, weeks in which the whole chain does better or
    /// worse and a level that wanders with each store.
    /// </summary>
    public static IReadOnlyList<TradingStore> MakeUp(int stores, int seed)
    {
        var random = new Random(seed);
        var first = new DateOnly(2013, 1, 1);
        double[] weekday = [0, -0.1, -0.15, -0.1, -0.05, 0.1, 0.2];
        var chain = Enumerable.Range(0, 106).Select(_ => 0.02 * Normal()).ToArray();
        return
        [
            .. Enumerable.Range(0, stores).Select(i =>
            {
                double[] traits = [Normal(), i % 3 == 0 ? 1 : 0];
                var traffic = 6 + (0.3 * traits[0]);
                var basket = 2 + (0.2 * traits[1]) + (0.05 * Normal());
                return new TradingStore($"s{i:00}", traits[1] > 0 ? "town" : "", traits, [.. Enumerable.Range(0, 730).Select(day => Day(day, ref traffic, ref basket))]);
            }),
        ];

        TradingDay Day(int day, ref double traffic, ref double basket)
        {
            var date = first.AddDays(day);
            (traffic, basket) = (traffic + (0.003 * Normal()), basket + (0.001 * Normal()));
            var promotion = day / 7 % 2 == 0;
            var customers = Math.Exp(traffic + weekday[(int)date.DayOfWeek] + (promotion ? 0.15 : 0) + (0.05 * Math.Sin(date.DayOfYear / 58.1)) + chain[day / 7] + (0.1 * Normal()));
            var known = promotion ? DayTraits.Promotion : DayTraits.None;
            return date.DayOfWeek == DayOfWeek.Sunday ? new(date, false, known, 0, 0) : new(date, true, known, customers * Math.Exp(basket + (0.04 * Normal())), customers);
        }

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    private static IEnumerable<Dictionary<string, string>> Rows(string folder, string file)
    {
        // The months a promotion recurs in stand in quotes at the end of a line; nothing behind them is read.
        using var lines = File.ReadLines(Path.Combine(folder, file)).GetEnumerator();
        lines.MoveNext();
        var names = lines.Current.Split(',');
        while (lines.MoveNext())
        {
            yield return names.Zip(lines.Current.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
