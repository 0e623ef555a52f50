using System.Globalization;
using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using Xunit.Abstractions;

namespace RetailInsight.Tests.Profiles;

/// <summary>
/// What holds for the money of every receipt, tried on 100,800 made-up ones of a fixed seed. RETAILINSIGHT_SOAK_ROUNDS and
/// RETAILINSIGHT_SOAK_SEED ask for more and other receipts than the suite's.
/// </summary>
public sealed class MoneyProperties(ITestOutputHelper output)
{
    // Each comes as a sale, as its mirrored return and as its void: 6 × 3 × 5,600 receipts a round.
    private const int SalesPerRound = 5_600;

    private static readonly int Rounds = Setting("RETAILINSIGHT_SOAK_ROUNDS", 1);
    private static readonly int Seed = Setting("RETAILINSIGHT_SOAK_SEED", 20_261_101);

    private static readonly (string Rate, string Category)[] Rates = [("10", "standard"), ("8", "reduced"), ("0", "exempt"), ("0", "tax_free")];

    [Theory]
    [InlineData("floor", "receipt")]
    [InlineData("half_up", "receipt")]
    [InlineData("ceiling", "receipt")]
    [InlineData("floor", "line")]
    [InlineData("half_up", "line")]
    [InlineData("ceiling", "line")]
    public void Lines_add_up_to_buckets_and_a_return_is_the_mirror_of_its_sale(string rounding, string per)
    {
        var figures = new long[4];
        for (var round = 0; round < Rounds; round++)
        {
            Round(rounding, per, new Random(unchecked(Seed + rounding.Length + (per.Length * 100) + (round * 1_009))), figures);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rounding} per {per}: {figures[0]} receipts, {figures[1]} lines, {figures[2]} buckets of a rate, {figures[3]} discounts; none off by a micro"));
    }

    private static void Round(string rounding, string per, Random random, long[] figures)
    {
        var rows = new StringBuilder();
        for (var n = 0; n < SalesPerRound; n++)
        {
            Write(rows, n, random);
        }

        // That lines, buckets and totals agree is asserted of every receipt the feed converts.
        var conversion = TrapFeed.Convert(rows.ToString(),
            ("rounding: floor", $"rounding: {rounding}\n  per: {per}"),
            ("sign: as_sent", "sign: as_sent\ndiscounts:\n  receipt:\n    - { kind: coupon, amount: { from: points, type: money } }"));
        Assert.Empty(conversion.Held);
        Assert.Equal(3 * SalesPerRound, conversion.Transactions.Count);
        for (var n = 0; n < conversion.Transactions.Count; n += 3)
        {
            var sale = conversion.Transactions[n].Record;
            Assert.Equal(sale.EventId, conversion.Transactions[n + 2].Record.OriginalEventId);
            foreach (var back in new[] { conversion.Transactions[n + 1].Record, conversion.Transactions[n + 2].Record })
            {
                Assert.Equal((sale.Net, sale.TaxTotal, sale.Gross), (-back.Net, -back.TaxTotal, -back.Gross));
                Assert.Equal(sale.Lines.Select(l => (l.Net, l.Tax)), back.Lines.Select(l => (-l.Net, -l.Tax)));
            }

            if (per == "receipt")
            {
                Assert.All(sale.TaxBuckets, bucket => Assert.Equal(Expected(sale, bucket, rounding), bucket.Tax));
            }

            figures[0] += 3;
            figures[1] += 3 * sale.Lines.Length;
            figures[2] += 3 * sale.TaxBuckets.Length;
            figures[3] += 3 * sale.Discounts.Length;
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    private static void Write(StringBuilder rows, int n, Random random)
    {
        var lines = new (string Price, int Quantity, int Discount, int Rate, string Basis)[random.Next(1, 7)];
        for (var i = 0; i < lines.Length; i++)
        {
            var rate = random.Next(Rates.Length);
            var basis = rate > 1 ? "untaxed" : random.Next(2) == 0 ? "inclusive" : "exclusive";
            var price = random.Next(1, 20_000);
            lines[i] = (price.ToString(CultureInfo.InvariantCulture), random.Next(1, 5), random.Next(3) == 0 ? random.Next(price) : 0, rate, basis);
        }

        var coupon = random.Next(2) == 0 ? 0 : random.Next(50);
        foreach (var (kind, sign, number) in new[] { ("S", 1, (3 * n) + 1), ("R", -1, (3 * n) + 2), ("V", -1, (3 * n) + 3) })
        {
            foreach (var (price, quantity, discount, rate, basis) in lines)
            {
                rows.Append(CultureInfo.InvariantCulture,
                    $"{number},2026-11-01,10:00,{kind},{(kind == "V" ? (3 * n) + 1 : "")},A,,{sign * quantity},{price},{sign * discount},{Rates[rate].Rate},{Rates[rate].Category},{basis},{sign * coupon},\n");
            }
        }
    }

    // The tax of a rate once more, in decimals: rounded once for what contains tax and once for what does not.
    private static long Expected(Transaction sale, TaxBucket bucket, string rounding)
    {
        decimal tax = 0;
        foreach (var basis in new[] { TaxBasis.Inclusive, TaxBasis.Exclusive })
        {
            var lines = sale.Lines.Where(l => l.TaxBasis == basis && l.RateBasisPoints == bucket.RateBasisPoints && l.TaxCategory == bucket.Category);
            var paid = lines.Sum(l => Money.ToDecimal(l.StatedAmount - l.Discount));
            var rate = bucket.RateBasisPoints / 10_000m;
            var exact = basis == TaxBasis.Inclusive ? paid * rate / (1 + rate) : paid * rate;
            tax += rounding switch
            {
                "floor" => decimal.Round(exact, 0, MidpointRounding.ToZero),
                "half_up" => decimal.Round(exact, 0, MidpointRounding.AwayFromZero),
                _ => exact >= 0 ? decimal.Ceiling(exact) : decimal.Floor(exact),
            };
        }

        return Money.ToMicros(tax);
    }
}
