namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A vendor the product does not ship: the profile and a file of its.</summary>
internal static class CornerShop
{
    public const string Profile = """
        id: corner-shop
        version: 1
        vendor: corner-shop
        content: transactions
        currency: JPY
        container: { format: csv, encoding: utf-8 }
        records: { receipt_key: [terminal, receipt_number] }
        receipt:
          store: { from: shop, type: code }
          terminal: { from: till, type: code }
          receipt_number: { from: no, type: code }
          kind: { constant: sale, type: code }
          occurred_at: { from: at, type: timestamp, formats: [yyyy-MM-dd HH:mm] }
          total: { from: total, type: money }
        line:
          item_code: { from: sku, type: code }
          quantity: { from: qty, type: decimal }
          unit_price: { from: price, type: money }
        sign: as_sent
        tax: { basis: untaxed }
        store: { by: code }
        business_date: cut_over
        clock: terminal
        identity: [store, terminal, business_date, receipt_number]
        checks: { total: true }
        """;

    public const string Sales = "shop,till,no,at,sku,qty,price,total\nS011,1,7,2026-11-01 10:00,tea,2,50,100\n";
}
