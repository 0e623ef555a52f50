namespace RetailInsight.Api.Pages.Notes;

/// <summary>The texts of annotations.</summary>
internal sealed record NotesWording
{
    public static NotesWording Japanese { get; } = new()
    {
        Title = "メモ",
        Lead = "天気や催しなどの出来事です。数字は変わりません。",
        None = "この期間のメモはありません。",
        Add = "メモを書く",
        EditTitle = "メモを編集",
        Edit = "編集",
        Remove = "削除",
        Save = "保存",
        Back = "戻る",
        KindLabel = "種類",
        Kinds = ["雨・天気", "セール", "棚卸", "催し", "休業", "メモ"],
        Signs = ["雨", "売", "棚", "催", "休", "記"],
        TextLabel = "内容（200文字まで）",
        FromLabel = "はじまりの日",
        ToLabel = "おわりの日",
        FromHourLabel = "はじまりの時（空欄は終日）",
        ToHourLabel = "おわりの時",
        VisibilityLabel = "だれに見せるか",
        Visibilities = ["自分だけ", "この店舗を見る人", "全社"],
        ScopeNames = ["自分だけ", "店舗", "全社"],
        By = "{0}・{1}",
        Hours = "{0}時–{1}時",
        Fault = "入力を確かめてください：日付の順、時刻の組（はじまりとおわり）、メモには内容が必要です。",
        NotAllowed = "このメモを書く権限がありません。",
        Every = "すべて",
        Text = "内容",
        Author = "書いた人",
        Count = "{0}件",
        Full = "はじめの{0}件だけを表示しています。期間や種類をしぼってください。",
        List = "この期間のメモを一覧で見る",
    };

    public static NotesWording English { get; } = new()
    {
        Title = "Notes",
        Lead = "What happened around the figures. Notes never change a number.",
        None = "There are no notes for this time.",
        Add = "Write a note",
        EditTitle = "Edit the note",
        Edit = "Edit",
        Remove = "Remove",
        Save = "Save",
        Back = "Back",
        KindLabel = "Kind",
        Kinds = ["Rain, weather", "Sale", "Stock-taking", "Event", "Closed", "Note"],
        Signs = ["W", "S", "T", "E", "C", "N"],
        TextLabel = "Text (at most 200 characters)",
        FromLabel = "First day",
        ToLabel = "Last day",
        FromHourLabel = "From hour (empty: whole days)",
        ToHourLabel = "Until hour",
        VisibilityLabel = "Who sees it",
        Visibilities = ["Only me", "Whoever sees the store", "The whole chain"],
        ScopeNames = ["only me", "store", "chain"],
        By = "{0}, {1}",
        Hours = "{0}:00–{1}:00",
        Fault = "Please check: the order of the dates, both hours or none, and a note needs a text.",
        NotAllowed = "You may not write this note.",
        Every = "All",
        Text = "Text",
        Author = "Written by",
        Count = "{0} notes",
        Full = "Only the first {0} are shown. Choose a shorter time or a kind.",
        List = "See the notes of this time as a list",
    };

    public required string Title { get; init; }

    public required string Lead { get; init; }

    public required string None { get; init; }

    public required string Add { get; init; }

    public required string EditTitle { get; init; }

    public required string Edit { get; init; }

    public required string Remove { get; init; }

    public required string Save { get; init; }

    public required string Back { get; init; }

    public required string KindLabel { get; init; }

    /// <summary>In the order of the kinds.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>One letter a kind, for charts.</summary>
    public required IReadOnlyList<string> Signs { get; init; }

    public required string TextLabel { get; init; }

    public required string FromLabel { get; init; }

    public required string ToLabel { get; init; }

    public required string FromHourLabel { get; init; }

    public required string ToHourLabel { get; init; }

    public required string VisibilityLabel { get; init; }

    public required IReadOnlyList<string> Visibilities { get; init; }

    public required IReadOnlyList<string> ScopeNames { get; init; }

    public required string By { get; init; }

    public required string Hours { get; init; }

    public required string Fault { get; init; }

    public required string NotAllowed { get; init; }

    public required string Every { get; init; }

    public required string Text { get; init; }

    public required string Author { get; init; }

    public required string Count { get; init; }

    public required string Full { get; init; }

    public required string List { get; init; }

    public static NotesWording Of(string language) => language == "en" ? English : Japanese;
}
