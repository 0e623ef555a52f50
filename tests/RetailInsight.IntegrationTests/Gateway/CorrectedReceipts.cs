using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A version of a receipt as its vendor sends it.</summary>
/// <param name="Feed">The feed.</param>
/// <param name="Version">0 for the first.</param>
/// <param name="Json">The receipt.</param>
internal sealed record ReceiptVersion(string Feed, int Version, string Json);

/// <summary>
/// Made-up receipts of the feeds that state a source revision. A third of them is corrected up to three times: another
/// price, a further line, another day or store, cancelled, or back to what it first said.
/// </summary>
internal static class CorrectedReceipts
{
    private static readonly DateTimeOffset Opening = new(2026, 11, 1, 10, 0, 0, TimeSpan.FromHours(9));

    /// <summary>All versions, each receipt's in order.</summary>
    public static List<ReceiptVersion> Of(int receipts, int seed)
    {
        var random = new Random(seed);
        var versions = new List<ReceiptVersion>();
        for (var n = 0; n < receipts; n++)
        {
            var state = new State(n, random.Next(100, 5_000), random.Next(1, 4), 0, false);
            var first = state;
            for (int version = 0, last = random.Next(3) == 0 ? random.Next(1, 4) : 0; version <= last; version++)
            {
                versions.Add(Write(n, state, version));
                state = random.Next(5) switch
                {
                    0 => state with { Price = random.Next(100, 5_000) },
                    1 => state with { Lines = state.Lines + 1 },
                    2 => state with { Moved = state.Moved + 1 },
                    3 => state with { Cancelled = !state.Cancelled },
                    _ => first,
                };
            }
        }

        return versions;
    }

    /// <summary>A payload of receipts of one feed.</summary>
    /// <param name="versions">One where the feed sends each in a payload of its own.</param>
    /// <param name="blanks">Blanks at the end, so that other bytes say the same.</param>
    public static byte[] Payload(IReadOnlyList<ReceiptVersion> versions, int blanks)
    {
        var receipts = string.Join(",\n", versions.Select(one => one.Json));
        return Encoding.UTF8.GetBytes((versions[0].Feed switch
        {
            "smaregi" => $"[{receipts}]",
            "square" => $$"""{"orders":[{{receipts}}]}""",
            _ => receipts,
        }) + new string(' ', blanks));
    }

    /// <summary>Most receipts the feed sends in a payload.</summary>
    public static int MostInPayload(string feed) => feed == "shopify-pos" ? 1 : 40;

    // One in ten is of the feed that sends each receipt in a payload of its own.
    private static ReceiptVersion Write(int n, State state, int version)
    {
        var at = Opening.AddSeconds(state.Number * 7).AddDays(state.Moved);
        var (feed, receipt) = n % 10 == 0 ? ("shopify-pos", Shopify(state, at, Changed(version)))
            : n % 2 == 0 ? ("square", Square(state, at, Changed(version)))
            : ("smaregi", Smaregi(state, at, Changed(version)));
        return new ReceiptVersion(feed, version, JsonSerializer.Serialize(receipt));
    }

    private static string Changed(int version) => Opening.AddDays(3).AddMinutes(version).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private static object Smaregi(State state, DateTimeOffset at, string changed) => new
    {
        transactionHeadId = Text(state.Number),
        transactionHeadDivision = "1",
        cancelDivision = state.Cancelled ? "1" : "0",
        total = Text(state.Total),
        cashTotal = Text(state.Total),
        creditTotal = "0",
        carriage = "0",
        commission = "0",
        storeId = state.Moved % 2 == 0 ? "1" : "2",
        terminalId = "2",
        terminalTranDateTime = Iso(at),
        sumDate = at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        guestNumbers = "2",
        customerCode = (string?)null,
        disposeServerTransactionHeadId = (string?)null,
        updDateTime = changed,
        details = state.Each(line => (object)new
        {
            productCode = "4901234567894",
            productName = "緑茶",
            taxDivision = "0",
            salesPrice = Text(state.Price + line),
            quantity = "1",
            unitDiscountedSum = Text(state.Price + line),
            categoryId = "12",
            salesDivision = "0",
            taxFreeDivision = "0",
            discountPriceProportional = "0",
            discountPointProportional = "0",
            discountCouponProportional = "0",
            taxRate = "10.000",
            reduceTaxId = (string?)null,
        }),
    };

    private static object Square(State state, DateTimeOffset at, string changed) => new
    {
        id = "SQ" + Text(state.Number),
        location_id = state.Moved % 2 == 0 ? "L7A9SHIBUYA" : "L7A9UENO",
        state = state.Cancelled ? "CANCELED" : "COMPLETED",
        created_at = Iso(at.ToUniversalTime()),
        updated_at = changed,
        source = new { name = "Point of Sale" },
        customer_id = "C1",
        taxes = new[] { new { uid = "std", percentage = "10", type = "INCLUSIVE", scope = "ORDER" } },
        line_items = state.Each(line => (object)new
        {
            catalog_object_id = "ITEM" + Text(line),
            name = "茶",
            quantity = "1",
            base_price_money = Yen(state.Price + line),
            gross_sales_money = Yen(state.Price + line),
            total_discount_money = Yen(0),
            total_tax_money = Yen((state.Price + line) * 10 / 110),
            applied_taxes = new[] { new { tax_uid = "std" } },
        }),
        total_service_charge_money = Yen(0),
        total_money = Yen(state.Total),
        tenders = new[] { new { type = "CASH", amount_money = Yen(state.Total) } },
    };

    private static object Shopify(State state, DateTimeOffset at, string changed) => new
    {
        id = state.Number,
        test = false,
        taxes_included = true,
        device_id = 7,
        location_id = state.Moved % 2 == 0 ? 655441491 : 655441492,
        processed_at = Iso(at),
        updated_at = changed,
        cancelled_at = state.Cancelled ? Iso(at.AddHours(1)) : null,
        financial_status = "paid",
        total_price = Text(state.Total),
        customer = new { id = 207119551 },
        line_items = state.Each(line => (object)new
        {
            sku = "TEE-M",
            name = "Tee",
            quantity = 1,
            price = Text(state.Price + line),
            discount_allocations = Array.Empty<object>(),
            tax_lines = new[] { new { rate = 0.1, price = Text((state.Price + line) * 10 / 110) } },
        }),
        shipping_lines = Array.Empty<object>(),
    };

    private static object Yen(int amount) => new { amount, currency = "JPY" };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Iso(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private sealed record State(int Number, int Price, int Lines, int Moved, bool Cancelled)
    {
        public int Total => Enumerable.Range(0, Lines).Sum(line => Price + line);

        public object[] Each(Func<int, object> line) => [.. Enumerable.Range(0, Lines).Select(line)];
    }
}
