namespace RetailInsight.Api.Metrics;

/// <summary>
/// Every number the product shows, once: pages, CSV and API take name, formula and value from here. A new metric is an entry here.
/// </summary>
internal static class MetricCatalogue
{
    private const decimal SquareMetresPerTsubo = 400m / 121m;

    private static readonly Text Sales = new(
        "取消・練習取引を除く。返品は返品日の売上から差し引く。", "Without voided and training transactions; returns are deducted on the day they happen.");

    private static readonly Text Counted = new(
        "計数とレシートの両方が届いた日・時間帯だけを分子と分母に数える。欠測は0ではない。", "Only days and hours of which both counts and receipts arrived, on both sides: missing is not zero.");

    private static readonly Text WithArea = new(
        "面積が登録された店舗だけ。面積は営業日数分を数える。", "Only stores whose area is known; the area counts once a trading day.");

    private static readonly Text Received = new("受信したすべてのレシートから。", "Out of every receipt received.");

    /// <summary>All metrics, in the order they are shown.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        new("net_sales", new("売上高(税抜)", "Net sales"), new("Σ 税抜売上 − Σ 税抜返品", "Σ tax-exclusive sales − Σ tax-exclusive returns"), Sales, "net")
        { Micros = true, Unit = "currency", TaxBasis = "exclusive" },
        new("gross_sales", new("売上高(税込)", "Gross sales"), new("Σ 税込売上 − Σ 税込返品", "Σ tax-inclusive sales − Σ tax-inclusive returns"), Sales, "gross")
        { Micros = true, Unit = "currency", TaxBasis = "inclusive" },
        new("tax", new("消費税額", "Tax"), new("Σ 売上の税 − Σ 返品の税", "Σ tax of sales − Σ tax of returns"), Sales, "tax")
        { Micros = true, Unit = "currency", Direction = "neutral" },
        new("receipts", new("レジ客数", "Receipts"), new("販売レシートの枚数", "Number of sale receipts"), new(
            "明細が1行以上で税抜0以上の販売レシート。返品・取消は数えない。", "Sale receipts with at least one line and net of zero or more; no returns, no voids."), "receipts")
        { Unit = "receipts" },
        new("basket_value", new("客単価", "Basket value"), new("Σ 税抜売上高 ÷ Σ レジ客数", "Σ net sales ÷ Σ receipts"), Sales, "net")
        { Denominator = "receipts", Micros = true, Unit = "currency per receipt", Decimals = 2, TaxBasis = "exclusive" },
        new("items", new("販売点数", "Items"), new("Σ 商品の数量", "Σ merchandise quantity"), new(
            "商品明細の数量。袋・手数料は除く。", "Quantity of merchandise lines; bags and fees are left out."), "items")
        { Micros = true, Unit = "pieces" },
        new("items_per_receipt", new("買上点数", "Items per receipt"), new("Σ 販売点数 ÷ Σ レジ客数", "Σ items ÷ Σ receipts"), Sales, "items")
        { Denominator = "receipts", Micros = true, Unit = "pieces per receipt", Decimals = 2 },
        new("item_price", new("一品単価", "Item price"), new("Σ 税抜売上高 ÷ Σ 販売点数", "Σ net sales ÷ Σ items"), Sales, "net")
        { Denominator = "items", Micros = true, DenominatorMicros = true, Unit = "currency per piece", Decimals = 2, TaxBasis = "exclusive", Direction = "neutral" },
        new("returns", new("返品件数", "Returns"), new("返品レシートの枚数", "Number of return receipts"), new(
            "返品日に数える。取消は含まない。", "Counted on the day of the return; voids are none."), "returns")
        { Unit = "receipts", Direction = "down" },
        new("return_net", new("返品額(税抜)", "Returned net"), new("Σ 返品の税抜金額(負)", "Σ tax-exclusive amount of returns, negative"), new(
            "返品日に数える。", "Counted on the day of the return."), "return_net")
        { Micros = true, Unit = "currency", TaxBasis = "exclusive", Direction = "neutral" },
        new("return_rate", new("返品率", "Return rate"), new("Σ 返品件数 ÷ Σ レジ客数", "Σ returns ÷ Σ receipts"), new(
            "件数による率。返品と元の販売は別の日のことがある。", "By number; a return and its sale may lie on different days."), "returns")
        { Denominator = "receipts", Unit = "ratio", Decimals = 4, Direction = "down" },
        new("visitors", new("来店客数", "Visitors"), new("Σ 入口を内側へ横切った人数", "Σ people who crossed an entrance line inwards"), new(
            "営業時間内。再入店はもう一度数える。従業員は区別しない。計数のない日は空欄。",
            "In opening hours; re-entry counts again, staff are not told apart. Empty where no counter reported."), "visitors")
        { Unit = "people" },
        new("conversion", new("買上率", "Conversion"), new("Σ レジ客数 ÷ Σ 来店客数", "Σ receipts ÷ Σ visitors"), Counted, "counted_receipts")
        { Denominator = "counted_visitors", Version = 2, Since = new(2026, 11, 22), Unit = "ratio", Decimals = 4 },
        new("sales_per_visitor", new("来店客あたり売上", "Sales per visitor"), new("Σ 税抜売上高 ÷ Σ 来店客数", "Σ net sales ÷ Σ visitors"), Counted, "counted_net")
        { Denominator = "counted_visitors", Version = 2, Since = new(2026, 11, 22), Micros = true, Unit = "currency per person", Decimals = 2, TaxBasis = "exclusive" },
        new("counter_coverage", new("計数の充足率", "Counter coverage"), new("Σ 受信した分 ÷ Σ 期待した分", "Σ minutes received ÷ Σ minutes expected"), new(
            "営業時間 × 計数線。90 %未満の日の来店客数と買上率は参考値。", "Opening minutes × door lines. Below 90 % visitors and conversion are for reference."), "observed_minutes")
        { Denominator = "expected_minutes", Unit = "ratio", Decimals = 4 },
        new("sales_per_tsubo", new("坪効率(1営業日)", "Sales per tsubo and trading day"),
            new("Σ 税抜売上高 ÷ Σ (坪数 × 営業日)、1坪 = 400/121 m²", "Σ net sales ÷ Σ (tsubo × trading days), 1 tsubo = 400/121 m²"), WithArea, "area_net")
        { Denominator = "area_days", Micros = true, Factor = SquareMetresPerTsubo, Unit = "currency per tsubo and day", Decimals = 2, TaxBasis = "exclusive" },
        new("sales_per_square_metre", new("面積効率(1営業日)", "Sales per square metre and trading day"),
            new("Σ 税抜売上高 ÷ Σ (m² × 営業日)", "Σ net sales ÷ Σ (m² × trading days)"), WithArea, "area_net")
        { Denominator = "area_days", Micros = true, Unit = "currency per m² and day", Decimals = 2, TaxBasis = "exclusive" },
        new("guests", new("客数", "Guests"), new("Σ 申告された客数", "Σ guests stated on receipts"), new(
            "人数を送るPOSだけ。レジ客数とは別。", "Only registers that state how many people; not the same as receipts."), "guests")
        { Unit = "people" },
        new("sales_per_guest", new("客数あたり売上", "Sales per guest"), new("Σ 税抜売上高 ÷ Σ 客数", "Σ net sales ÷ Σ guests"), new(
            "客数のある日・時間帯だけ。", "Only days and hours with guests, on both sides."), "guest_net")
        { Denominator = "guests", Micros = true, Unit = "currency per person", Decimals = 2, TaxBasis = "exclusive" },
        new("identified_share", new("会員比率", "Identified share"), new("Σ 顧客が分かるレシート ÷ Σ レジ客数", "Σ receipts with a customer ÷ Σ receipts"), Sales, "identified_receipts")
        { Denominator = "receipts", Unit = "ratio", Decimals = 4 },
        new("discount", new("値引額", "Discount"), new("Σ 値引 − Σ 返品で戻した値引", "Σ discounts − Σ discounts taken back by returns"), new(
            "レシートに書かれた税の扱いのまま。正の値が売上を下げる。", "On the receipts' own tax basis; positive lowers sales."), "discount")
        { Micros = true, Unit = "currency", Direction = "neutral" },
        new("discount_rate", new("値引率", "Discount rate"), new("Σ 値引額 ÷ Σ (税抜売上高 + 値引額)", "Σ discount ÷ Σ (net sales + discount)"), new(
            "値引は値引を書いたレシートの税の扱いのまま、売上は税抜。税込の値引では率が少し高くなる。",
            "Discounts on the receipts' own tax basis, sales without tax: where discounts contain tax the rate is a little high."), "discount")
        { Denominator = "before_discount", Micros = true, DenominatorMicros = true, Unit = "ratio", Decimals = 4, Direction = "neutral" },
        new("sales_target", new("売上目標(税抜)", "Sales target"), new("Σ 目標のある店舗・営業日の目標", "Σ targets of the store-days that have one"), new(
            "似た店舗の平均から。3店未満の組は除く。", "From the mean of similar stores; groups of fewer than three stores are left out."), "target")
        { Micros = true, Unit = "currency", TaxBasis = "exclusive", Direction = "neutral" },
        new("target_achievement", new("目標達成率", "Target achievement"), new("Σ 目標のある店舗・営業日の売上高 ÷ Σ その目標", "Σ net sales of the store-days with a target ÷ Σ their targets"), new(
            "分子と分母は同じ店舗・営業日。", "Numerator and denominator are of the same store-days."), "target_actual")
        { Denominator = "target", Micros = true, DenominatorMicros = true, Unit = "ratio", Decimals = 4 },
        new("tender_amount", new("支払額", "Tendered amount"), new("Σ 支払 − Σ 返金", "Σ payments − Σ refunds"), new(
            "支払方法別。税込。", "By tender method, tax included."), "tender_amount")
        { Micros = true, Unit = "currency", TaxBasis = "inclusive", Direction = "neutral" },
        new("tender_receipts", new("支払方法別レシート数", "Receipts by tender"), new("その支払方法を含むレシート", "Receipts paid with the method"), new(
            "併用は両方に数えるため、支払方法で合計しない。", "A receipt with two methods counts for both, so methods do not add up."), "tender_receipts")
        { Unit = "receipts", Direction = "neutral" },
        new("quantity", new("数量", "Quantity"), new("Σ 数量", "Σ quantity"), new(
            "袋・手数料を含む販売数量。返品は含まない。", "Sold quantity, bags and fees included; no returns."), "quantity")
        { Micros = true, Unit = "pieces" },
        new("returned_quantity", new("返品数量", "Returned quantity"), new("Σ 返品の数量", "Σ quantity on returns"), new(
            "返品日に数える。正の値。", "Counted on the day of the return; positive."), "returned_quantity")
        { Micros = true, Unit = "pieces", Direction = "down" },
        new("containing_receipts", new("含むレシート数", "Receipts containing it"), new("商品・部門を含むレシート", "Receipts that contain the item or category"), new(
            "1枚のレシートが複数の行に数えられるため、合計しない。", "A receipt counts in each of its rows, so rows do not add up."), "containing_receipts")
        { Unit = "receipts" },
        new("sales_per_labour_hour", new("人時売上高", "Sales per labour hour"), new("Σ 税抜売上高 ÷ Σ 労働時間", "Σ net sales ÷ Σ hours worked"), new(
            "勤務時間のある日・時間帯だけ。接客する人の時間。", "Only days and hours with staff hours, on both sides; hours of those who serve."), "labour_net")
        { Denominator = "labour_minutes", Micros = true, Factor = 60, Unit = "currency per hour", Decimals = 2, TaxBasis = "exclusive" },
        new("register_coverage", new("レジの充足率", "Register coverage"), new("Σ 届いたレジ ÷ Σ 期待したレジ", "Σ registers that reported ÷ Σ registers expected"), new(
            "営業日ごとに数える。", "Counted by store-day."), "registers_reported")
        { Denominator = "registers_expected", Unit = "ratio", Decimals = 4 },
        new("late_receipts", new("遅着レシート", "Late receipts"), new("遅れて届いたレシート", "Receipts that arrived late"), Received, "late_receipts")
        { Unit = "receipts", Direction = "down" },
        new("missing_numbers", new("欠番", "Missing receipt numbers"), new("レジごとの番号の欠け", "Gaps in the registers' numbers"), Received, "missing_numbers")
        { Unit = "numbers", Direction = "down" },
        new("voided_receipts", new("取消レシート", "Voided receipts"), new("取消されたレシート", "Receipts that were voided"), Received, "voided_receipts")
        { Unit = "receipts", Direction = "down" },
    ];

    /// <summary>Every dimension, with its name.</summary>
    public static IReadOnlyDictionary<string, Text> Dimensions { get; } = new Dictionary<string, Text>
    {
        ["store"] = new("店舗", "Store"),
        ["business_date"] = new("営業日(日・週・月・四半期・年)", "Business date, by day, week, month, quarter or year"),
        ["weekday"] = new("曜日(1 = 月曜 … 7 = 日曜)", "Weekday, 1 = Monday … 7 = Sunday"),
        ["hour"] = new("時間帯(営業日の0時から、0〜47)", "Hour since midnight of the business date, 0 to 47"),
        ["category"] = new("部門", "Category"),
        ["item"] = new("商品コード", "Item code"),
        ["tender"] = new("支払方法", "Tender method"),
        ["discount_kind"] = new("値引の種類", "Kind of discount"),
        ["discount_label"] = new("値引の名称", "Label of the discount"),
        ["tax_rate"] = new("税率(1/100 %)", "Tax rate in basis points"),
        ["tax_category"] = new("税区分", "Tax category"),
    };

    private static readonly Dictionary<string, Metric> ById = All.ToDictionary(metric => metric.Id);

    /// <summary>The version of all definitions together: it changes with any of them.</summary>
    public static string Version { get; } = string.Join(',', All.Select(metric => metric.Version));

    /// <summary>The metric of an id; null when there is none.</summary>
    public static Metric? Find(string id) => ById.GetValueOrDefault(id);
}
