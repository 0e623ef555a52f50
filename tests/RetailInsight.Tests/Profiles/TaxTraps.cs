using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>Traps of consumption tax, discounts and what is a sale.</summary>
public sealed class TaxTraps
{
    [Fact]
    public void A_rate_may_be_sent_as_a_code()
    {
        const string Rows = "1,2026-11-01,10:00,S,,A,,1,108,0,B,reduced,inclusive,0,\n1,2026-11-01,10:00,S,,B,,1,110円,0,A,standard,inclusive,0,\n";
        var sale = Assert.Single(TrapFeed.Convert(
            Rows,
            ("tax_rate: { from: rate, type: decimal, default: \"10\" }", "tax_rate: { from: rate, type: decimal, map: rate }"),
            ("unit_price: { from: price, type: money }", "unit_price: { from: price, type: money, drop_suffix: 円 }"),
            ("  kind: { S: sale", "  rate: { A: \"10\", B: \"8\" }\n  kind: { S: sale")).Transactions).Record;
        Assert.Equal([(1000, 10_000_000L), (800, 8_000_000L)], sale.TaxBuckets.Select(bucket => (bucket.RateBasisPoints, bucket.Tax)));
    }

    private const string Head = "1,2026-11-01,10:00,S,,";

    [Fact]
    public void Inclusive_exclusive_exempt_and_tax_free_lines_share_one_receipt()
    {
        var record = Assert.Single(TrapFeed.Convert(
            $"{Head}A,,1,1100,0,10,standard,inclusive,0,2840\n{Head}B,,1,500,0,8,reduced,exclusive,0,2840\n"
            + $"{Head}C,,1,200,0,0,exempt,untaxed,0,2840\n{Head}D,,1,1000,0,0,tax_free,untaxed,0,2840\n").Transactions).Record;
        Assert.Equal((2_700_000_000, 140_000_000), (record.Net, record.TaxTotal));
        Assert.Equal([TaxCategory.Standard, TaxCategory.Reduced, TaxCategory.Exempt, TaxCategory.TaxFree], record.TaxBuckets.Select(b => b.Category));
    }

    [Fact]
    public void Both_bases_at_one_rate_are_each_rounded_once_and_make_one_bucket()
    {
        var record = Assert.Single(TrapFeed.Convert($"{Head}A,,1,109,0,10,standard,inclusive,0,\n{Head}B,,1,109,0,10,standard,exclusive,0,\n").Transactions).Record;
        var bucket = Assert.Single(record.TaxBuckets);
        Assert.Equal((19_000_000L, 228_000_000L), (bucket.Tax, bucket.Gross));
    }

    [Theory]
    [InlineData("receipt", 31)]
    [InlineData("line", 30)]
    public void Three_lines_of_105_yen_are_taxed_31_per_receipt_and_30_per_line(string per, int yen)
    {
        var row = $"{Head}A,,1,105,0,10,standard,exclusive,0,\n";
        var record = TrapFeed.Convert(row + row + row, ("rounding: floor", $"rounding: floor\n  per: {per}")).Transactions[0].Record;
        Assert.Equal(yen * 1_000_000L, record.TaxTotal);
    }

    [Theory]
    [InlineData("floor", 0)]
    [InlineData("half_up", 1)]
    [InlineData("ceiling", 1)]
    public void A_return_mirrors_the_rounding_of_the_sale(string rounding, int extra)
    {
        string Row(string no, string kind, string quantity) => $"{no},2026-11-01,10:00,{kind},,A,,{quantity},105,0,10,standard,exclusive,0,\n";
        var taxes = TrapFeed.Convert(Row("1", "S", "1") + Row("2", "R", "-1"), ("rounding: floor", $"rounding: {rounding}")).Transactions.Select(t => t.Record.TaxTotal).ToList();
        Assert.Equal([(10 + extra) * 1_000_000L, -(10 + extra) * 1_000_000L], taxes);
    }

    [Theory]
    [InlineData("2019-09-30", TaxCategory.Standard)]
    [InlineData("2019-10-01", TaxCategory.Reduced)]
    public void Eight_percent_is_standard_before_October_2019_and_reduced_from_then_on(string day, TaxCategory category)
    {
        var conversion = TrapFeed.Convert($"1,{day},10:00,S,,A,,1,108,0,8,,,0,108\n",
            ("  tax_category: { from: cat, type: code, default: standard, map: cat }\n", ""), ("    - { rate: 0, category: tax_free }\n", ""));
        Assert.Equal(category, conversion.Transactions[0].Record.Lines[0].TaxCategory);
    }

