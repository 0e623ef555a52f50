namespace RetailInsight.Api.Pages.Benchmarks;

/// <summary>The texts of the page that shows the company beside others.</summary>
internal sealed record BenchmarksWording
{
    public static BenchmarksWording Japanese { get; } = new()
    {
        Title = "同業他社との比較",
        Shown = "{0}の、同じ業種で参加している会社の全店舗の分布と、自社店舗の位置です。",
        Waiting = "{0}の実績から参加します。最初の比較は{1}の上旬に公開されます。",
        NotSharing = "この会社は同業他社との比較に参加していません。参加した会社だけが、お互いの分布を見られます。",
        MonthLabel = "月",
        Show = "表示",
        Figures = new Dictionary<string, string> { ["sales_growth"] = "税抜売上の前年同曜日比", ["receipts_growth"] = "客数（レシート数）の前年同曜日比", ["items_per_receipt"] = "買上点数", ["conversion"] = "購買率" },
        Suppressions = new Dictionary<string, string>
        {
            ["too_few_companies"] = "参加している会社が5社に満たないため、この月は公開しません。",
            ["too_few_stores"] = "比べられる店舗が10店舗に満たないため、この月は公開しません。",
            ["dominated"] = "1社または2社の店舗が多すぎて中身が推測できるため、この月は公開しません。",
            ["too_few_changed"] = "参加をやめた会社、または新しく参加した会社が少なく、以前の公開と比べるとその会社が推測できるため、この月は公開しません。",
        },
        Quartiles = "全店舗の半数は{0}から{1}、中央値は{2}です。",
        PictureSaid = "帯は全店舗の中央の半数で、{0}から{1}、線は中央値の{2}です。点は自社の{3}店舗です。",
        PointSaid = "{0}：{1}",
        Taken = "{0}社・{1}店舗の数値です。",
        NoneOfYours = "自社で表示できる店舗は、この数値に入っていません。数値が8割の日にそろった店舗だけが入ります。",
        OwnStores = "自社店舗を表で見る（{0}店舗）",
        Value = "数値",
        Place = "全店舗の中の位置",
        Places = new Dictionary<string, string> { ["lowest_quarter"] = "下位4分の1", ["lower_half"] = "中央値より下", ["upper_half"] = "中央値以上", ["highest_quarter"] = "上位4分の1" },
        Proof = "この表の数値だけが計算に使われました。店舗名・金額・日別の数値は、ほかの会社には伝わりません。",
        RulesTitle = "安全のための決まり",
        Rules =
        [
            "公開するのは月ごとの比率の四分位だけです。金額、合計、最大・最小、店舗や会社の名前は公開しません。",
            "5社以上・10店舗以上で、1社が店舗の40％、2社で75％を超えないときだけ公開します。",
            "どの会社にも同じ数値を見せます。過去6か月の公開のどれと比べても、3社以上が同じ動きをしていなければ公開しません。",
            "終わった月を一度だけ、翌月6日以降に公開し、あとから変えません。",
        ],
        OfHeadOffice = "参加するかどうかは本部が決めます。",
        Sharing = "参加中",
        SharingSince = "業種「{0}」、{1}の実績から参加しています（{2}が同意）。",
        WithdrawNote = "やめると、次の公開から自社の数値は入らず、新しい比較も見られなくなります。これまでに公開された比較は引き続き見られます。",
        Withdraw = "参加をやめる",
        Agree = "比較に参加する",
        AgreeLead = "来月の実績から、店舗ごとの月の比率4つを、同業他社と合わせた分布の計算に使います。",
        IndustryLabel = "業種",
        Industries = new Dictionary<string, string>
        {
            ["food"] = "スーパー・食品",
            ["convenience"] = "コンビニエンスストア",
            ["drugstore"] = "ドラッグストア",
            ["fashion"] = "衣料・ファッション",
            ["home"] = "家具・生活雑貨",
            ["electronics"] = "家電",
            ["leisure"] = "スポーツ・ホビー",
            ["department"] = "百貨店",
        },
        Understood = "上の決まりを読み、自社の比率を使うことに会社として同意します。",
        AgreeButton = "参加する",
        NotAgreed = "業種を選び、同意の欄にチェックを入れてください。変更していません。",
        Saved = "保存しました。",
    };

