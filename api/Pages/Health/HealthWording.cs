namespace RetailInsight.Api.Pages.Health;

/// <summary>The texts of the page of data health.</summary>
internal sealed record HealthWording
{
    public static HealthWording Japanese { get; } = new()
    {
        Title = "データの状態",
        NothingKnown = "この日の記録はありません",
        ToDo = "まず確かめること",
        NothingToDo = "この日のデータはそろっています。することはありません。",
        NoReceipts = "売上がまったく届いていません",
        NoReceiptsAct = "レジの送信とPOS会社の連携状況をご確認ください。休業日なら営業時間の設定を見直します。",
        ConversionOver = "来店数よりレシートが多くなっています",
        ConversionOverAct = "カウンタのない入口がないか、機器が逆向きでないかを確かめてください。この日の買上率は使えません。",
        CounterOdd = "カウンタ {0}：{1}",
        CounterOddAct = "機器を確かめる",
        SilentRegisters = "レジ {0}台から届いていません",
        SilentRegistersAct = "下の一覧で止まっているレジを確かめ、再送信してください。届きしだい集計し直します。",
        MissingNumbers = "レシート番号が {0}件抜けています",
        MissingNumbersAct = "途中の取引が届いていない可能性があります。その日の全件を再送信しても二重には数えません。",
        CounterAct = "来店客数と買上率は参考値です。カウンタの電源と通信をご確認ください。",
        Late = "締めから24時間以上たって届いたレシートが {0}件あります",
        LateAct = "この日の数字はあとから変わっています。下の「あとから変わった数字」をご覧ください。",
        Grid = "2週間の受信状況",
        GridNote = "○ そろっている　△ 一部欠けている　× 届いていない　– 記録なし。選ぶとその日の詳細を表示します。",
        Registers = "レジ別",
        Register = "レジ",
        LastReceipt = "最後の取引",
        LastReceived = "最後の受信",
        Numbers = "レシート番号",
        Gaps = "抜け",
        Reports = "レジの精算レポートとの照合",
        ReportsNote = "レジの日報（Zレポート）が申告した売上と、ここで集計した売上を円単位で比べます。",
        ReportSays = "レジの申告",
        Published = "集計した売上",
        Difference = "差（集計 − 申告）",
        Agrees = "一致",
        WithoutTax = "（税抜）",
        SomeRegisters = "レジ {0}台分の申告のみ",
        ReportDiffers = "レジの精算レポートと {0} 違います",
        ReportDiffersAct = "届いていない取引、保留中の取引、取消や丸めが原因のことがあります。内訳はデータ担当者が照合の画面で確かめられます。",
    };

    public static HealthWording English { get; } = new()
    {
        Title = "Data health",
        NothingKnown = "Nothing is on record of this day",
        ToDo = "To check first",
        NothingToDo = "The data of this day is complete. There is nothing to do.",
        NoReceipts = "No sales have arrived at all",
        NoReceiptsAct = "Check whether the registers send and the POS company's link is up. On a day off, correct the opening hours.",
        ConversionOver = "More receipts than visitors",
        ConversionOverAct = "A door may have no counter, or one hangs the wrong way round. Conversion of the day says nothing.",
        CounterOdd = "Counter {0}: {1}",
        CounterOddAct = "Look at the device",
        SilentRegisters = "{0} registers are silent",
        SilentRegistersAct = "See below which ones, and send their day again. Figures are computed anew as soon as it arrives.",
        MissingNumbers = "{0} receipt numbers are missing",
        MissingNumbersAct = "Some transactions may not have arrived. Sending the whole day again never counts anything twice.",
        CounterAct = "Visitors and conversion are for reference only. Check power and network of the counter.",
        Late = "{0} receipts came more than 24 hours after closing",
        LateAct = "The figures of this day changed afterwards: see “Figures that changed” below.",
        Grid = "Two weeks at a glance",
        GridNote = "○ complete　△ something is missing　× nothing arrived　– no record. Choose one to see that day.",
        Registers = "By register",
        Register = "Register",
        LastReceipt = "Last sale",
        LastReceived = "Last received",
        Numbers = "Receipt numbers",
        Gaps = "Missing",
        Reports = "Against the registers' own reports",
        ReportsNote = "Sales as the registers' day reports (Z reports) declare them, compared to the last unit with the sales counted here.",
        ReportSays = "Registers declare",
        Published = "Sales counted",
        Difference = "Difference (counted − declared)",
        Agrees = "agrees",
        WithoutTax = "(excluding tax)",
        SomeRegisters = "declared by {0} registers only",
        ReportDiffers = "{0} against the registers' day report",
        ReportDiffersAct = "Receipts that have not arrived or are held, voids or rounding can be the cause. The data team sees the parts of a difference in the reconciliation.",
    };

    public required string Title { get; init; }

    public required string NothingKnown { get; init; }

    public required string ToDo { get; init; }

    public required string NothingToDo { get; init; }

    public required string NoReceipts { get; init; }

    public required string NoReceiptsAct { get; init; }

    public required string ConversionOver { get; init; }

    public required string ConversionOverAct { get; init; }

    public required string CounterOdd { get; init; }

    public required string CounterOddAct { get; init; }

    public required string SilentRegisters { get; init; }

    public required string SilentRegistersAct { get; init; }

    public required string MissingNumbers { get; init; }

    public required string MissingNumbersAct { get; init; }

    public required string CounterAct { get; init; }

    public required string Late { get; init; }

    public required string LateAct { get; init; }

    public required string Grid { get; init; }

    public required string GridNote { get; init; }

    public required string Registers { get; init; }

    public required string Register { get; init; }

    public required string LastReceipt { get; init; }

    public required string LastReceived { get; init; }

    public required string Numbers { get; init; }

    public required string Gaps { get; init; }

    public required string Reports { get; init; }

    public required string ReportsNote { get; init; }

    public required string ReportSays { get; init; }

    public required string Published { get; init; }

    public required string Difference { get; init; }

    public required string Agrees { get; init; }

    public required string WithoutTax { get; init; }

    public required string SomeRegisters { get; init; }

    public required string ReportDiffers { get; init; }

    public required string ReportDiffersAct { get; init; }

    public static HealthWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
