using System.Globalization;

namespace RetailInsight.IntegrationTests.Etl;

/// <summary>
/// What the lists of products, peers and customers say, counted from <see cref="NaiveMart"/>'s rows with plain loops: ranks, shares, classes,
/// quartiles and hidden segments written down once more, nothing of the API's code.
/// </summary>
internal sealed class NaiveAnswers(NaiveMart naive)
{
    // By recency 1 to 5 downwards and frequency 1 to 5 across.
    private static readonly string[] Grid = ["LLAAA", "LLAAA", "OORRR", "NNRBB", "NNRBB"];

    private static readonly (char Letter, string Name)[] Segments = [('B', "best"), ('R', "regular"), ('N', "new"), ('O', "occasional"), ('A', "at_risk"), ('L', "lapsed")];

    private readonly Dictionary<string, List<string[]>> _rows = [];

    private sealed record Sold(string Code, decimal Net, decimal Quantity, decimal Before);

    /// <summary>Trading days of which receipts came.</summary>
    public IEnumerable<DateOnly> Days(string? store) => Rows("kpi_store_day").Where(row => row[^1] == "true" && (store is null || row[0] == store)).Select(row => Date(row[1])).Distinct().Order();

    /// <summary>Code, class, net sales, share, share added up, quantity and change of every item, best first.</summary>
    public List<string> Products(string? store, DateOnly from, DateOnly to)
    {
        var now = Sales(store, from, to).Where(item => item.Value.Now is not null).Select(item => new Sold(item.Key, item.Value.Now!.Value.Net, item.Value.Now!.Value.Quantity, item.Value.Before)).ToList();
        now.Sort((left, right) => left.Net != right.Net ? right.Net.CompareTo(left.Net) : string.CompareOrdinal(left.Code, right.Code));
        var (all, positive, running, lines) = (now.Sum(item => item.Net), now.Sum(item => Math.Max(0, item.Net)), 0m, new List<string>());
        foreach (var item in now)
        {
            running += Math.Max(0, item.Net);
            var letter = item.Net <= 0 ? 'C' : lines.Count == 0 || running * 10 <= positive * 7 ? 'A' : running * 10 <= positive * 9 ? 'B' : 'C';
            lines.Add($"{item.Code} {letter} {Plain(item.Net)} {Share(item.Net, all)} {Share(running, positive)} {Plain(item.Quantity)} {Change(item)}");
        }

        return lines;
    }

    /// <summary>Code, net sales and change of every item that rose or fell, largest change first.</summary>
    public List<string> Movers(string? store, DateOnly from, DateOnly to, bool up) =>
    [
        .. Sales(store, from, to).Where(item => item.Value.Now is not null || item.Value.Before > 0).Select(item => new Sold(item.Key, item.Value.Now?.Net ?? 0, 0, item.Value.Before))
            .Where(item => up ? item.Net > item.Before : item.Net < item.Before).OrderByDescending(item => Math.Abs(item.Net - item.Before)).ThenBy(item => item.Code, StringComparer.Ordinal)
            .Select(item => $"{item.Code} {Plain(item.Net)} {Change(item)}"),
    ];

    /// <summary>Category, net sales and share, best first.</summary>
    public List<string> Categories(string? store, DateOnly from, DateOnly to)
    {
        var sums = Rows("kpi_category_day").Where(row => (store is null || row[0] == store) && Date(row[1]) >= from && Date(row[1]) <= to)
            .GroupBy(row => row[2]).Select(category => (Name: category.Key, Net: category.Sum(row => Amount(row[^5])))).ToList();
        return [.. sums.OrderByDescending(one => one.Net).ThenBy(one => one.Name, StringComparer.Ordinal).Select(one => $"{one.Name} {Plain(one.Net)} {Share(one.Net, sums.Sum(all => all.Net))}")];
    }

    /// <summary>Both items, the four counts, lift and confidence; in no order, since equal lifts have none.</summary>
    public List<string> Pairs(string store, DateOnly until)
    {
        var of = Rows("basket_pair").Where(row => row[0] == store && Date(row[1]) <= until).ToList();
        return [.. of.Where(row => Date(row[1]) == of.Max(other => Date(other[1]))).Select(row =>
        {
            var (both, a, b, all) = (Whole(row[^4]), Whole(row[^3]), Whole(row[^2]), Whole(row[^1]));
            return $"{row[2]} {row[3]} {both} {a} {b} {all} {Rounded(both * all / (a * b), 4)} {Rounded(both / a, 4)}";
        }).Order(StringComparer.Ordinal)];
    }

