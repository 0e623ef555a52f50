using System.Globalization;

namespace RetailInsight.Local.Simulation;

/// <summary>What can be bought.</summary>
/// <param name="Jan">JAN-13.</param>
/// <param name="Name">Japanese name, writable in CP932.</param>
/// <param name="Department">Two digits; 90 is not merchandise.</param>
/// <param name="NetPrice">Yen without tax.</param>
/// <param name="RatePercent">10, 8 or 0.</param>
internal sealed record Item(string Jan, string Name, string Department, int NetPrice, int RatePercent)
{
    /// <summary>False for carrier bags.</summary>
    public bool IsMerchandise => Department != Assortment.BagDepartment;
}

/// <summary>
/// The items of the demo company. Some names are awkward on purpose: half-width kana, circled digits, characters whose
/// second CP932 byte is a backslash (ソ, 表, 十), a comma and a quotation mark.
/// </summary>
internal static class Assortment
{
    public const string BagDepartment = "90";

    /// <summary>Food and drink at the reduced rate, most bought first.</summary>
    public static readonly IReadOnlyList<Item> Food = Build(0, 8,
    [
        ("おにぎり 紅しゃけ", "01", 128), ("おにぎり ツナマヨ", "01", 118), ("緑茶 600ml", "03", 108), ("ブレンドコーヒー R", "03", 102),
        ("たまごサンド", "01", 238), ("天然水 2L", "03", 98), ("牛乳 1000ml", "02", 218), ("食パン 6枚切", "02", 158),
        ("メロンパン", "02", 138), ("幕の内弁当", "01", 498), ("ソーセージ 十本入", "04", 328), ("絹ごし豆腐 3個組", "04", 88),
        ("納豆 3個組", "04", 98), ("たまご 10個入", "04", 238), ("バナナ 1房", "05", 178), ("りんご ふじ", "05", 148),
        ("トマト 4個入", "05", 298), ("キャベツ 1玉", "05", 198), ("玉ねぎ 3個", "05", 168), ("じゃがいも 1袋", "05", 248),
        ("国産若鶏もも肉 300g", "06", 428), ("豚バラ薄切り 250g", "06", 548), ("銀鮭切身 2切", "06", 398), ("まぐろ刺身", "06", 698),
        ("ﾖｰｸﾞﾙﾄ ﾌﾟﾚｰﾝ 400g", "02", 158), ("ポテトチップス うすしお", "07", 138), ("チョコレート 板", "07", 118), ("アイスクリーム バニラ", "07", 148),
        ("カップ麺 しょうゆ", "08", 198), ("スパゲッティ 1.7mm", "08", 268), ("無洗米 5kg", "08", 2480), ("醤油 750ml", "08", 298),
        ("惣菜 唐揚げ①", "01", 358), ("惣菜 ポテトサラダ②", "01", 228), ("栄養補助ゼリー", "03", 188), ("野菜ジュース 200ml", "03", 92),
    ]);

    /// <summary>Everything else, at the standard rate, most bought first.</summary>
    public static readonly IReadOnlyList<Item> General = Build(100, 10,
    [
        ("缶ビール 350ml", "10", 208), ("缶チューハイ レモン", "10", 148), ("ティッシュ 5箱", "11", 298), ("不織布マスク 7枚", "11", 348),
        ("歯ブラシ ふつう", "11", 198), ("乾電池 単3 4本", "12", 398), ("ボールペン 黒", "12", 110), ("ノート B5,5冊組", "12", 358),
        ("ビニール傘 65cm", "12", 598), ("靴下 3足組", "13", 880), ("ハンカチ \"みなと\"", "13", 550), ("ストッキング", "13", 480),
        ("洗濯洗剤 詰替", "11", 328), ("シャンプー 詰替", "11", 438), ("赤ワイン 750ml", "10", 1180), ("清酒 720ml", "10", 1380),
        ("表紙付き手帳 2027", "12", 1480), ("モバイルバッテリー", "12", 2980), ("花束 季節の花", "14", 780), ("雑誌 週刊", "14", 455),
        ("充電ケーブル 1m", "12", 980), ("トートバッグ ㈱みなと", "13", 1650),
    ]);

    /// <summary>Not taxed.</summary>
    public static readonly Item Stamps = Build(200, 0, [("郵便切手 110円", "80", 110)])[0];

    /// <summary>In sales, not in item counts.</summary>
    public static readonly Item Bag = Build(300, 10, [("レジ袋 M", BagDepartment, 4)])[0];

    /// <summary>Every item.</summary>
    public static readonly IReadOnlyList<Item> All = [.. Food, .. General, Stamps, Bag];

    private static Item[] Build(int firstNumber, int ratePercent, (string Name, string Department, int NetPrice)[] items) =>
        [.. items.Select((item, at) => new Item(Jan(firstNumber + at), item.Name, item.Department, item.NetPrice, ratePercent))];

    // GS1: digits weigh 1 and 3 in turn from the left; the check digit fills up to the next ten.
    private static string Jan(int number)
    {
        var body = string.Create(CultureInfo.InvariantCulture, $"4901234{10007 + (number * 137):00000}");
        var sum = body.Select((digit, at) => (digit - '0') * (at % 2 == 0 ? 1 : 3)).Sum();
        return body + (char)('0' + ((10 - (sum % 10)) % 10));
    }
}
