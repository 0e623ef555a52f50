namespace RetailInsight.Api.Pages.Devices;

/// <summary>The texts of the pages about counters and cameras.</summary>
internal sealed record DevicesWording
{
    public static DevicesWording Japanese { get; } = new()
    {
        Title = "来店カウンタ・カメラ",
        Short = "カウンタ",
        EditRows = "すべての行を直す",
        Lead = "店舗の入口にある機器の状態です。計測率は、計測すべき時間のうち計測できた割合です。",
        None = "機器はまだ登録されていません。",
        NoneSuch = "条件に合う機器はありません。",
        Device = "機器",
        State = "状態",
        States = ["無通信", "未割り当て", "受信待ち", "計測中", "時間外", "廃止"],
        StateNotes = ["3回分の報告が届いていません", "どの店舗にも割り当てられていません", "登録後、まだ一度も届いていません", "報告が届いています", "計測時間の外です", "受付を終了しました"],
        Stores = "店舗",
        Group = "グループ",
        LastSeen = "最後の受信",
        Never = "まだなし",
        Coverage = "計測率（14日）",
        CoverageOf = "直近14日の計測率：{0}",
        All = "すべて",
        Show = "表示",
        More = "続きを見る",
        Back = "機器の一覧",
        Facts = "機器の情報",
        Name = "名前",
        Maker = "メーカー・型番",
        Firmware = "ファームウェア",
        Interval = "計測間隔",
        Seconds = "{0} 秒",
        Network = "回線・SIM",
        Mapping = "ラインの割り当て",
        MappingLead = "ラインごとに、どの店舗にいつから付いているかを示します。",
        MappingNone = "どの店舗にも割り当てられていません。届いた計測値は保留になり、割り当てると自動的に取り込まれます。",
        Line = "ライン",
        LineNote = "機器が付けたライン名。* は名前のないすべてのライン",
        From = "開始日",
        To = "終了日",
        Holds = "継続中",
        Role = "用途",
        Roles = ["入口", "店前通行", "店内"],
        Reversed = "逆向き（機器の「入」が「出」）",
        EveryLine = "すべてのライン",
        NewLine = "追加するライン",
        SaveMapping = "割り当てを保存",
        MappingNote = "行のライン名を空にすると、その行は削除されます。取り込み済みの計測値の店舗は変わりません。",
        Days = "直近14日",
        DaysLead = "計測値はそのまま残し、補正値は手計測による係数を掛けたものです。",
        Date = "日付",
        Observed = "計測率",
        Entered = "入（計測値）",
        Calibrated = "入（補正後）",
        Exited = "出",
        Staff = "うち従業員（推定）",
        Findings = "気になる点",
        FindingNames = ["無通信の時間あり", "同じ値が続いた", "入と出の差が大きい", "営業時間外の計測が多い", "報告の抜けあり"],
        Missing = "データなし",
        People = "人",
        Calibrations = "補正（手計測）",
        CalibrationsLead = "同じ時間に、人が数えた数と機器が数えた数を記録します。計測値は変更しません。",
        ByHand = "手計測",
        ByDevice = "機器",
        Factor = "係数",
        FactorOf = "{0} ± {1}（95%）",
        SaveCalibrations = "補正を保存",
        Incidents = "アラート",
        IncidentsNone = "この機器のアラートはありません。",
        Route = "グループを変更",
        RouteNote = "グループが読み方（フィードとプロファイルのバージョン）を決めます。機器の設定は不要で、次の報告から変わります。",
        Newest = "最新",
        RouteName = "{0}（{1}、バージョン {2}）",
        Keys = "機器のキー",
        MakeKey = "キーを発行",
        KeyReady = "キーを発行しました",
        KeyNote = "表示されるのは今だけです。機器に設定してください。",
        Retire = "機器を廃止する",
        Reopen = "機器を再開する",
        Changes = "変更履歴",
        Actions = ["登録", "変更", "廃止", "再開", "割り当て", "補正", "キー", "グループ"],
        Saved = "保存しました。数秒で反映されます。",
        Conflict = "ほかの人が先に変更しました。内容を確かめて、もう一度保存してください。",
        Wrong = "直してください：{0}",
        Groups = "グループの一覧と変更",
        NoCounts = "まだ計測値がありません。届きしだい表示します。",
        Overlap = "{0}行目と期間が重なっています。{0}行目の終了日を、この行の開始日の前日までにしてください。",
        WrongFrom = "開始日を正しく入れてください。",
        WrongTo = "終了日は開始日以降の日付にしてください。",
        WrongRow = "この行の値を確かめてください。",
        Move = "移す",
        MoveFrom = "移す日",
        MoveTo = "移動先",
        MoveNowhere = "そのラインは、その日にはどの店舗にも付いていません",
        Nowhere = "どこにも付けない",
    };

