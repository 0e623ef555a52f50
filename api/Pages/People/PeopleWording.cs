namespace RetailInsight.Api.Pages.People;

/// <summary>The texts of the pages about people and the own login.</summary>
internal sealed record PeopleWording
{
    public static PeopleWording Japanese { get; } = new()
    {
        Title = "利用者",
        Invite = "利用者を招待",
        Name = "ログイン名（半角英小文字・数字。後ろに @ と会社名が付きます）",
        DisplayName = "表示名",
        Role = "役割",
        Stores = "見られる店舗",
        StoresNote = "本部・データ担当・管理者は、選ばなければ全店舗です。",
        Vendor = "POSベンダー名（ベンダーの人だけ）",
        LanguageName = "言語",
        Languages = ["日本語", "英語"],
        State = "状態",
        Active = "利用中",
        Invited = "招待中",
        Disabled = "停止中",
        DisabledLabel = "この人を停止する（ログインできなくなります）",
        Save = "保存",
        Saved = "保存しました。権限が変わった人のログインは数秒で切れます。",
        More = "続きを見る",
        EndSessions = "ログインをすべて切る",
        SessionsEnded = "この人のログインをすべて切りました。",
        Reset = "パスワードを消して新しいリンクを作る",
        LinkReady = "パスワードを決めるリンクができました",
        LinkNote = "{0} に渡してください。表示されるのは今だけで、72時間のうちに一度だけ使えます。",
        Address = "アドレス",
        Conflict = "ほかの人が先に変更しました。内容を確かめて、もう一度保存してください。",
        Taken = "そのログイン名は使われています。別の名前にしてください。",
        AboveYours = "管理者の追加と変更は管理者だけができます。",
        NotOneself = "自分の役割の変更と停止はできません。ほかの人に頼んでください。",
        WrongFields = "直してください：{0}",
        Roles = ["POSベンダー", "店長", "エリアマネージャー", "本部", "データ担当", "管理者"],
        Account = "アカウント",
        Current = "いまのパスワード",
        CurrentWrong = "いまのパスワードが違います。",
        NewPassword = "新しいパスワード",
        Again = "新しいパスワード（確認）",
        NotTheSame = "2回の入力が一致しません。",
        PasswordRule = "12文字以上、5種類以上の文字で、ログイン名を含まないもの。",
        ChangePassword = "パスワードを変える",
        PasswordChanged = "パスワードを変えました。ほかの端末のログインは切れました。",
        ElsewhereNote = "パスワードは会社の認証システムで管理されています。",
        SignOutEverywhere = "すべての端末からログアウト",
        SignOutNote = "この端末も含め、あなたのログインがすべて切れます。",
        Welcome = "パスワードを決める",
        WelcomeLead = "はじめての方、パスワードを決め直す方は、ここで決めるとそのままログインします。",
        Choose = "決めてログイン",
        LinkOver = "ログイン名が違うか、このリンクは使い終わったか期限が切れています。招待した人に新しいリンクを頼んでください。",
        Back = "利用者の一覧へ",
    };

    public static PeopleWording English { get; } = new()
    {
        Title = "People",
        Invite = "Invite somebody",
        Name = "Login name (a-z and digits; @ and the company follow)",
        DisplayName = "Displayed name",
        Role = "Role",
        Stores = "Stores to see",
        StoresNote = "Head office, engineers and administrators see every store unless some are chosen.",
        Vendor = "POS vendor (people of a vendor only)",
        LanguageName = "Language",
        Languages = ["Japanese", "English"],
        State = "State",
        Active = "Active",
        Invited = "Invited",
        Disabled = "Shut out",
        DisabledLabel = "Shut this person out (signing in is refused)",
        Save = "Save",
        Saved = "Saved. Whoever has other rights now is signed out within seconds.",
        More = "More",
        EndSessions = "End every session",
        SessionsEnded = "Every session of this person has ended.",
        Reset = "Take the password away and make a new link",
        LinkReady = "The link to choose a password is ready",
        LinkNote = "Give it to {0}. It is shown only now and works once within 72 hours.",
        Address = "Address",
        Conflict = "Somebody else changed this first. Look at it and save again.",
        Taken = "That login is taken. Choose another name.",
        AboveYours = "Administrators are made and changed by administrators alone.",
        NotOneself = "Nobody changes the own role or shuts themselves out: somebody else has to.",
        WrongFields = "Please correct: {0}",
        Roles = ["POS vendor", "Store manager", "Area manager", "Head office", "Data engineer", "Administrator"],
        Account = "Account",
        Current = "Present password",
        CurrentWrong = "The present password is wrong.",
        NewPassword = "New password",
        Again = "New password again",
        NotTheSame = "The two are not the same.",
        PasswordRule = "At least 12 characters, 5 different ones, without the login.",
        ChangePassword = "Change the password",
        PasswordChanged = "The password is changed. Sessions on other devices have ended.",
        ElsewhereNote = "Your company's sign-in service keeps your password.",
        SignOutEverywhere = "Sign out everywhere",
        SignOutNote = "Ends every session of yours, on this device too.",
        Welcome = "Choose a password",
        WelcomeLead = "For a first password or a new one. You are signed in once it is chosen.",
        Choose = "Choose and sign in",
        LinkOver = "The login is wrong, or the link was used or its time is over. Ask whoever invited you for a new one.",
        Back = "All people",
    };

    public required string Title { get; init; }

    public required string Invite { get; init; }

    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public required string Role { get; init; }

    public required string Stores { get; init; }

    public required string StoresNote { get; init; }

    public required string Vendor { get; init; }

    public required string LanguageName { get; init; }

    /// <summary>Japanese, English.</summary>
    public required IReadOnlyList<string> Languages { get; init; }

    public required string State { get; init; }

    public required string Active { get; init; }

    public required string Invited { get; init; }

    public required string Disabled { get; init; }

    public required string DisabledLabel { get; init; }

    public required string Save { get; init; }

    public required string Saved { get; init; }

    public required string More { get; init; }

    public required string EndSessions { get; init; }

    public required string SessionsEnded { get; init; }

    public required string Reset { get; init; }

    public required string LinkReady { get; init; }

    public required string LinkNote { get; init; }

    public required string Address { get; init; }

    public required string Conflict { get; init; }

    public required string Taken { get; init; }

    public required string AboveYours { get; init; }

    public required string NotOneself { get; init; }

    public required string WrongFields { get; init; }

    /// <summary>In the order of <see cref="Access.Role.All"/>.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    public required string Account { get; init; }

    public required string Current { get; init; }

    public required string CurrentWrong { get; init; }

    public required string NewPassword { get; init; }

    public required string Again { get; init; }

    public required string NotTheSame { get; init; }

    public required string PasswordRule { get; init; }

    public required string ChangePassword { get; init; }

    public required string PasswordChanged { get; init; }

    public required string ElsewhereNote { get; init; }

    public required string SignOutEverywhere { get; init; }

    public required string SignOutNote { get; init; }

    public required string Welcome { get; init; }

    public required string WelcomeLead { get; init; }

    public required string Choose { get; init; }

    public required string LinkOver { get; init; }

    public required string Back { get; init; }

    public string RoleName(string role) => Roles[Array.IndexOf(Access.Role.All, role)];

    public static PeopleWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
