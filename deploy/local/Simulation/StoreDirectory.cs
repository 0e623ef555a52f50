using System.Globalization;

namespace RetailInsight.Local.Simulation;

/// <summary>The twenty stores of the demo company.</summary>
internal static class StoreDirectory
{
    private const int Night = 5 * 60;

    /// <summary>S001–S010 send vendor-a, S011–S020 vendor-b; S009 and S018 have no people counter.</summary>
    public static readonly IReadOnlyList<SimulatedStore> All =
    [
        Store(1, "丸の内仲通り店", "東京都", 7 * 60, 22 * 60, 0, 1, 128.5m, 2, 110, StoreCharacter.Office),
        Store(2, "横浜元町店", "神奈川県", 10 * 60, 21 * 60, 0, 2, 214.0m, 3, 125, StoreCharacter.ShoppingStreet),
        Store(3, "新宿西口店", "東京都", (6 * 60) + 30, 24 * 60, Night, 2, 176.2m, 3, 185, StoreCharacter.Station),
        Store(4, "立川北口店", "東京都", 7 * 60, 23 * 60, Night, 1, 143.0m, 2, 115, StoreCharacter.Station),
        Store(5, "つくば研究学園店", "茨城県", 9 * 60, 21 * 60, 0, 1, 412.8m, 2, 95, StoreCharacter.Suburb),
        Store(6, "浦和美園店", "埼玉県", 9 * 60, 22 * 60, 0, 2, 388.0m, 2, 105, StoreCharacter.Suburb),
        Store(7, "歌舞伎町一番街店", "東京都", 10 * 60, 26 * 60, Night, 1, 96.4m, 2, 120, StoreCharacter.Nightlife),
        Store(8, "名古屋栄店", "愛知県", 10 * 60, 21 * 60, 0, 2, 251.7m, 2, 100, StoreCharacter.ShoppingStreet),
        Store(9, "吉祥寺南町店", "東京都", 8 * 60, 23 * 60, 0, 0, 118.9m, 1, 70, StoreCharacter.Residential),
        Store(10, "札幌円山店", "北海道", 8 * 60, 22 * 60, 0, 1, 165.3m, 2, 75, StoreCharacter.Residential),
        Store(11, "梅田地下街店", "大阪府", 7 * 60, 23 * 60, Night, 2, 158.0m, 3, 165, StoreCharacter.Station),
        Store(12, "淀屋橋店", "大阪府", 7 * 60, 21 * 60, 0, 1, 104.6m, 2, 95, StoreCharacter.Office),
        Store(13, "西宮北口店", "兵庫県", 8 * 60, 23 * 60, 0, 1, 197.5m, 2, 90, StoreCharacter.Residential),
        Store(14, "京都四条店", "京都府", 10 * 60, 21 * 60, 0, 2, 223.4m, 2, 110, StoreCharacter.ShoppingStreet),
        Store(15, "中洲川端店", "福岡県", 11 * 60, 26 * 60, Night, 1, 88.2m, 2, 90, StoreCharacter.Nightlife),
        Store(16, "仙台泉中央店", "宮城県", 9 * 60, 22 * 60, 0, 1, 365.0m, 2, 85, StoreCharacter.Suburb),
        Store(17, "広島八丁堀店", "広島県", 7 * 60, 22 * 60, 0, 1, 132.1m, 2, 80, StoreCharacter.Office),
        Store(18, "金沢もりの里店", "石川県", 9 * 60, 21 * 60, 0, 0, 341.6m, 1, 65, StoreCharacter.Suburb),
        Store(19, "那覇おもろまち店", "沖縄県", 8 * 60, 24 * 60, Night, 1, 182.7m, 2, 75, StoreCharacter.Residential),
        Store(20, "大宮東口店", "埼玉県", (6 * 60) + 30, 23 * 60, 0, 1, 139.9m, 2, 105, StoreCharacter.Station),
    ];

    /// <summary>That many stores, half of them of each vendor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one or more than there are.</exception>
    public static IReadOnlyList<SimulatedStore> Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, All.Count);
        return [.. All.Take((count + 1) / 2), .. All.Skip(All.Count / 2).Take(count / 2)];
    }

    private static SimulatedStore Store(
        int number, string name, string prefecture, int opens, int closes, int cutOver, int doorLines, decimal area, int registers, int size, StoreCharacter character) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"S{number:000}"),
            "みなとマート " + name,
            prefecture,
            "Asia/Tokyo",
            number <= 10 ? Feeds.VendorA : Feeds.VendorB,
            opens,
            closes,
            cutOver,
            doorLines,
            area,
            [.. Enumerable.Range(1, registers).Select(till => new Register(
                string.Create(CultureInfo.InvariantCulture, $"3{number:000}{till:00}"),
                string.Create(CultureInfo.InvariantCulture, $"{till:00}")))],
            size,
            character);
}

/// <summary>Feed names as the gateway knows them.</summary>
internal static class Feeds
{
    public const string VendorA = "vendor-a";
    public const string VendorAPosMaster = "vendor-a-pos-master";
    public const string VendorB = "vendor-b";
    public const string PeopleCounter = "people-counter";
}
