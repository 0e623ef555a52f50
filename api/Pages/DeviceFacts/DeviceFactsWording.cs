namespace RetailInsight.Api.Pages.DeviceFacts;

/// <summary>The texts of the form that enrols a device or changes its facts.</summary>
internal sealed record DeviceFactsWording
{
    public static DeviceFactsWording Japanese { get; } = new()
    {
        Enrol = "機器を登録",
        Change = "機器の情報を変更",
        EnrolLead = "登録前に届いた計測値は保留になっており、登録して店舗に割り当てると自動的に取り込まれます。",
        NoGroup = "先にグループを作ってください。グループがデータの読み方を決めます。",
        MakeGroup = "グループを作る",
        Device = "機器ID",
        DeviceNote = "機器が送るデータの中で名乗るID（シリアル番号やMACアドレスなど）。あとから変えられません。",
        Name = "名前",
        Group = "グループ",
        Interval = "計測間隔（秒）",
        IntervalNote = "1回の計測の長さ、または報告の間隔。900は15分です。",
        Maker = "メーカー",
        Model = "型番",
        Revision = "改訂",
        Opens = "計測開始",
        Closes = "計測終了",
        HoursNote = "10:00 のように入れます。閉店が深夜なら 26:00 も使えます。空欄なら店舗の営業時間です。",
        Network = "回線",
        Subscriber = "加入者番号（IMSIなど）",
        Equipment = "端末番号（IMEIなど）",
        NetworkNote = "SIMで見分ける機器だけ入れます。",
        Store = "店舗",
        StoreNote = "すべてのラインをこの店舗に割り当てます。ラインごとの割り当ては登録後に変えられます。",
        NoStore = "あとで割り当てる",
        From = "開始日",
        Save = "保存",
        Wrong = "直してください：{0}",
        WrongDevice = "機器IDは1～128文字で、スラッシュは使えません",
        WrongInterval = "計測間隔は1～90000秒です",
        WrongHours = "計測開始は0:00～23:59、終了はそれより後（48:00まで）で、両方入れるか両方空欄にします",
        WrongNetwork = "回線と加入者番号は両方入れます（128文字まで）",
        WrongText = "名前・メーカー・型番・改訂は100文字までです",
        WrongStore = "店舗と開始日を確かめてください",
        WrongGroup = "グループを選んでください",
        Taken = "同じIDの機器がすでにあるか、その加入者番号は別の機器で使われています。",
        Conflict = "ほかの人が先に変更したか、その加入者番号は別の機器で使われています。機器のページで確かめてください。",
    };

    public static DeviceFactsWording English { get; } = new()
    {
        Enrol = "Enrol a device",
        Change = "Change the facts",
        EnrolLead = "What it sent before is held, and released by itself once it is enrolled and hangs in a store.",
        NoGroup = "Make a group first: it says how what a device sends is read.",
        MakeGroup = "Make a group",
        Device = "Id",
        DeviceNote = "As the device names itself in what it sends, such as a serial number or MAC address. It cannot be changed later.",
        Name = "Name",
        Group = "Group",
        Interval = "Interval (seconds)",
        IntervalNote = "How long one count is, or how often it reports; 900 is a quarter of an hour.",
        Maker = "Maker",
        Model = "Model",
        Revision = "Revision",
        Opens = "Counts from",
        Closes = "Counts until",
        HoursNote = "Such as 10:00; 26:00 is two in the night. Empty means the hours of its store.",
        Network = "Network",
        Subscriber = "Subscriber (IMSI)",
        Equipment = "Equipment (IMEI)",
        NetworkNote = "Only for devices known by their SIM.",
        Store = "Store",
        StoreNote = "All its lines hang there. Lines can be mapped one by one once it is enrolled.",
        NoStore = "Later",
        From = "From",
        Save = "Save",
        Wrong = "Please correct: {0}",
        WrongDevice = "the id has 1 to 128 characters and no slash",
        WrongInterval = "the interval is 1 to 90000 seconds",
        WrongHours = "it counts from 0:00 to 23:59 until later, at most 48:00; state both or neither",
        WrongNetwork = "network and subscriber go together, at most 128 characters each",
        WrongText = "name, maker, model and revision have at most 100 characters",
        WrongStore = "store and the date it hangs there from",
        WrongGroup = "choose a group",
        Taken = "There is a device of that id, or the subscriber is another device's.",
        Conflict = "Somebody else changed it first, or the subscriber is another device's. Look at the page of the device.",
    };

    public required string Enrol { get; init; }
    public required string Change { get; init; }
    public required string EnrolLead { get; init; }
    public required string NoGroup { get; init; }
    public required string MakeGroup { get; init; }
    public required string Device { get; init; }
    public required string DeviceNote { get; init; }
    public required string Name { get; init; }
    public required string Group { get; init; }
    public required string Interval { get; init; }
    public required string IntervalNote { get; init; }
    public required string Maker { get; init; }
    public required string Model { get; init; }
    public required string Revision { get; init; }
    public required string Opens { get; init; }
    public required string Closes { get; init; }
    public required string HoursNote { get; init; }
    public required string Network { get; init; }
    public required string Subscriber { get; init; }
    public required string Equipment { get; init; }
    public required string NetworkNote { get; init; }
    public required string Store { get; init; }
    public required string StoreNote { get; init; }
    public required string NoStore { get; init; }
    public required string From { get; init; }
    public required string Save { get; init; }
    public required string Wrong { get; init; }
    public required string WrongDevice { get; init; }
    public required string WrongInterval { get; init; }
    public required string WrongHours { get; init; }
    public required string WrongNetwork { get; init; }
    public required string WrongText { get; init; }
    public required string WrongStore { get; init; }
    public required string WrongGroup { get; init; }
    public required string Taken { get; init; }
    public required string Conflict { get; init; }

    public static DeviceFactsWording Of(Wording words) => words.Language == "en" ? English : Japanese;
}
