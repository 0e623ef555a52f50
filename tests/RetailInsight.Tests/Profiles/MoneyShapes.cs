using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>The ways registers print amounts, discounts, returns and payments, each said by a line of the profile.</summary>
public sealed class MoneyShapes
{
    private const string Header = "no,kind,item,qty,price,amount,disc,total,cash,change,method,paid\n";
    private const string Off = "checks: { total: true }";
    private const string Strict = "checks: { total: true, amount: true, tenders: hold, discounts: hold }";

    private const string Profile = """
        id: shapes
        version: 1
        vendor: shapes
        content: transactions
        currency: JPY
        container: { format: csv, encoding: utf-8 }
        records: { receipt_key: [receipt_number] }
        receipt:
          terminal: { constant: "01", type: code }
          receipt_number: { from: no, type: code }
          kind: { from: kind, type: code, map: kind }
          occurred_at: { constant: "2026-11-01T10:00:00+09:00", type: timestamp, formats: [iso] }
          total: { from: total, type: money, required: false }
        line:
          item_code: { from: item, type: code }
          quantity: { from: qty, type: decimal }
          unit_price: { from: price, type: money }
          amount: { from: amount, type: money, required: false }
          discount: { from: disc, type: money, default: "0" }
        codes: { kind: { S: sale, R: return, C: cancelled }, method: { 現金: cash, カード: credit, 券: voucher } }
        sign: as_sent
        tax: { basis: untaxed }
        tenders:
          - { method: { constant: cash, type: code }, amount: { from: cash, type: money, default: "0" } }
          - { method: { from: method, type: code, map: method, required: false }, amount: { from: paid, type: money, required: false } }
        change: { from: change, type: money, default: "0" }
        store: { by: constant, code: S001 }
        business_date: cut_over
        clock: terminal
        identity: [receipt_number]
        checks: { total: true, amount: true, tenders: hold, discounts: hold }
        """;

    [Theory]
    [InlineData("S,A,1,1000,900,100,900,900", "line_amount: after_discount", 900, 100)]
    [InlineData("S,A,1,1000,900,-100,900,900", "line_amount: after_discount, negate", 900, 100)]
    [InlineData("S,A,1,1000,1000,100,900,900", "", 900, 100)]
    [InlineData("S,A,1,1000,1000,-100,900,900", "negate", 900, 100)]
    [InlineData("R,A,-1,1000,-900,-100,-900,-900", "line_amount: after_discount", -900, -100)]
    [InlineData("R,A,-1,1000,-900,100,-900,-900", "line_amount: after_discount, negate", -900, -100)]
    public void A_discount_may_be_printed_with_either_sign_and_the_amount_before_or_after_it(string row, string said, int gross, int discount)
    {
        var record = Assert.Single(Convert($"1,{row},0,,\n", Says(said)).Transactions).Record;
        Assert.Equal((gross * Money.MicrosPerUnit, discount * Money.MicrosPerUnit), (record.Gross, Assert.Single(record.Discounts).Amount));
        Assert.Equal((gross + discount) * Money.MicrosPerUnit, Assert.Single(record.Lines).StatedAmount);
    }

    [Theory]
    [InlineData("S,A,1,1000,900,100,,900", "", "amount")]
    [InlineData("S,A,1,1000,1000,-100,,1100", "", "disc")]
    [InlineData("S,A,1,1000,1000,100,,900", "line_amount: after_discount", "amount")]
    public void A_profile_of_the_wrong_shape_holds_where_checks_are_asked_for_and_is_noted_when_it_is_tried(string row, string said, string field)
    {
        var held = Assert.Single(Convert($"1,{row},0,,\n", Says(said)).Held);
        Assert.Contains(held.Rejections, rejection => rejection.Field == field);

        var live = Convert($"1,{row},0,,\n", [.. Says(said), (Strict, Off)]);
        Assert.Empty(live.Findings);
        var tried = Tried($"1,{row},0,,\n", [.. Says(said), (Strict, Off)]);
        Assert.Empty(tried.Held);
        Assert.Contains(tried.Findings, finding => finding.Field == field && finding.Unasked && finding.Key == "1");
    }