    /// <summary>Name, customers, receipts and net sales of every segment; ? where it is hidden.</summary>
    public List<string> Customers(string? store, DateOnly until)
    {
        var of = Rows("customer_rfm").Where(row => (store is null || row[0] == store) && Date(row[1]) <= until).ToList();
        var night = of.Where(row => Date(row[1]) == of.Max(other => Date(other[1]))).ToList();
        var whole = Segments.Select(segment => (segment.Name, Cells: night.Where(row => Grid[(int)Whole(row[2]) - 1][(int)Whole(row[3]) - 1] == segment.Letter).ToList()))
            .Select(segment => (segment.Name, Customers: segment.Cells.Sum(row => Whole(row[^3])), Receipts: segment.Cells.Sum(row => Whole(row[^2])), Net: segment.Cells.Sum(row => Amount(row[^1])))).ToList();
        var hidden = whole.FindAll(segment => segment.Customers is > 0 and < 5).ConvertAll(segment => segment.Name);
        if (hidden.Count == 1 && whole.Exists(segment => segment.Customers >= 5))
        {
            hidden.Add(whole.Where(segment => segment.Customers >= 5).MinBy(segment => segment.Customers).Name);
        }

        return whole.ConvertAll(segment => hidden.Contains(segment.Name) ? $"{segment.Name} ?" : $"{segment.Name} {segment.Customers} {segment.Receipts} {Plain(segment.Net)}");
    }

    /// <summary>Figure, value, quartiles, rank and number of stores, of a store among all of them.</summary>
    public List<string> Peers(string store, DateOnly from, DateOnly to)
    {
        var values = Rows("kpi_store_day").Where(row => Date(row[1]) >= from && Date(row[1]) <= to).GroupBy(row => row[0]).ToDictionary(days => days.Key, days => Figures([.. days]));
        return [.. values[store].Where(figure => figure.Value is not null).Select(figure =>
        {
            var group = values.Values.Select(one => one.First(other => other.Name == figure.Name).Value).OfType<decimal>().Order().ToList();
            return $"{figure.Name} {Rounded(figure.Value!.Value, 4)} {Rounded(Between(group, 0.25m), 4)} {Rounded(Between(group, 0.5m), 4)} {Rounded(Between(group, 0.75m), 4)} {1 + group.Count(other => other > figure.Value)} {group.Count}";
        })];
    }

    // Columns of kpi_store_day: store, date, currency, net, tax, gross, receipts, items, returns, return_net, guests, identified, discount, visitors, observed, expected, sales_reported.
    private static List<(string Name, decimal? Value)> Figures(List<string[]> days)
    {
        var sold = days.FindAll(row => row[16] == "true");
        var counted = days.FindAll(row => row[13] != "-");
        var both = sold.FindAll(row => row[13] != "-");
        var (net, receipts) = (sold.Sum(row => Amount(row[3])), sold.Sum(row => Whole(row[6])));
        var (observed, expected) = (days.Sum(row => Whole(row[14])), days.Sum(row => Whole(row[15])));
        var counters = expected == 0 || observed / expected >= 0.9m;
        var visitors = both.Sum(row => Whole(row[13]));
        return
        [
            ("net_sales_per_day", sold.Count == 0 ? null : net / sold.Count), ("visitors_per_day", counters && counted.Count > 0 ? counted.Sum(row => Whole(row[13])) / counted.Count : null),
            ("conversion", counters && visitors > 0 ? both.Sum(row => Whole(row[6])) / visitors : null), ("basket_value", receipts == 0 ? null : net / receipts),
            ("items_per_receipt", receipts == 0 ? null : sold.Sum(row => Amount(row[7])) / receipts),
        ];
    }

    private static decimal Between(List<decimal> sorted, decimal part)
    {
        var place = (sorted.Count - 1) * part;
        var (below, rest) = ((int)place, place - (int)place);
        return rest == 0 ? sorted[below] : (sorted[below] * (1 - rest)) + (sorted[below + 1] * rest);
    }

    // Every item of merchandise by code: what it sold now, null for nothing, and in as many days before.
    private Dictionary<string, ((decimal Net, decimal Quantity)? Now, decimal Before)> Sales(string? store, DateOnly from, DateOnly to)
    {
        var sums = new Dictionary<string, ((decimal Net, decimal Quantity)? Now, decimal Before)>(StringComparer.Ordinal);
        var days = to.DayNumber - from.DayNumber + 1;
        foreach (var row in Rows("kpi_item_day").Where(row => row[^8] == "true" && (store is null || row[0] == store)))
        {
            var (date, own) = (Date(row[1]), sums.GetValueOrDefault(row[2]));
            if (date >= from && date <= to)
            {
                sums[row[2]] = (((own.Now?.Net ?? 0) + Amount(row[^6]), (own.Now?.Quantity ?? 0) + Amount(row[^3])), own.Before);
            }
            else if (date >= from.AddDays(-days) && date < from)
            {
                sums[row[2]] = (own.Now, own.Before + Amount(row[^6]));
            }
        }

        return sums;
    }

    private static string Share(decimal part, decimal whole) => whole <= 0 ? "-" : Rounded(part / whole, 4);

    private static string Change(Sold item) =>
        $"{Plain(item.Before)} {Plain(item.Net - item.Before)} {(item.Before == 0 ? "-" : Rounded((item.Net - item.Before) / Math.Abs(item.Before), 4))}";

    private List<string[]> Rows(string table)
    {
        if (!_rows.TryGetValue(table, out var rows))
        {
            _rows[table] = rows = [.. naive.Rows(table).Select(line => line.Split('|'))];
        }

        return rows;
    }

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static decimal Amount(string micros) => Whole(micros) / 1_000_000;

    private static decimal Whole(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static string Plain(decimal amount) => amount.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Rounded(decimal value, int places) => Math.Round(value, places, MidpointRounding.AwayFromZero).ToString("F" + places, CultureInfo.InvariantCulture);
}
