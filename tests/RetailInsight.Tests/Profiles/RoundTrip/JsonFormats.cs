using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using static RetailInsight.Tests.Profiles.RoundTrip.VendorFormat;

namespace RetailInsight.Tests.Profiles.RoundTrip;

/// <summary>The formats of objects and elements.</summary>
internal static class JsonFormats
{
    private static readonly TaxBasis[] EitherBasis = [TaxBasis.Inclusive, TaxBasis.Exclusive];

    // Postage, service charges and gift certificates sold are not printed by any of them.
    public static IEnumerable<VendorFormat> All => [VendorB, Poslog, Shopify, ShopifyRefunds, Smaregi, Square, Ubiregi];

    private static VendorFormat VendorB => new(
        "vendor-b",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Return, TransactionKind.Void, TransactionKind.Cancelled, TransactionKind.Training],
            Places = [new("S011", "01"), new("S011", "02")],
            Rates = Exclusive,
            Guests = true,
            Customer = true,
            Categories = ["01", "90"],
            LineDiscounts = [(DiscountKind.Line, "discount")],
            ReceiptDiscount = "discount",
            DiscountByRate = true,
            Tenders = ["cash", "credit", "e_money", "qr"],
            MostTenders = 3,
            Stated = _ => true,
        },
        tills => [Json(new
        {
            store = new { code = "S011" },
            transactions = tills.Select(till => new
            {
                terminal = till.Sale.Place.Terminal, receipt_no = till.Sale.Number, type = till.Sale.Kind.ToString().ToUpperInvariant(), at = Iso(till), void_of = till.Sale.Original.Length == 0 ? null : till.Sale.Original,
                guests = till.Sale.Guests, member = till.Sale.Customer.Length == 0 ? null : till.Sale.Customer,
                items = till.Sale.Lines.Select(line => new
                {
                    code = line.Item, name = line.Name, dept = line.Category, qty = till.Sale.Sign * line.Quantity, unit_price = line.Price, amount = till.Sale.Sign * line.Amount,
                    discount = till.Sale.Sign * line.Discounts[0], tax_rate = line.Rate.BasisPoints / 10_000m, tax_type = Word(line.Rate.Category),
                }),
                discount = till.Sale.Sign * till.Sale.Discount,
                taxes = till.Record.TaxBuckets.Select(bucket => new { rate = bucket.RateBasisPoints / 10_000m, type = Word(bucket.Category), net = Units(bucket.Net), tax = Units(bucket.Tax) }),
                total = Units(till.Record.Gross),
                payments = till.Record.Tenders.Select(tender => new { method = tender.Method == "e_money" ? "EMONEY" : tender.Method.ToUpperInvariant(), amount = Units(tender.Amount) }),
            }),
        })]);

    // A return stands in a retail transaction like any other: the format has no kind of its own for it.
    private static VendorFormat Poslog => new(
        "arts-poslog",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Training, TransactionKind.Cancelled],
            Places = [new("S001", "POS-1"), new("S002", "POS-1")],
            Rates = Inclusive,
            Guests = true,
            Customer = true,
            Categories = ["01", "07"],
            Tenders = ["cash", "credit", "e_money", "voucher"],
            MostTenders = 3,
        },
        tills => [Encoding.UTF8.GetBytes(new XDocument(Element("POSLog", tills.Select(till => Element(
            "Transaction",
            till.Sale.Kind switch { TransactionKind.Training => new XAttribute("TrainingModeFlag", "true"), TransactionKind.Cancelled => new XAttribute("CancelledFlag", "true"), _ => null },
            Element("RetailStoreID", till.Sale.Place.Store), Element("WorkstationID", till.Sale.Place.Terminal), Element("SequenceNumber", till.Sale.Number),
            Element("BusinessDayDate", Date(till.Sale, "yyyy-MM-dd")), Element("BeginDateTime", At(till.Sale, "yyyy-MM-dd'T'HH:mm:ss") + "+09:00"),
            Element(
                "RetailTransaction",
                till.Sale.Lines.Select(line => Element("LineItem", Element(
                    "Sale", Element("ItemID", line.Item), Element("MerchandiseHierarchy", line.Category), Element("Description", line.Name), Element("ActualSalesUnitPrice", Plain(line.Price)),
                    Element("ExtendedAmount", Plain(line.Amount)), Element("Quantity", Plain(line.Quantity)),
                    Element("Tax", new XAttribute("TaxType", line.Rate.Category switch { TaxCategory.Standard => "Sales", TaxCategory.Reduced => "Reduced", _ => "Exempt" }), Element("Percent", Plain(line.Rate.Percent)))))),
                till.Record.Tenders.Select(tender => Element("LineItem", Element(
                    "Tender", new XAttribute("TenderType", tender.Method switch { "cash" => "Cash", "credit" => "CreditDebit", "e_money" => "ElectronicToll", _ => "Voucher" }), Element("Amount", Plain(Units(tender.Amount)))))),
                Element("Total", new XAttribute("TotalType", "TransactionGrandAmount"), Total(till)),
                till.Sale.Customer.Length == 0 ? null : Element("Customer", Element("CustomerID", till.Sale.Customer)),
                Element("CustomerCount", till.Sale.Guests)))))).ToString())]);

    private static VendorFormat Shopify => new(
        "shopify-pos",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Training, TransactionKind.Cancelled, TransactionKind.Suspended],
            Places = [new("655441491", "7")],
            Rates = Inclusive,
            BasisOfReceipt = EitherBasis,
            Rounding = TaxRounding.HalfUp,
            Customer = true,
            CustomerCode = random => $"{random.Next(1_000_000)}",
            LineDiscounts = [(DiscountKind.Receipt, "discount_allocations.*.amount")],
            // An order line without tax lines states no tax.
            Stated = rate => rate.BasisPoints > 0,
            Revision = true,
            Item = Goods.Numbered,
            Number = Id,
        },
        tills => tills.Select(till => Json(new
        {
            id = Number(till),
            test = till.Sale.Kind == TransactionKind.Training,
            taxes_included = till.Sale.Lines[0].Rate.Basis == TaxBasis.Inclusive,
            device_id = 7,
            location_id = 655441491,
            processed_at = Iso(till),
            updated_at = Changed(till),
            cancelled_at = till.Sale.Kind == TransactionKind.Cancelled ? Changed(till) : null,
            financial_status = till.Sale.Kind == TransactionKind.Suspended ? "pending" : "paid",
            total_price = Total(till),
            customer = till.Sale.Customer.Length == 0 ? null : new { id = long.Parse(till.Sale.Customer, CultureInfo.InvariantCulture) },
            line_items = till.Sale.Lines.Select((line, at) => new
            {
                sku = line.Item,
                name = line.Name,
                quantity = line.Quantity,
                price = Plain(line.Price),
                discount_allocations = line.Discounts[0] == 0 ? [] : new[] { new { amount = Plain(line.Discounts[0] - 1) }, new { amount = "1" } },
                tax_lines = line.Rate.BasisPoints == 0 ? [] : new[] { new { rate = line.Rate.BasisPoints / 10_000m, price = Plain(Units(till.Record.Lines[at].Tax)) } },
            }),
            shipping_lines = Array.Empty<object>(),
        })));

    private static VendorFormat ShopifyRefunds => new(
        "shopify-pos-refunds",
        new Carries
        {
            Kinds = [TransactionKind.Return],
            Places = [new("655441491", "REFUND")],
            Rates = Inclusive,
            Rounding = TaxRounding.HalfUp,
            Tenders = ["cash", "credit", "gift_card", "other"],
            MostTenders = 2,
            Stated = _ => true,
            Item = Goods.Numbered,
            Number = Id,
        },
        tills => tills.Select(till => Json(new
        {
            id = Number(till),
            order_id = 450789469,
            processed_at = Iso(till),
            refund_line_items = till.Sale.Lines.Select((line, at) => new
            {
                location_id = 655441491,
                quantity = line.Quantity,
                subtotal = line.Amount,
                total_tax = -Units(till.Record.Lines[at].Tax),
                line_item = new { sku = line.Item, name = line.Name, price = Plain(line.Price), tax_lines = line.Rate.BasisPoints == 0 ? [] : new[] { new { rate = line.Rate.BasisPoints / 10_000m } } },
            }),
            transactions = till.Record.Tenders.Select(tender => new
            {
                gateway = tender.Method switch { "credit" => "shopify_payments", "other" => "bogus", var word => word },
                amount = Plain(-Units(tender.Amount)),
            }),
        })));

    private static VendorFormat Smaregi => new(
        "smaregi",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Return, TransactionKind.Cancelled, TransactionKind.Suspended],
            Places = [new("1", "2")],
            Rates =
            [
                new(1000, TaxCategory.Standard, TaxBasis.Inclusive), new(800, TaxCategory.Reduced, TaxBasis.Exclusive), new(1000, TaxCategory.Exempt, TaxBasis.Untaxed), new(0, TaxCategory.TaxFree, TaxBasis.Untaxed),
            ],
            Rounding = TaxRounding.HalfUp,
            TaxByLine = true,
            Guests = true,
            Customer = true,
            Categories = ["12", "3"],
            LineDiscounts = [(DiscountKind.Receipt, "discountPriceProportional"), (DiscountKind.Points, "discountPointProportional"), (DiscountKind.Coupon, "discountCouponProportional")],
            Tenders = ["cash", "credit"],
            MostTenders = 2,
            Revision = true,
        },
        tills => [Json(tills.Select(till => new
        {
            transactionHeadId = till.Sale.Number, transactionHeadDivision = till.Sale.Kind == TransactionKind.Suspended ? "10" : "1", cancelDivision = till.Sale.Kind == TransactionKind.Cancelled ? "1" : "0",
            total = Total(till), cashTotal = Paid(till, "cash"), creditTotal = Paid(till, "credit"), storeId = "1", terminalId = "2", terminalTranDateTime = Iso(till),
            // Empty until the register is closed; the store's cut-over says the same day.
            sumDate = till.Sale.Guests == 1 ? "" : Date(till.Sale, "yyyy-MM-dd"),
            guestNumbers = $"{till.Sale.Guests}", customerCode = till.Sale.Customer.Length == 0 ? null : till.Sale.Customer, updDateTime = Changed(till),
            details = till.Sale.Lines.Select(line => new
            {
                productCode = line.Item, productName = line.Name, categoryId = line.Category, taxDivision = line.Rate.Basis switch { TaxBasis.Inclusive => "0", TaxBasis.Exclusive => "1", _ => "2" },
                taxFreeDivision = line.Rate.Category == TaxCategory.TaxFree ? "1" : "0", reduceTaxId = line.Rate.Category == TaxCategory.Reduced ? "10000001" : null, taxRate = Plain(line.Rate.Percent) + ".000",
                salesPrice = Plain(line.Price), quantity = Plain(till.Sale.Sign * line.Quantity), unitDiscountedSum = Plain(till.Sale.Sign * line.Amount), salesDivision = "0",
                discountPriceProportional = Plain(till.Sale.Sign * line.Discounts[0]), discountPointProportional = Plain(till.Sale.Sign * line.Discounts[1]),
                discountCouponProportional = Plain(till.Sale.Sign * line.Discounts[2]),
            }),
        }))]);

    private static VendorFormat Square => new(
        "square",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Suspended, TransactionKind.Cancelled],
            Places = [new("L7A9SHIBUYA", "Point of Sale")],
            Rates = [new(1000, TaxCategory.Standard, TaxBasis.Inclusive), new(800, TaxCategory.Reduced, TaxBasis.Exclusive), new(0, TaxCategory.Exempt, TaxBasis.Exclusive)],
            Rounding = TaxRounding.HalfUp,
            Customer = true,
            LineDiscounts = [(DiscountKind.Line, "total_discount_money.amount")],
            Tenders = ["cash", "credit", "qr", "gift_card", "other"],
            MostTenders = 2,
            Stated = _ => true,
            Revision = true,
        },
        tills => [Json(new
        {
            orders = tills.Select(till => new
            {
                id = till.Sale.Number, location_id = "L7A9SHIBUYA", source = new { name = "Point of Sale" }, created_at = Utc(till, 0), updated_at = Utc(till, 2),
                state = till.Sale.Kind switch { TransactionKind.Sale => "COMPLETED", TransactionKind.Suspended => "OPEN", _ => "CANCELED" },
                customer_id = till.Sale.Customer.Length == 0 ? null : till.Sale.Customer, total_money = Minor(Units(till.Record.Gross)),
                taxes = new[] { new { uid = "std", percentage = "10", type = "INCLUSIVE" }, new { uid = "red", percentage = "8", type = "ADDITIVE" } },
                line_items = till.Sale.Lines.Select((line, at) => new
                {
                    catalog_object_id = line.Item, name = line.Name, quantity = Plain(line.Quantity), base_price_money = Minor(line.Price), gross_sales_money = Minor(line.Amount),
                    total_discount_money = Minor(line.Discounts[0]), total_tax_money = Minor(Units(till.Record.Lines[at].Tax)),
                    applied_taxes = line.Rate.BasisPoints == 0 ? [] : new[] { new { tax_uid = line.Rate.BasisPoints == 1000 ? "std" : "red" } },
                }),
                tenders = till.Record.Tenders.Select(tender => new
                {
                    type = tender.Method switch { "cash" => "CASH", "credit" => "CARD", "qr" => "WALLET", "gift_card" => "SQUARE_GIFT_CARD", _ => "OTHER" }, amount_money = Minor(Units(tender.Amount)),
                }),
            }),
        })]);

    private static VendorFormat Ubiregi => new(
        "ubiregi",
        new Carries
        {
            Kinds = [TransactionKind.Sale, TransactionKind.Return, TransactionKind.Suspended, TransactionKind.Cancelled],
            Places = [new("47311", "9")],
            Rates = Exclusive,
            Guests = true,
            Categories = ["71", "72"],
            LineDiscounts = [(DiscountKind.Line, "discount_sales")],
            Tenders = ["cash", "credit", "e_money", "qr", "voucher"],
            MostTenders = 3,
            Stated = _ => true,
            Item = Goods.Numbered,
        },
        tills => [Json(new
        {
            checkouts = tills.Select(till => new
            {
                guid = till.Sale.Number, account_id = 47311, cashier_id = 9, paid_at = Utc(till, 0), sales_date = Date(till.Sale, "yyyy-MM-dd"), price = Total(till), customers_count = till.Sale.Guests,
                status = till.Sale.Kind switch { TransactionKind.Suspended => "open", TransactionKind.Cancelled => till.Sale.Guests > 1 ? "deleted" : "cancel", _ => "close" }, change = "0.0",
                payments = till.Record.Tenders.Select(tender => new { payment_type_kind = tender.Method == "e_money" ? "money" : tender.Method, amount = Plain(Units(tender.Amount)) }),
                items = till.Sale.Lines.Select((line, at) => new
                {
                    menu_item_id = int.Parse(line.Item, CultureInfo.InvariantCulture), name = line.Name, category_id = int.Parse(line.Category, CultureInfo.InvariantCulture), count = till.Sale.Sign * line.Quantity,
                    unit_price = Plain(line.Price), sales = Plain(till.Sale.Sign * line.Amount), discount_sales = Plain(till.Sale.Sign * line.Discounts[0]), tax_rate = Plain(line.Rate.Percent),
                    tax_total = Plain(Units(till.Record.Lines[at].Tax)),
                }),
            }),
        })]);

    private static byte[] Json(object payload) => JsonSerializer.SerializeToUtf8Bytes(payload);

    private static XElement Element(string name, params object?[] content) => new(XName.Get(name, "http://www.nrf-arts.org/IXRetail/namespace/"), content);

    private static string Id(TransactionKind kind, int number) => (450_789_000 + number).ToString(CultureInfo.InvariantCulture);

    private static long Number(Till till) => long.Parse(till.Sale.Number, CultureInfo.InvariantCulture);

    private static string Iso(Till till) => At(till.Sale, "yyyy-MM-dd'T'HH:mm:ss") + "+09:00";

    private static string Changed(Till till) => till.Sale.Wall.AddHours(2).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + "+09:00";

    private static string Utc(Till till, int hoursLater) => till.Sale.Wall.AddHours(hoursLater - 9).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + "Z";

    private static string Paid(Till till, string method) => Plain(till.Record.Tenders.Where(tender => tender.Method == method).Sum(tender => Units(tender.Amount)));

    private static object Minor(decimal yen) => new { amount = (long)yen, currency = "JPY" };

    private static string Word(TaxCategory category) => category switch { TaxCategory.Standard => "standard", TaxCategory.Reduced => "reduced", _ => "exempt" };
}