    public static DevicesWording English { get; } = new()
    {
        Title = "Counters and cameras",
        Short = "Counters",
        EditRows = "Edit every row",
        Lead = "How the devices at the doors are. Coverage is the share of the minutes to be counted that were.",
        None = "No device is enrolled yet.",
        NoneSuch = "No device is like that.",
        Device = "Device",
        State = "State",
        States = ["Silent", "Unmapped", "New", "Counting", "Resting", "Retired"],
        StateNotes = ["Three reports are overdue", "It hangs in no store", "Enrolled and never heard", "Reports come in", "Outside the hours it counts in", "It takes part no more"],
        Stores = "Stores",
        Group = "Group",
        LastSeen = "Last heard",
        Never = "never",
        Coverage = "Coverage (14 days)",
        CoverageOf = "Coverage of the last 14 days: {0}",
        All = "All",
        Show = "Show",
        More = "More",
        Back = "All devices",
        Facts = "The device",
        Name = "Name",
        Maker = "Maker and model",
        Firmware = "Firmware",
        Interval = "Interval",
        Seconds = "{0} s",
        Network = "Network and SIM",
        Mapping = "Where its lines hang",
        MappingLead = "Each line, and the store it has hung in since when.",
        MappingNone = "It hangs in no store. What it sends is held, and released by itself once it does.",
        Line = "Line",
        LineNote = "As the device names it; * is every line that is not named",
        From = "From",
        To = "To",
        Holds = "still",
        Role = "For",
        Roles = ["entrance", "passers-by", "inside"],
        Reversed = "The other way round (its in is out)",
        EveryLine = "every line",
        NewLine = "A further line",
        SaveMapping = "Save the mapping",
        MappingNote = "A row without a line is taken away. Counts that have landed stay in the store they landed in.",
        Days = "The last 14 days",
        DaysLead = "Counts stay as they were counted; the calibrated figure is them by the factors found by hand.",
        Date = "Date",
        Observed = "Coverage",
        Entered = "In, as counted",
        Calibrated = "In, calibrated",
        Exited = "Out",
        Staff = "Of them staff (estimate)",
        Findings = "What is odd",
        FindingNames = ["a silence", "the same numbers again and again", "in and out differ", "counts at night", "missing packages"],
        Missing = "no data",
        People = "people",
        Calibrations = "Calibration by hand",
        CalibrationsLead = "What people and the device counted in the same time. Counts are not changed by it.",
        ByHand = "By hand",
        ByDevice = "By the device",
        Factor = "Factor",
        FactorOf = "{0} ± {1} (95 %)",
        SaveCalibrations = "Save the calibration",
        Incidents = "Alerts",
        IncidentsNone = "There is no alert of this device.",
        Route = "Change the group",
        RouteNote = "The group says how it is read: feed and version of the profile. The device is not touched; it holds from the next report on.",
        Newest = "newest",
        RouteName = "{0} ({1}, version {2})",
        Keys = "Keys of the device",
        MakeKey = "Make a key",
        KeyReady = "The key is made",
        KeyNote = "It is shown this once. Put it into the device.",
        Retire = "Retire the device",
        Reopen = "Take the device back",
        Changes = "What was done",
        Actions = ["enrolled", "changed", "retired", "taken back", "mapped", "calibrated", "key", "group"],
        Saved = "Saved. It holds in a few seconds.",
        Conflict = "Somebody else changed it first. Look at it and save again.",
        Wrong = "Please correct: {0}",
        Groups = "Groups, and how they are read",
        NoCounts = "No counts yet. They appear as soon as they come in.",
        Overlap = "Overlaps line {0}: end that one the day before this one begins.",
        WrongFrom = "Wants the date it begins.",
        WrongTo = "It ends on a date, and not before it begins.",
        WrongRow = "Look at the values of this row.",
        Move = "Move it",
        MoveFrom = "First day there",
        MoveTo = "To",
        MoveNowhere = "that line hangs nowhere on that day",
        Nowhere = "nowhere",
    };

