namespace RetailInsight.Api.Pages;

/// <summary>The texts of the ways to take a page along.</summary>
internal sealed record ToolsWording
{
    public static ToolsWording Japanese { get; } = new()
    {
        Title = "保存と共有",
        Save = "ファイルに保存",
        Chart = "グラフ（SVG）",
        Csv = "CSV",
        Cp932 = "Shift_JIS",
        Cp932Label = "{0} を Shift_JIS の CSV で保存",
        SaveNote = "CSV は UTF-8（BOM付き）。古いソフト用は Shift_JIS を選べます。印刷はブラウザーの印刷で A4 になります。",
        Share = "リンクで共有",
        Days = "有効期間",
        DaysValue = "{0}日間",
        MakeLink = "リンクを作る",
        ShareNote = "このページとこの条件だけを、ログインなしで見られるリンクです。",
        MyLinks = "作ったリンクの一覧",
        Printed = "{0} 現在（{1}）",
    };

    public static ToolsWording English { get; } = new()
    {
        Title = "Save and share",
        Save = "Save as a file",
        Chart = "Chart (SVG)",
        Csv = "CSV",
        Cp932 = "Shift_JIS",
        Cp932Label = "Save {0} as CSV in Shift_JIS",
        SaveNote = "CSV is UTF-8 with BOM; Shift_JIS is for older software. To print, use the browser: the page fits A4.",
        Share = "Share a link",
        Days = "Works for",
        DaysValue = "{0} days",
        MakeLink = "Make a link",
        ShareNote = "Whoever has the link sees this page with these choices, and nothing else, without signing in.",
        MyLinks = "My links",
        Printed = "As of {0} ({1})",
    };

    public required string Title { get; init; }

    public required string Save { get; init; }

    public required string Chart { get; init; }

    public required string Csv { get; init; }

    public required string Cp932 { get; init; }

    public required string Cp932Label { get; init; }

    public required string SaveNote { get; init; }

    public required string Share { get; init; }

    public required string Days { get; init; }

    public required string DaysValue { get; init; }

    public required string MakeLink { get; init; }

    public required string ShareNote { get; init; }

    public required string MyLinks { get; init; }

    public required string Printed { get; init; }

    public static ToolsWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
