namespace RetailInsight.Api.Pages.DeviceGroups;

/// <summary>The texts of the page of device groups.</summary>
internal sealed record DeviceGroupsWording
{
    public static DeviceGroupsWording Japanese { get; } = new()
    {
        Title = "機器のグループ",
        Lead = "グループは、機器から届くデータの読み方（フィードとプロファイルのバージョン）を決めます。機器の設定は変わりません。",
        HowTo = "新しいバージョンは、先に少数の機器で試します：新しいグループを作る → 数台を移す → 1日以上、計測率を比べる → 残りのグループのバージョンを変える。",
        None = "グループはまだありません。",
        NoFeed = "会社にフィードがありません。グループを作るには、先にフィードを登録してください。",
        Back = "機器の一覧",
        Group = "グループ",
        Feed = "フィード",
        Version = "バージョン",
        VersionNote = "空欄は最新。存在しないバージョンの機器のデータは受け付けられません。",
        Newest = "最新",
        Devices = "機器",
        Silent = "無通信",
        Coverage = "計測率（14日）",
        CoverageOf = "直近14日の計測率：{0}",
        NoCounts = "まだ計測値がありません",
        NewGroup = "グループを作る",
        NameNote = "小文字の英数字とハイフン、63文字まで",
        Make = "作る",
        Route = "読み方を変える",
        RouteNote = "次の報告から、{0}台の機器がこの読み方になります。ほかのグループは変わりません。",
        Save = "変更する",
        Move = "機器を移す",
        MoveNote = "移した機器は、次の報告から移動先の読み方になります。",
        MoveTo = "移動先",
        MoveButton = "選んだ機器を移す",
        NowhereToMove = "ほかにグループがありません。先に作ってください。",
        Stores = "店舗",
        All = "すべて",
        Show = "表示",
        More = "続きを見る",
        Empty = "このグループに機器はありません。",
        RouteName = "{0}（{1}、バージョン {2}）",
        Changes = "変更履歴",
        Routed = "{0}、バージョン {1} に変更",
        Came = "{0} が入った",
        Went = "{0} が {1} へ移った",
        Made = "グループを作りました。次は、試す機器を移してください。",
        Saved = "保存しました。数秒で反映されます。",
        Moved = "{0}台を {1} に移しました。数秒で反映されます。",
        Conflict = "ほかの人が先に変更しました。内容を確かめて、もう一度お試しください。",
        WrongName = "グループ名は小文字の英数字とハイフン、63文字までです。",
        Exists = "同じ名前のグループがあります。下の一覧から選んで変更してください。",
        WrongFeed = "フィードを選んでください。",
        WrongVersion = "バージョンは1以上の整数です。最新なら空欄にします。",
        WrongTarget = "移動先のグループを選んでください。",
        NoneChosen = "移す機器を選んでください。",
    };

    public static DeviceGroupsWording English { get; } = new()
    {
        Title = "Groups of devices",
        Lead = "A group says how what its devices send is read: by which feed and which version of its profile. The devices themselves are not touched.",
        HowTo = "Try a new version with a few devices first: make a group with it, move some devices there, compare coverage for a day or more, then change the version of the others.",
        None = "There is no group yet.",
        NoFeed = "The company has no feed. A group is read by one: set it up first.",
        Back = "All devices",
        Group = "Group",
        Feed = "Feed",
        Version = "Version",
        VersionNote = "Empty is the newest. Nothing is taken of devices whose version does not exist.",
        Newest = "newest",
        Devices = "Devices",
        Silent = "Silent",
        Coverage = "Coverage (14 days)",
        CoverageOf = "Coverage of the last 14 days: {0}",
        NoCounts = "no counts yet",
        NewGroup = "Make a group",
        NameNote = "Lower-case letters, digits and hyphens, at most 63",
        Make = "Make it",
        Route = "Read it otherwise",
        RouteNote = "From the next report on its {0} devices are read like this. Other groups stay as they are.",
        Save = "Change it",
        Move = "Move devices",
        MoveNote = "Those moved are read as their new group is, from the next report on.",
        MoveTo = "To",
        MoveButton = "Move the devices chosen",
        NowhereToMove = "There is no other group. Make one first.",
        Stores = "Stores",
        All = "All",
        Show = "Show",
        More = "More",
        Empty = "No device is in this group.",
        RouteName = "{0} ({1}, version {2})",
        Changes = "What was done",
        Routed = "read by {0}, version {1}",
        Came = "{0} came in",
        Went = "{0} went to {1}",
        Made = "The group is made. Now move the devices that are to try it.",
        Saved = "Saved. It holds in a few seconds.",
        Moved = "Moved to {1}: {0} devices. It holds in a few seconds.",
        Conflict = "Somebody else changed it first. Look at it and try again.",
        WrongName = "A group has lower-case letters, digits and hyphens, at most 63.",
        Exists = "There is a group of that name. Choose it in the list below to change it.",
        WrongFeed = "Choose a feed.",
        WrongVersion = "A version is a whole number from 1; leave it empty for the newest.",
        WrongTarget = "Choose the group they go to.",
        NoneChosen = "Choose the devices to move.",
    };

    public required string Title { get; init; }
    public required string Lead { get; init; }
    public required string HowTo { get; init; }
    public required string None { get; init; }
    public required string NoFeed { get; init; }
    public required string Back { get; init; }
    public required string Group { get; init; }
    public required string Feed { get; init; }
    public required string Version { get; init; }
    public required string VersionNote { get; init; }
    public required string Newest { get; init; }
    public required string Devices { get; init; }
    public required string Silent { get; init; }
    public required string Coverage { get; init; }
    public required string CoverageOf { get; init; }
    public required string NoCounts { get; init; }
    public required string NewGroup { get; init; }
    public required string NameNote { get; init; }
    public required string Make { get; init; }
    public required string Route { get; init; }
    public required string RouteNote { get; init; }
    public required string Save { get; init; }
    public required string Move { get; init; }
    public required string MoveNote { get; init; }
    public required string MoveTo { get; init; }
    public required string MoveButton { get; init; }
    public required string NowhereToMove { get; init; }
    public required string Stores { get; init; }
    public required string All { get; init; }
    public required string Show { get; init; }
    public required string More { get; init; }
    public required string Empty { get; init; }
    public required string RouteName { get; init; }
    public required string Changes { get; init; }
    public required string Routed { get; init; }
    public required string Came { get; init; }
    public required string Went { get; init; }
    public required string Made { get; init; }
    public required string Saved { get; init; }
    public required string Moved { get; init; }
    public required string Conflict { get; init; }
    public required string WrongName { get; init; }
    public required string Exists { get; init; }
    public required string WrongFeed { get; init; }
    public required string WrongVersion { get; init; }
    public required string WrongTarget { get; init; }
    public required string NoneChosen { get; init; }

    public static DeviceGroupsWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
