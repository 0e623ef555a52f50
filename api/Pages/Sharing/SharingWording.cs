namespace RetailInsight.Api.Pages.Sharing;

/// <summary>The texts of shared pages and of the list of links.</summary>
internal sealed record SharingWording
{
    public static SharingWording Japanese { get; } = new()
    {
        Title = "共有リンク",
        Made = "リンクができました",
        MadeNote = "このアドレスが表示されるのは今だけです。{0} まで、ログインなしで見られます。",
        Address = "アドレス",
        None = "作ったリンクはありません。各ページの「リンクで共有」から作れます。",
        Page = "ページ",
        Filter = "条件",
        Created = "作成",
        Until = "期限",
        Uses = "閲覧",
        UsesValue = "{0}回（最後 {1}）",
        Unused = "まだ見られていません",
        Revoke = "無効にする",
        Revoked = "無効",
        Expired = "期限切れ",
        Banner = "{0} さん（{1}）が共有したページです。{2} まで見られます。",
        Gone = "このリンクは使えません",
        GoneNote = "アドレスが違うか、期限が切れたか、共有が取りやめられました。共有した人に新しいリンクを頼んでください。",
        TooMany = "有効なリンクが {0} 件あります。不要なものを無効にしてから作ってください。",
        NotHere = "このログインではリンクを作れません。",
        Lead = "リンクを知っている人はだれでも、そのページだけを見られます。あなたの権限が減るか、あなたが停止されると、リンクも使えなくなります。",
    };

    public static SharingWording English { get; } = new()
    {
        Title = "Shared links",
        Made = "The link is ready",
        MadeNote = "This address is shown only now. It works until {0}, without signing in.",
        Address = "Address",
        None = "You have made no link. Each page has “Share a link”.",
        Page = "Page",
        Filter = "Choices",
        Created = "Made",
        Until = "Until",
        Uses = "Views",
        UsesValue = "{0} (last {1})",
        Unused = "Not viewed yet",
        Revoke = "Revoke",
        Revoked = "Revoked",
        Expired = "Expired",
        Banner = "Shared by {0} ({1}), until {2}.",
        Gone = "This link does not work",
        GoneNote = "The address is wrong, its time is over, or it was taken back. Ask whoever shared it for a new one.",
        TooMany = "You have {0} links that work. Revoke some before you make another.",
        NotHere = "This login cannot make links.",
        Lead = "Whoever has a link sees that page and nothing else. It ends when you see fewer stores or are shut out.",
    };

    public required string Title { get; init; }

    public required string Made { get; init; }

    public required string MadeNote { get; init; }

    public required string Address { get; init; }

    public required string None { get; init; }

    public required string Page { get; init; }

    public required string Filter { get; init; }

    public required string Created { get; init; }

    public required string Until { get; init; }

    public required string Uses { get; init; }

    public required string UsesValue { get; init; }

    public required string Unused { get; init; }

    public required string Revoke { get; init; }

    public required string Revoked { get; init; }

    public required string Expired { get; init; }

    public required string Banner { get; init; }

    public required string Gone { get; init; }

    public required string GoneNote { get; init; }

    public required string TooMany { get; init; }

    public required string NotHere { get; init; }

    public required string Lead { get; init; }

    public static SharingWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