    public required string Title { get; init; }

    /// <summary>As the bar names them.</summary>
    public required string Short { get; init; }
    public required string EditRows { get; init; }
    public required string Lead { get; init; }
    public required string None { get; init; }
    public required string NoneSuch { get; init; }
    public required string Device { get; init; }
    public required string State { get; init; }

    /// <summary>By the order of <see cref="Api.Devices.DeviceStates.All"/>.</summary>
    public required IReadOnlyList<string> States { get; init; }

    /// <summary>Likewise.</summary>
    public required IReadOnlyList<string> StateNotes { get; init; }
    public required string Stores { get; init; }
    public required string Group { get; init; }
    public required string LastSeen { get; init; }
    public required string Never { get; init; }
    public required string Coverage { get; init; }
    public required string CoverageOf { get; init; }
    public required string All { get; init; }
    public required string Show { get; init; }
    public required string More { get; init; }
    public required string Back { get; init; }
    public required string Facts { get; init; }
    public required string Name { get; init; }
    public required string Maker { get; init; }
    public required string Firmware { get; init; }
    public required string Interval { get; init; }
    public required string Seconds { get; init; }
    public required string Network { get; init; }
    public required string Mapping { get; init; }
    public required string MappingLead { get; init; }
    public required string MappingNone { get; init; }
    public required string Line { get; init; }
    public required string LineNote { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required string Holds { get; init; }
    public required string Role { get; init; }

    /// <summary>Entrance, passage, interior.</summary>
    public required IReadOnlyList<string> Roles { get; init; }
    public required string Reversed { get; init; }
    public required string EveryLine { get; init; }
    public required string NewLine { get; init; }
    public required string SaveMapping { get; init; }
    public required string MappingNote { get; init; }
    public required string Days { get; init; }
    public required string DaysLead { get; init; }
    public required string Date { get; init; }
    public required string Observed { get; init; }
    public required string Entered { get; init; }
    public required string Calibrated { get; init; }
    public required string Exited { get; init; }
    public required string Staff { get; init; }
    public required string Findings { get; init; }

    /// <summary>By the order of <see cref="Api.Devices.LineDay.FindingCodes"/>.</summary>
    public required IReadOnlyList<string> FindingNames { get; init; }
    public required string Missing { get; init; }
    public required string People { get; init; }
    public required string Calibrations { get; init; }
    public required string CalibrationsLead { get; init; }
    public required string ByHand { get; init; }
    public required string ByDevice { get; init; }
    public required string Factor { get; init; }
    public required string FactorOf { get; init; }
    public required string SaveCalibrations { get; init; }
    public required string Incidents { get; init; }
    public required string IncidentsNone { get; init; }
    public required string Route { get; init; }
    public required string RouteNote { get; init; }
    public required string Newest { get; init; }
    public required string RouteName { get; init; }
    public required string Keys { get; init; }
    public required string MakeKey { get; init; }
    public required string KeyReady { get; init; }
    public required string KeyNote { get; init; }
    public required string Retire { get; init; }
    public required string Reopen { get; init; }
    public required string Changes { get; init; }

    /// <summary>By the order of <see cref="DeviceSheet.ChangeCodes"/>.</summary>
    public required IReadOnlyList<string> Actions { get; init; }
    public required string Saved { get; init; }
    public required string Conflict { get; init; }
    public required string Wrong { get; init; }
    public required string Groups { get; init; }
    public required string NoCounts { get; init; }
    public required string Overlap { get; init; }
    public required string WrongFrom { get; init; }
    public required string WrongTo { get; init; }
    public required string WrongRow { get; init; }
    public required string Move { get; init; }
    public required string MoveFrom { get; init; }
    public required string MoveTo { get; init; }
    public required string MoveNowhere { get; init; }
    public required string Nowhere { get; init; }

    public static DevicesWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