    [Theory]
    [InlineData("R,A,1,1000,-1000,0,-1000,-1000", "quantity")]
    [InlineData("R,A,-1,1000,1000,0,-1000,-1000", "amount")]
    [InlineData("R,A,-1,1000,-1000,0,1000,-1000", "total")]
    public void A_return_may_print_each_figure_with_a_sign_of_its_own(string row, string field)
    {
        Assert.NotEmpty(Convert($"1,{row},0,,\n").Held);
        var fields = new Dictionary<string, string> { ["quantity"] = "from: qty, type: decimal", ["amount"] = "from: amount, type: money", ["total"] = "from: total, type: money" };
        var conversion = Convert($"1,{row},0,,\n2,S,A,1,1000,1000,0,1000,1000,0,,\n", (fields[field], fields[field] + ", negate: [return]"));
        Assert.Equal([(-1_000_000L, -1_000_000_000L), (1_000_000L, 1_000_000_000L)], conversion.Transactions.Select(t => (t.Record.Lines[0].Quantity, t.Record.Gross)));
    }

    [Fact]
    public void A_sale_of_negative_quantities_or_a_negative_total_is_a_return_and_an_exchange_stays_a_sale()
    {
        const string Rows = "1,S,A,-1,1000,-1000,0,-1500,-1500,0,,\n1,S,B,-1,500,-500,0,-1500,-1500,0,,\n"
            + "2,S,A,-1,1000,-1000,0,-400,-400,0,,\n2,S,B,2,300,600,0,-400,-400,0,,\n3,C,A,-1,1000,-1000,0,-1000,0,0,,\n4,S,A,1,10,10,0,10,10,0,,\n";
        Assert.Equal([TransactionKind.Sale, TransactionKind.Sale, TransactionKind.Cancelled, TransactionKind.Sale], Kinds(Rows));
        Assert.Equal([TransactionKind.Return, TransactionKind.Return, TransactionKind.Cancelled, TransactionKind.Sale], Kinds(Rows, ("sign: as_sent", "sign: as_sent\nreturns: negative_total")));
        Assert.Equal([TransactionKind.Return, TransactionKind.Sale, TransactionKind.Cancelled, TransactionKind.Sale], Kinds(Rows, ("sign: as_sent", "sign: as_sent\nreturns: negative_quantity")));
    }

    [Fact]
    public void Change_on_a_voucher_leaves_the_drawer_in_cash_and_the_voucher_keeps_its_value()
    {
        var conversion = Convert("7,S,A,1,900,900,0,900,0,100,券,1000\n");
        Assert.Equal([new Tender("voucher", 1_000_000_000), new Tender("cash", -100_000_000)], Assert.Single(conversion.Transactions).Record.Tenders.AsEnumerable());
        var finding = Assert.Single(conversion.Findings);
        Assert.Equal((FindingCode.ChangeWithoutCash, "change", false), (finding.Code, finding.Field, finding.Unasked));

        Assert.Empty(Convert("7,S,A,1,900,900,0,900,1000,100,,\n").Findings);
        Assert.Equal(FindingCode.ChangeWithoutCash, Assert.Single(Convert("7,S,A,1,900,900,0,900,1000,-100,,\n", (Strict, Off)).Findings).Code);
    }

    [Theory]
    [InlineData("900,0,,", true)]
    [InlineData("1000,100,,", true)]
    [InlineData("400,0,カード,500", true)]
    [InlineData("1000,0,,", false)]
    [InlineData("0,0,,", false)]
    public void What_was_paid_less_the_change_is_the_total(string paid, bool right)
    {
        var row = $"1,S,A,1,900,900,0,900,{paid}\n";
        Assert.Equal(right ? 0 : 1, Convert(row).Held.Count);
        Assert.Equal(right ? 0 : 1, Convert(row, ("tenders: hold", "tenders: note")).Findings.Count);
        Assert.Equal(right ? [] : [FindingCode.TenderDifference], Tried(row, (Strict, Off)).Findings.Select(finding => finding.Code));
        Assert.Empty(Tried($"1,C,A,1,900,900,0,900,{paid}\n").Findings);
    }

    [Theory]
    [InlineData("0,0,カード,", "credit 900")]
    [InlineData("400,0,カード,", "cash 400; credit 500")]
    [InlineData("900,0,カード,", "cash 900")]
    [InlineData("1000,100,,", "cash 900")]
    public void A_card_payment_without_an_amount_paid_the_rest(string paid, string expected)
    {
        var conversion = Convert($"1,S,A,1,900,900,0,900,{paid}\n2,S,A,1,900,900,0,,{paid}\n", ("required: false } }\nchange", "required: false }, when_empty: rest }\nchange"));
        Assert.Equal([expected, expected], conversion.Transactions.Select(t => string.Join("; ", t.Record.Tenders.Select(tender => $"{tender.Method} {Money.Format(tender.Amount)}"))));
    }