    public static BenchmarksWording English { get; } = new()
    {
        Title = "Beside other companies",
        Shown = "What the stores of all companies of the industry that take part came to in {0}, and where your stores stand.",
        Waiting = "You take part from {0} on. The first comparison comes early in {1}.",
        NotSharing = "This company does not compare itself with others. Only companies that take part see what the others come to together.",
        MonthLabel = "Month",
        Show = "Show",
        Figures = new Dictionary<string, string>
        {
            ["sales_growth"] = "Net sales against the same weekdays last year",
            ["receipts_growth"] = "Receipts against the same weekdays last year",
            ["items_per_receipt"] = "Items per receipt",
            ["conversion"] = "Conversion",
        },
        Suppressions = new Dictionary<string, string>
        {
            ["too_few_companies"] = "Fewer than five companies take part, so nothing is shown for this month.",
            ["too_few_stores"] = "Fewer than ten stores can be compared, so nothing is shown for this month.",
            ["dominated"] = "One or two companies have so many of the stores that they could be guessed, so nothing is shown for this month.",
            ["too_few_changed"] = "So few companies joined or left that they could be worked out from earlier months, so nothing is shown for this month.",
        },
        Quartiles = "Half of all stores are between {0} and {1}; the median is {2}.",
        PictureSaid = "The band is the middle half of all stores, from {0} to {1}; the line is the median, {2}. Points are your stores: {3}.",
        PointSaid = "{0}: {1}",
        Taken = "Companies: {0}. Stores: {1}.",
        NoneOfYours = "None of the stores you may see is in it. A store is in it when four fifths of its days have the figures.",
        OwnStores = "Your stores as a table ({0})",
        Value = "Figure",
        Place = "Place among all stores",
        Places = new Dictionary<string, string> { ["lowest_quarter"] = "lowest quarter", ["lower_half"] = "below the median", ["upper_half"] = "at or above the median", ["highest_quarter"] = "highest quarter" },
        Proof = "These ratios went into the calculation and nothing else. No name of a store, no amount and no day of yours reaches another company.",
        RulesTitle = "What keeps this safe",
        Rules =
        [
            "Only quartiles of ratios by month are shown: no amounts, no sums, no largest or smallest, no names of stores or companies.",
            "There are at least five companies and ten stores; one company has at most 40 % of the stores, two have at most 75 %.",
            "Every company sees the same figures, and nothing is shown unless at least three companies have come and gone alike in the last six months.",
            "A month is shown once, from the 6th of the next month on, and never changed.",
        ],
        OfHeadOffice = "Head office decides whether to take part.",
        Sharing = "Taking part",
        SharingSince = "Industry “{0}”, from {1} on, agreed to by {2}.",
        WithdrawNote = "If you stop, your figures are in no further comparison and you see none of them. What was shown until then stays visible.",
        Withdraw = "Stop taking part",
        Agree = "Take part",
        AgreeLead = "From next month on, four ratios a store and month go into the figures that all companies of the industry see together.",
        IndustryLabel = "Industry",
        Industries = new Dictionary<string, string>
        {
            ["food"] = "Supermarkets and food",
            ["convenience"] = "Convenience stores",
            ["drugstore"] = "Drugstores",
            ["fashion"] = "Fashion",
            ["home"] = "Home and living",
            ["electronics"] = "Electronics",
            ["leisure"] = "Sports and hobbies",
            ["department"] = "Department stores",
        },
        Understood = "I have read the rules above and agree, for the company, that its ratios are used.",
        AgreeButton = "Take part",
        NotAgreed = "Choose an industry and tick that you agree. Nothing was changed.",
        Saved = "Saved.",
    };

    public static BenchmarksWording Of(Wording words) => words.Language == Wording.Japanese.Language ? Japanese : English;

    public required string Title { get; init; }

    public required string Shown { get; init; }

    public required string Waiting { get; init; }

    public required string NotSharing { get; init; }

    public required string MonthLabel { get; init; }

    public required string Show { get; init; }

    public required IReadOnlyDictionary<string, string> Figures { get; init; }

    public required IReadOnlyDictionary<string, string> Suppressions { get; init; }

    public required string Quartiles { get; init; }

    public required string PictureSaid { get; init; }

    public required string PointSaid { get; init; }

    public required string Taken { get; init; }

    public required string NoneOfYours { get; init; }

    public required string OwnStores { get; init; }

    public required string Value { get; init; }

    public required string Place { get; init; }

    public required IReadOnlyDictionary<string, string> Places { get; init; }

    public required string Proof { get; init; }

    public required string RulesTitle { get; init; }

    public required IReadOnlyList<string> Rules { get; init; }

    public required string OfHeadOffice { get; init; }

    public required string Sharing { get; init; }

    public required string SharingSince { get; init; }

    public required string WithdrawNote { get; init; }

    public required string Withdraw { get; init; }

    public required string Agree { get; init; }

    public required string AgreeLead { get; init; }

    public required string IndustryLabel { get; init; }

    public required IReadOnlyDictionary<string, string> Industries { get; init; }

    public required string Understood { get; init; }

    public required string AgreeButton { get; init; }

    public required string NotAgreed { get; init; }

    public required string Saved { get; init; }
}
