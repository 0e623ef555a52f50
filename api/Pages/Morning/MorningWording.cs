namespace RetailInsight.Api.Pages.Morning;

/// <summary>The texts of the morning sheet and of the pages about it.</summary>
internal sealed record MorningWording
{
    public static MorningWording Japanese { get; } = new()
    {
        Title = "朝のメール",
        Lead = "前日の結果とその理由、月の目標への進み、確かめたいことを、毎朝1通のメールでお送りします。",
        Mail = "メールアドレス",
        Hour = "送る時刻",
        HourValue = "{0}時",
        Stores = "店舗",
        LanguageName = "言語",
        Languages = ["日本語", "英語"],
        Note = "前日のデータがそろってから送ります。3時間待ってもそろわなければ、その旨を書いて送ります。時刻は店舗の現地時刻です。",
        Subscribe = "申し込む・変更する",
        Subscribed = "{0} に {1} 時以降お送りします。",
        NotSubscribed = "いまは申し込んでいません。",
        Saved = "保存しました。",
        Stop = "やめる",
        Stopped = "朝のメールを止めました。",
        Preview = "昨日のメールを見てみる",
        MailOff = "メールサーバーが設定されていないため、いまは送られません。",
        WrongMail = "メールアドレスを確かめてください。送れるのは会社が許可した宛先だけです。",
        Subject = "{0} {1}({2}) {3}",
        SubjectIncomplete = "【未着あり】{0} {1}({2}) {3}",
        Incomplete = "データがそろっていません。まだ届いていない店舗：{0}。数字はあとで変わります。",
        Yesterday = "昨日の結果",
        Month = "今月",
        MonthSoFar = "{0} までの売上高(税抜)",
        OfTarget = "目標 {1} のうち {0}",
        NoTarget = "目標のある日がまだありません。",
        Attention = "確かめたいこと",
        NothingToDo = "気になる点はありません。",
        NoReceipts = "レシートが届いていません",
        SilentRegisters = "{0}台のレジから届いていません",
        MissingNumbers = "レシート番号の抜け {0}件",
        Alerts = "アラート（対応が必要）",
        Notes = "メモ",
        LastDays = "この7日間の売上高(税抜)",
        AndMore = "ほか {0} 店舗",
        ToPage = "ページで見る",
        Unsubscribe = "このメールを止める",
        UnsubscribeTitle = "朝のメールを止める",
        UnsubscribeLead = "ボタンを押すと、朝のメールはもう届きません。ログインは要りません。",
        Unsubscribed = "止めました。また受け取りたいときは、アカウントのページから申し込めます。",
        UnknownLink = "このリンクは使えません。",
    };

    public static MorningWording English { get; } = new()
    {
        Title = "Morning sheet",
        Lead = "Yesterday and why, the month on its way to its target, and what needs attention: one mail each morning.",
        Mail = "Mail address",
        Hour = "Time",
        HourValue = "{0}:00",
        Stores = "Store",
        LanguageName = "Language",
        Languages = ["Japanese", "English"],
        Note = "Sent once yesterday's data is complete. After three hours it is sent in any case and says what is missing. Times are those of the store.",
        Subscribe = "Subscribe or change",
        Subscribed = "Sent to {0} from {1}:00 on.",
        NotSubscribed = "You are not subscribed.",
        Saved = "Saved.",
        Stop = "Stop it",
        Stopped = "The morning sheet is stopped.",
        Preview = "Look at yesterday's sheet",
        MailOff = "No mail server is configured, so nothing is sent for now.",
        WrongMail = "Please check the mail address. Mail goes only where your company allows it.",
        Subject = "{0} {2} {1}: {3}",
        SubjectIncomplete = "[Data incomplete] {0} {2} {1}: {3}",
        Incomplete = "Data incomplete. Nothing or not everything has arrived from: {0}. The figures will change.",
        Yesterday = "Yesterday",
        Month = "This month",
        MonthSoFar = "Net sales up to {0}",
        OfTarget = "{0} of {1}",
        NoTarget = "No day of the month has a target yet.",
        Attention = "Needs attention",
        NothingToDo = "Nothing to report.",
        NoReceipts = "No receipts have arrived",
        SilentRegisters = "{0} registers have not reported",
        MissingNumbers = "{0} receipt numbers are missing",
        Alerts = "Open alerts",
        Notes = "Notes",
        LastDays = "Net sales of the last seven days",
        AndMore = "and {0} more stores",
        ToPage = "See the page",
        Unsubscribe = "Stop these mails",
        UnsubscribeTitle = "Stop the morning sheet",
        UnsubscribeLead = "Press the button and no more morning sheets are sent. You need not sign in.",
        Unsubscribed = "Stopped. You can subscribe again on your account page.",
        UnknownLink = "This link does not work.",
    };

    public required string Title { get; init; }

    public required string Lead { get; init; }

    public required string Mail { get; init; }

    public required string Hour { get; init; }

    public required string HourValue { get; init; }

    public required string Stores { get; init; }

    public required string LanguageName { get; init; }

    /// <summary>Japanese, English.</summary>
    public required IReadOnlyList<string> Languages { get; init; }

    public required string Note { get; init; }

    public required string Subscribe { get; init; }

    public required string Subscribed { get; init; }

    public required string NotSubscribed { get; init; }

    public required string Saved { get; init; }

    public required string Stop { get; init; }

    public required string Stopped { get; init; }

    public required string Preview { get; init; }

    public required string MailOff { get; init; }

    public required string WrongMail { get; init; }

    public required string Subject { get; init; }

    public required string SubjectIncomplete { get; init; }

    public required string Incomplete { get; init; }

    public required string Yesterday { get; init; }

    public required string Month { get; init; }

    public required string MonthSoFar { get; init; }

    public required string OfTarget { get; init; }

    public required string NoTarget { get; init; }

    public required string Attention { get; init; }

    public required string NothingToDo { get; init; }

    public required string NoReceipts { get; init; }

    public required string SilentRegisters { get; init; }

    public required string MissingNumbers { get; init; }

    public required string Alerts { get; init; }

    public required string Notes { get; init; }

    public required string LastDays { get; init; }

    public required string AndMore { get; init; }

    public required string ToPage { get; init; }

    public required string Unsubscribe { get; init; }

    public required string UnsubscribeTitle { get; init; }

    public required string UnsubscribeLead { get; init; }

    public required string Unsubscribed { get; init; }

    public required string UnknownLink { get; init; }

    public static MorningWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
