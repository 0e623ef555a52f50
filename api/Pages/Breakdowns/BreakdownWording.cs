namespace RetailInsight.Api.Pages.Breakdowns;

/// <summary>The texts of what sales are made of.</summary>
internal sealed record BreakdownWording
{
    public static BreakdownWording Japanese { get; } = new()
    {
        Title = "内訳",
        Separator = "・",
        Tenders = "支払方法",
        TendersNote = "税込。併用したレシートは両方に数えます。",
        Tender = "方法",
        Amount = "金額",
        Share = "構成比",
        Receipts = "レシート",
        Discounts = "値引",
        DiscountHeadline = "値引率 {0}({1})",
        DiscountsNote = "値引率 = 値引額 ÷ (売上高(税抜) + 値引額)。返品で戻した値引は差し引いています。",
        Kind = "種類",
        Taxes = "税率別",
        Rate = "税率",
        Tax = "消費税",
        Efficiency = "人時・面積・人数",
        EfficiencyNote = "勤務時間のある日、面積の分かる店舗だけで計算しています。",
        Figure = "指標",
        Value = "値",
        Unnamed = "名称なし",
        TenderNames = [("cash", "現金"), ("credit", "クレジット"), ("card", "カード"), ("e_money", "電子マネー"), ("qr", "QRコード"), ("points", "ポイント"), ("gift", "商品券")],
        DiscountKinds = [("line", "商品の値引"), ("item", "商品の値引"), ("receipt", "小計の値引"), ("coupon", "クーポン"), ("member", "会員割引"), ("points", "ポイント")],
    };

    public static BreakdownWording English { get; } = new()
    {
        Title = "Made of",
        Separator = ", ",
        Tenders = "Tenders",
        TendersNote = "Tax included. A receipt paid with two methods counts for both.",
        Tender = "Method",
        Amount = "Amount",
        Share = "Share",
        Receipts = "Receipts",
        Discounts = "Discounts",
        DiscountHeadline = "{0} of sales before discount ({1})",
        DiscountsNote = "Rate = discount ÷ (net sales + discount). What returns took back of discounts is deducted.",
        Kind = "Kind",
        Taxes = "Tax by rate",
        Rate = "Rate",
        Tax = "Tax",
        Efficiency = "Hours, area, guests",
        EfficiencyNote = "Only days with staff hours and stores whose area is known.",
        Figure = "Figure",
        Value = "Value",
        Unnamed = "Without a name",
        TenderNames = [("cash", "Cash"), ("credit", "Credit card"), ("card", "Card"), ("e_money", "Electronic money"), ("qr", "QR code"), ("points", "Points"), ("gift", "Gift voucher")],
        DiscountKinds = [("line", "Off an item"), ("item", "Off an item"), ("receipt", "Off the receipt"), ("coupon", "Coupon"), ("member", "Members"), ("points", "Points")],
    };

    public required string Title { get; init; }

    public required string Separator { get; init; }

    public required string Tenders { get; init; }

    public required string TendersNote { get; init; }

    public required string Tender { get; init; }

    public required string Amount { get; init; }

    public required string Share { get; init; }

    public required string Receipts { get; init; }

    public required string Discounts { get; init; }

    public required string DiscountHeadline { get; init; }

    public required string DiscountsNote { get; init; }

    public required string Kind { get; init; }

    public required string Taxes { get; init; }

    public required string Rate { get; init; }

    public required string Tax { get; init; }

    public required string Efficiency { get; init; }

    public required string EfficiencyNote { get; init; }

    public required string Figure { get; init; }

    public required string Value { get; init; }

    public required string Unnamed { get; init; }

    /// <summary>What the common codes of tenders are called.</summary>
    public required IReadOnlyList<(string Code, string Name)> TenderNames { get; init; }

    /// <summary>What the common kinds of discounts are called.</summary>
    public required IReadOnlyList<(string Code, string Name)> DiscountKinds { get; init; }

    public static BreakdownWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
