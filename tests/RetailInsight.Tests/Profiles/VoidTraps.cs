using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;

namespace RetailInsight.Tests.Profiles;

/// <summary>Traps of voids, returns, corrections and training.</summary>
public sealed class VoidTraps
{
    [Fact]
    public void V1_Cancelled_void_return_and_sale_are_four_kinds()
    {
        var conversion = TrapFeed.Convert(Row("1", "S", "1") + Row("2", "C", "1") + Row("3", "V", "-1", "1") + Row("4", "R", "-1"));
        Assert.Equal([TransactionKind.Sale, TransactionKind.Cancelled, TransactionKind.Void, TransactionKind.Return], conversion.Transactions.Select(t => t.Record.Kind));
        Assert.Equal(conversion.Transactions[0].Record.EventId, conversion.Transactions[2].Record.OriginalEventId);
    }

    [Fact]
    public void V1_A_void_that_names_no_original_is_held() =>
        Assert.Equal(RejectionReason.OriginalMissing, Assert.Single(TrapFeed.Convert(Row("3", "V", "-1")).Held).Rejections[0].Reason);

    [Fact]
    public void V1_Several_fields_decide_the_kind_together_and_an_unknown_combination_is_held()
    {
        var path = Path.Combine(ProfileFixtures.VendorsFolder, "smaregi", "samples");
        var kinds = ProfileFixtures.Convert("smaregi", File.ReadAllBytes(Path.Combine(path, "transactions.json"))).Transactions.ToDictionary(t => t.Record.ReceiptNumber, t => t.Record.Kind);
        Assert.Equal(TransactionKind.Sale, kinds["10021"]);
        Assert.Equal(TransactionKind.Return, kinds["10023"]);
        Assert.Equal(TransactionKind.Cancelled, kinds["10024"]);
        Assert.Equal(TransactionKind.CashMovement, kinds["10025"]);
        Assert.Equal(TransactionKind.NoSale, kinds["10026"]);
        Assert.Equal(TransactionKind.Suspended, kinds["10027"]);
        var held = ProfileFixtures.Convert("smaregi", File.ReadAllBytes(Path.Combine(path, "bad.json"))).Held.Single(h => h.Key == "20001");
        Assert.Equal(RejectionReason.CodeUnknown, held.Rejections[0].Reason);
    }

    [Fact]
    public void V2_The_same_item_scanned_twice_is_two_lines()
    {
        var record = Assert.Single(TrapFeed.Convert(Row("1", "S", "1", total: "220") + Row("1", "S", "1", total: "220")).Transactions).Record;
        Assert.Equal(2, record.Lines.Length);
    }

    [Fact]
    public void V3_A_refund_is_a_return_on_its_own_day()
    {
        var folder = ProfileFixtures.VendorsFolder;
        var sale = ProfileFixtures.Convert("shopify-pos", File.ReadAllBytes(Path.Combine(folder, "shopify-pos", "samples", "order.json"))).Transactions[0].Record;
        var refund = ProfileFixtures.Convert("shopify-pos-refunds", File.ReadAllBytes(Path.Combine(folder, "shopify-pos-refunds", "samples", "refund.json"))).Transactions[0].Record;
        Assert.Equal((TransactionKind.Return, new DateOnly(2026, 11, 3)), (refund.Kind, refund.BusinessDate));
        Assert.Equal(new DateOnly(2026, 11, 1), sale.BusinessDate);
        Assert.True(refund.Gross < 0);
    }

    [Fact]
    public void V4_Training_and_test_orders_are_kept_as_training()
    {
        Assert.Equal(TransactionKind.Training, TrapFeed.Convert(Row("1", "T", "1")).Transactions[0].Record.Kind);
        var order = ProfileFixtures.Convert("shopify-pos", File.ReadAllBytes(Path.Combine(ProfileFixtures.VendorsFolder, "shopify-pos", "samples", "test-order.json")));
        Assert.Equal(TransactionKind.Training, order.Transactions[0].Record.Kind);
    }

    [Fact]
    public void V5_The_same_receipt_in_a_second_file_has_the_same_identity_and_content()
    {
        var first = TrapFeed.Convert(Row("1", "S", "1")).Transactions[0].Record;
        var again = TrapFeed.Convert(Row("9", "S", "1") + Row("1", "S", "1")).Transactions[1].Record;
        Assert.Equal(first.EventId, again.EventId);
        Assert.Equal(RetailInsight.Core.Canon.ContentHash.Of(first), RetailInsight.Core.Canon.ContentHash.Of(again));
    }

    [Fact]
    public void V6_A_sale_cancelled_later_is_the_same_receipt_with_another_kind()
    {
        var sale = TrapFeed.Convert(Row("1", "S", "1")).Transactions[0].Record;
        var cancelled = TrapFeed.Convert(Row("1", "C", "1")).Transactions[0].Record;
        Assert.Equal(sale.EventId, cancelled.EventId);
        Assert.NotEqual(RetailInsight.Core.Canon.ContentHash.Of(sale), RetailInsight.Core.Canon.ContentHash.Of(cancelled));
    }

    [Fact]
    public void V7_Money_put_in_the_drawer_and_an_opened_drawer_are_rows_of_the_file_and_no_sales()
    {
        var conversion = TrapFeed.Convert("1,2026-11-01,09:00,M,,,,,,,,,,,30000\n2,2026-11-01,09:01,N,,,,,,,,,,,\n" + Row("3", "S", "1"));
        Assert.Equal((3, 0), (conversion.RowsRead, conversion.Held.Count));
        Assert.Equal([TransactionKind.CashMovement, TransactionKind.NoSale, TransactionKind.Sale], conversion.Transactions.Select(t => t.Record.Kind));
        Assert.Equal(110_000_000, conversion.Transactions.Sum(t => t.Record.Gross));
    }

    private static string Row(string number, string kind, string quantity, string original = "", string total = "") =>
        $"{number},2026-11-01,10:00,{kind},{original},A,,{quantity},110,0,10,standard,inclusive,0,{total}\n";
}