    [Theory]
    [InlineData("S,A,1,4901234567894,,0,,0", "price")]
    [InlineData("S,A,1,9223372036854,9223372036854,0,,0", "amount")]
    [InlineData("S,A,4901234567894,1,100,0,100,100", "qty")]
    [InlineData("S,A,200000,100000,,0,,0", "price")]
    public void A_figure_no_receipt_has_holds_it_before_the_sum_of_a_day_overflows(string row, string field)
    {
        var held = Assert.Single(Convert($"1,{row},0,,\n2,S,A,1,9000000000,9000000000,0,9000000000,9000000000,0,,\n").Held);
        Assert.Contains(held.Rejections, rejection => rejection.Reason == RejectionReason.FieldRange && rejection.Field == field && rejection.Detail.Contains("10000000000", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sign: as_sent", "sign: { negate: [return] }\nreturns: negative_total", "returns")]
    [InlineData("sign: as_sent", "sign: as_sent\nline_amount: net", "line_amount")]
    [InlineData("  discount: { from: disc, type: money, default: \"0\" }\n", "", "line_amount")]
    [InlineData("from: disc, type: money", "from: disc, type: money, negate: [gift]", "line.discount.negate")]
    [InlineData("receipt_number: { from: no, type: code", "receipt_number: { from: no, type: code, negate: true", "receipt.receipt_number.negate")]
    [InlineData("amount: { from: cash, type: money, default: \"0\" } }", "amount: { from: cash, type: money, default: \"0\" }, when_empty: rest }", "tenders[0].when_empty")]
    [InlineData("S: sale", "S: withdrawn", "codes")]
    public void A_shape_that_cannot_be_is_refused_with_its_place(string right, string wrong, string path)
    {
        var yaml = Profile.Replace(right, wrong, StringComparison.Ordinal);
        yaml = wrong.Length > 0 ? yaml : yaml.Replace("sign: as_sent", "sign: as_sent\nline_amount: after_discount", StringComparison.Ordinal);
        Assert.Contains(Assert.Throws<ProfileException>(() => ProfileCatalog.Read("shapes", yaml)).Mistakes, mistake => mistake.Key == path);
    }

    private static IEnumerable<TransactionKind> Kinds(string rows, params (string Was, string Is)[] changes) => Convert(rows, changes).Transactions.Select(t => t.Record.Kind);

    private static (string Was, string Is)[] Says(string said) =>
    [
        .. said.Contains("line_amount", StringComparison.Ordinal) ? [("sign: as_sent", "sign: as_sent\nline_amount: after_discount")] : Array.Empty<(string, string)>(),
        .. said.Contains("negate", StringComparison.Ordinal) ? [("default: \"0\" }\ncodes", "default: \"0\", negate: true }\ncodes")] : Array.Empty<(string, string)>(),
    ];

    [Fact]
    public void A_profile_that_takes_two_receipts_for_one_is_told_so_when_it_is_tried()
    {
        (string Was, string Is)[] changes =
        [
            ("terminal: { constant: \"01\", type: code }", "terminal: { from: method, type: code, map: method }"),
            ("receipt_key: [receipt_number]", "receipt_key: [receipt_number, terminal]"),
            ("identity: [receipt_number]", "identity: [receipt_number, terminal]"),
            ("券: voucher", "券: cash"),
        ];
        const string Rows = "1,S,A,1,100,100,0,100,0,0,現金,100\n1,S,A,1,200,200,0,200,0,0,券,200\n2,S,A,1,200,200,0,200,0,0,券,200\n";
        var found = Assert.Single(Tried(Rows, changes).Findings);
        Assert.Equal((FindingCode.ReceiptReplaced, "no", 1, 2, true), (found.Code, found.Field, found.Count, found.At.Row, found.Unasked));
        Assert.Empty(Convert(Rows, changes).Findings);
    }

    private static Conversion Convert(string rows, params (string Was, string Is)[] changes) => Convert(rows, false, changes);

    private static Conversion Tried(string rows, params (string Was, string Is)[] changes) => Convert(rows, true, changes);

    private static Conversion Convert(string rows, bool scrutiny, (string Was, string Is)[] changes)
    {
        var yaml = Profile;
        foreach (var (was, now) in changes)
        {
            Assert.Contains(was, yaml, StringComparison.Ordinal);
            yaml = yaml.Replace(was, now, StringComparison.Ordinal);
        }

        var context = ProfileFixtures.Context with { Scrutiny = scrutiny };
        var conversion = Converter.Convert(ProfileCatalog.Read("shapes", yaml), Encoding.UTF8.GetBytes(Header + rows), context, CancellationToken.None);
        Assert.Null(conversion.Unreadable);
        ProfileFixtures.AssertRowsBalance(conversion);
        Assert.All(conversion.Transactions, t => ProfileFixtures.AssertMoneyBalances(t.Record));
        return conversion;
    }
}
