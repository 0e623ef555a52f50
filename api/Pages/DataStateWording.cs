namespace RetailInsight.Api.Pages;

/// <summary>The texts about the state of the data beside figures.</summary>
internal sealed record DataStateWording
{
    public static DataStateWording Japanese { get; } = new()
    {
        Registers = "レジ {1}台中 {0}台から受信",
        RegisterDays = "レジ のべ{1}台日中 {0}台日を受信",
        Stores = "{1}店舗中 {0}店舗のデータがそろっています",
        Days = "{1}日中 {0}日のデータがそろっています",
        NotWhole = "そろっていない店舗：{0}",
        AndMore = "ほか{0}店舗",
        Separator = "、",
        MissingNumbers = "レシート番号の抜け {0}件",
        Simulated = "来店数はシミュレーションしたカウンタの値です",
        Late = "遅れて届いたレシート {0}件",
        Until = "最後の取引 {0}",
        Alike = "両方に売上のある {0}店舗どうしで比べています（この日 {1}店舗、比較日 {2}店舗）",
        ComparedPart = "比較分 {0}、{1}",
        WithoutRunning = "営業中の {0} は含みません",
        PartStores = "{1}店舗中 {0}店舗のみ",
        PartStoreDays = "のべ{1}店舗日中 {0}店舗日のみ",
    };

    public static DataStateWording English { get; } = new()
    {
        Registers = "{0} of {1} registers reporting",
        RegisterDays = "{0} of {1} register-days received",
        Stores = "Data of {0} of {1} stores is complete",
        Days = "Data of {0} of {1} days is complete",
        NotWhole = "Incomplete: {0}",
        AndMore = "{0} more",
        Separator = ", ",
        MissingNumbers = "{0} receipt numbers missing",
        Simulated = "Visitors are those of simulated counters",
        Late = "{0} receipts came late",
        Until = "Last sale {0}",
        Alike = "Compared over the {0} stores with sales on both days ({1} on this day, {2} on the other)",
        ComparedPart = "{0} of what compares, {1}",
        WithoutRunning = "{0} still runs and is left out",
        PartStores = "{0} of {1} stores only",
        PartStoreDays = "{0} of {1} store-days only",
    };

    /// <summary>{0} registers reported of {1} expected.</summary>
    public required string Registers { get; init; }

    /// <summary>Likewise over several days, each register counting once a day.</summary>
    public required string RegisterDays { get; init; }

    /// <summary>{0} of {1} stores.</summary>
    public required string Stores { get; init; }

    /// <summary>{0} of {1} days of a store.</summary>
    public required string Days { get; init; }

    /// <summary>{0} are the names of stores.</summary>
    public required string NotWhole { get; init; }

    public required string AndMore { get; init; }

    /// <summary>Between names.</summary>
    public required string Separator { get; init; }

    public required string MissingNumbers { get; init; }

    /// <summary>Of a demonstration: nobody walked through a door.</summary>
    public required string Simulated { get; init; }

    public required string Late { get; init; }

    public required string Until { get; init; }

    /// <summary>{0} stores are compared; {1} sold on the day, {2} on the other one.</summary>
    public required string Alike { get; init; }

    /// <summary>{0} is the part of a figure that is compared, {1} says with what.</summary>
    public required string ComparedPart { get; init; }

    /// <summary>{0} is the day that runs.</summary>
    public required string WithoutRunning { get; init; }

    /// <summary>{0} of {1} stores are in a bar.</summary>
    public required string PartStores { get; init; }

    /// <summary>{0} of {1} store-days are in a bar.</summary>
    public required string PartStoreDays { get; init; }

    public static DataStateWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