    [Fact]
    public void A_rate_that_did_not_hold_that_day_holds_the_sale_but_not_a_return_of_an_older_one()
    {
        var conversion = TrapFeed.Convert("1,2026-11-01,10:00,S,,A,,1,108,0,8,standard,,0,108\n2,2026-11-01,10:00,R,,A,,-1,108,0,8,standard,,0,-108\n");
        Assert.Equal(RejectionReason.TaxRateUnknown, Assert.Single(conversion.Held).Rejections[0].Reason);
        Assert.Equal(TransactionKind.Return, Assert.Single(conversion.Transactions).Record.Kind);
    }

    [Fact]
    public void A_stated_tax_is_kept_and_its_difference_from_the_rule_is_counted()
    {
        var conversion = TrapFeed.Convert($"{Head}A,,1,1100,0,10,standard,inclusive,99,1100\n",
            ("tax_rate: {", "tax: { from: points, type: money }\n  tax_rate: {"), ("checks: { total: true }", "checks: { total: true, tax: note }"));
        var bucket = conversion.Transactions[0].Record.TaxBuckets[0];
        Assert.Equal((99_000_000L, 100_000_000L, true), (bucket.Tax, bucket.ComputedTax, bucket.TaxStated));
        Assert.Equal(FindingCode.TaxDifference, Assert.Single(conversion.Findings).Code);
    }

    [Fact]
    public void Points_of_the_shop_lower_the_sale_and_those_of_another_company_pay_for_it()
    {
        var row = $"{Head}A,,1,1100,0,10,standard,inclusive,100,1000\n";
        var own = TrapFeed.Convert(row, Points("")).Transactions[0].Record;
        var others = TrapFeed.Convert(row, Points(", tender: t_points")).Transactions[0].Record;
        Assert.Equal((1_000_000_000L, DiscountKind.Points), (own.Gross, Assert.Single(own.Discounts).Kind));
        Assert.Equal(1_100_000_000L, others.Gross);
        Assert.Equal(new Tender("t_points", 100_000_000), Assert.Single(others.Tenders));
    }

    [Fact]
    public void A_discount_of_the_receipt_is_spread_over_lines_and_rates_to_the_yen()
    {
        var record = TrapFeed.Convert(
            $"{Head}A,,1,100,0,10,standard,inclusive,100,200\n{Head}B,,1,100,0,8,reduced,inclusive,100,200\n{Head}C,,1,100,0,0,exempt,untaxed,100,200\n",
            Points("")).Transactions[0].Record;
        Assert.Equal([34_000_000L, 33_000_000L, 33_000_000L], record.Lines.Select(l => l.Discount));
    }

    [Fact]
    public void A_gift_certificate_sold_is_no_sale()
    {
        var record = TrapFeed.Convert($"{Head}A,,1,1100,0,10,standard,inclusive,0,6100\n{Head}GIFT,,1,5000,0,0,exempt,untaxed,0,6100\n",
            ("sign: as_sent", "sign: as_sent\noutside_sales: { code: { from: item, type: code }, values: [\"GIFT*\"] }")).Transactions[0].Record;
        Assert.Equal(1_100_000_000L, record.Gross);
        Assert.Equal(-5_000_000_000L, Assert.Single(record.Tenders).Amount);
    }

    [Fact]
    public void A_fee_of_the_head_is_in_sales_and_no_merchandise()
    {
        var record = TrapFeed.Convert($"{Head}A,,1,1100,0,10,standard,inclusive,550,1650\n",
            ("sign: as_sent", "sign: as_sent\nfees:\n  - { code: CARRIAGE, rate: 10, category: standard, basis: inclusive, amount: { from: points, type: money } }")).Transactions[0].Record;
        Assert.Equal([true, false], record.Lines.Select(l => l.Merchandise));
        Assert.Equal(1_650_000_000L, record.Gross);
    }

    private static (string, string) Points(string tender) => ("sign: as_sent",
        $"sign: as_sent\ndiscounts:\n  receipt:\n    - {{ kind: points, amount: {{ from: points, type: money }}{tender} }}");
}
