using System.Globalization;
using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Tests.Profiles;

/// <summary>What holds for the money of every receipt, tried on 100,000 made-up ones of a fixed seed.</summary>
public sealed class MoneyProperties
{
    // Each comes as a sale and as its mirrored return: 6 × 2 × 8,400 receipts.
    private const int ReceiptsPerProfile = 8_400;

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
        var random = new Random(20_261_101 + rounding.Length + (per.Length * 100));
        var rows = new StringBuilder();
        for (var n = 0; n < ReceiptsPerProfile; n++)
        {
            Write(rows, n, random);
        }

        var conversion = TrapFeed.Convert(rows.ToString(),
            ("rounding: floor", $"rounding: {rounding}\n  per: {per}"),
            ("sign: as_sent", "sign: as_sent\ndiscounts:\n  receipt:\n    - { kind: coupon, amount: { from: points, type: money } }"));
        Assert.Empty(conversion.Held);
        Assert.Equal(2 * ReceiptsPerProfile, conversion.Transactions.Count);
        for (var n = 0; n < conversion.Transactions.Count; n += 2)
        {
            var (sale, back) = (conversion.Transactions[n].Record, conversion.Transactions[n + 1].Record);
            Assert.Equal((sale.Net, sale.TaxTotal, sale.Gross), (-back.Net, -back.TaxTotal, -back.Gross));
            Assert.Equal(sale.Lines.Select(l => (l.Net, l.Tax)), back.Lines.Select(l => (-l.Net, -l.Tax)));
            if (per == "receipt")
            {
                Assert.All(sale.TaxBuckets, bucket => Assert.Equal(Expected(sale, bucket, rounding), bucket.Tax));
            }
        }
    }

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
        foreach (var (kind, sign, number) in new[] { ("S", 1, (2 * n) + 1), ("R", -1, (2 * n) + 2) })
        {
            foreach (var (price, quantity, discount, rate, basis) in lines)
            {
                rows.Append(CultureInfo.InvariantCulture,
                    $"{number},2026-11-01,10:00,{kind},,A,,{sign * quantity},{price},{sign * discount},{Rates[rate].Rate},{Rates[rate].Category},{basis},{sign * coupon},\n");
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
