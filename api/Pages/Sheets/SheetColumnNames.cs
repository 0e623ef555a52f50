using RetailInsight.Api.Metrics;

namespace RetailInsight.Api.Pages.Sheets;

/// <summary>What columns of files are called. A metric has the name of its definition card, so that a file and the API mean the same by it.</summary>
internal static class SheetColumnNames
{
    private static readonly Dictionary<string, Text> Suffixes = new()
    {
        ["_comparison"] = new(" 比較対象", ", compared"),
        ["_difference"] = new(" 差", ", difference"),
        ["_change"] = new(" 増減率", ", change"),
        ["_typical"] = new(" ふだん", ", usual"),
        ["_target"] = new(" 目標", ", target"),
        ["_median"] = new(" 中央値", ", median"),
        ["_per_day"] = new(" 1日あたり", " a day"),
    };

    private static readonly Dictionary<string, Text> Names = new()
    {
        ["store"] = new("店舗コード", "Store"),
        ["store_name"] = new("店舗名", "Store name"),
        ["business_date"] = new("営業日", "Business date"),
        ["from"] = new("開始日", "From"),
        ["to"] = new("終了日", "To"),
        ["weekday"] = new("曜日(1 = 月曜 … 7 = 日曜)", "Weekday, 1 = Monday … 7 = Sunday"),
        ["hour"] = new("時間帯", "Hour"),
        ["currency"] = new("通貨", "Currency"),
        ["compared_date"] = new("比較対象日", "Compared date"),
        ["compared_until_hour"] = new("比較した時刻まで", "Compared until hour"),
        ["comparison"] = new("比較の種類", "Compared with"),
        ["stores_expected"] = new("対象店舗数", "Stores expected"),
        ["stores_reported"] = new("受信店舗数", "Stores reported"),
        ["days_elapsed"] = new("経過日数", "Days elapsed"),
        ["days_reported"] = new("データのある日数", "Days with figures"),
        ["tax_included"] = new("税込か", "Tax included"),
        ["declared"] = new("レジの申告", "Declared by registers"),
        ["published"] = new("集計した売上", "Sales counted"),
        ["difference"] = new("差（集計 − 申告）", "Difference, counted − declared"),
        ["registers_declared"] = new("申告したレジ数", "Registers that declared"),
        ["declared_at"] = new("申告の受信時刻", "Declared at"),
        ["computed_at"] = new("集計時刻", "Computed at"),
        ["counter_state"] = new("来店カウンタの状態", "State of the counters"),
        ["state"] = new("データの状態", "State of the data"),
        ["metric"] = new("指標", "Metric"),
        ["unit"] = new("単位", "Unit"),
        ["actual"] = new("実績", "Actual"),
        ["target"] = new("目標", "Target"),
        ["group_mean"] = new("似た店舗の平均", "Mean of similar stores"),
        ["group_size"] = new("似た店舗の数", "Similar stores"),
        ["quarter"] = new("第1四分位", "First quartile"),
        ["median"] = new("中央値", "Median"),
        ["three_quarters"] = new("第3四分位", "Third quartile"),
        ["rank"] = new("順位", "Rank"),
        ["as_of"] = new("比べた最後の営業日", "Compared as of"),
        ["peer"] = new("近い店舗のコード", "Near store"),
        ["peer_name"] = new("近い店舗", "Near store's name"),
        ["distance"] = new("距離", "Distance"),
        ["alike"] = new("似ている点", "Alike in"),
        ["unlike"] = new("いちばん違う点", "Differs most in"),
        ["store_group"] = new("グループ", "Group"),
        ["store_group_name"] = new("グループの特徴", "What the group is like"),
        ["store_group_candidate"] = new("移る見込みのグループ", "Group it may move to"),
        ["store_group_number"] = new("グループの数", "Number of groups"),
        ["store_count"] = new("店舗数", "Stores in it"),
        ["silhouette"] = new("分かれ方のはっきり度", "Silhouette"),
        ["agreement"] = new("分け方の一致度(ARI)", "Agreement (ARI)"),
        ["worst_jaccard"] = new("最も弱いグループの再現度", "Worst Jaccard"),
        ["accepted"] = new("安定(1 = はい)", "Stable, 1 = yes"),
        ["of"] = new("順位の母数", "Out of"),
        ["gain_per_day"] = new("中央値に届いた場合の1日の売上増", "Sales a day at the median"),
        ["tender"] = new("支払方法", "Tender method"),
        ["discount_kind"] = new("値引の種類", "Kind of discount"),
        ["tax_rate"] = new("税率(1/100 %)", "Tax rate in basis points"),
        ["same_store"] = new("既存店(1 = 対象)", "Same store, 1 = compared"),
        ["days"] = new("日数", "Days"),
        ["outlook"] = new("閉店時の見込み", "Expected at closing"),
        ["item"] = new("商品コード", "Item code"),
        ["item_name"] = new("商品名", "Item"),
        ["category"] = new("部門", "Category"),
        ["abc_class"] = new("ABC", "ABC class"),
        ["cumulative_share"] = new("累計構成比", "Cumulative share"),
        ["share"] = new("構成比", "Share"),
        ["item_a"] = new("商品A", "Item A"),
        ["item_b"] = new("商品B", "Item B"),
        ["lift"] = new("リフト値", "Lift"),
        ["registers_expected"] = new("想定レジ数", "Registers expected"),
        ["registers_reported"] = new("受信レジ数", "Registers reported"),
        ["terminal"] = new("レジ", "Register"),
        ["last_at"] = new("最後のレシート", "Last receipt"),
        ["last_received_at"] = new("最後の受信", "Last received"),
        ["first_number"] = new("最初の番号", "First number"),
        ["last_number"] = new("最後の番号", "Last number"),
        ["changed_at"] = new("変更時刻", "Changed at"),
        ["net_was"] = new("変更前の売上高(税抜)", "Net sales before"),
        ["net_is"] = new("変更後の売上高(税抜)", "Net sales since"),
        ["receipts_was"] = new("変更前のレジ客数", "Receipts before"),
        ["receipts_is"] = new("変更後のレジ客数", "Receipts since"),
        ["segment"] = new("お客様の層", "Customers"),
        ["customers"] = new("人数", "Number of customers"),
        ["period"] = new("期間", "Period"),
        ["counted"] = new("計測値", "Counted"),
        ["estimated_customers"] = new("推定客数", "Estimated customers"),
        ["at_least"] = new("推定の下限（95%）", "At least (95 %)"),
        ["at_most"] = new("推定の上限（95%）", "At most (95 %)"),
        ["staff_by_devices"] = new("従業員（機器の判定）", "Staff, as devices tell"),
        ["staff_by_rule"] = new("従業員（登録回数）", "Staff, by the number noted"),
        ["calibrated_share"] = new("補正済みラインの割合", "Share of lines counted by hand"),
        ["planned_hours"] = new("計画の人時", "Staff hours planned"),
        ["worked_hours"] = new("実績の人時", "Staff hours worked"),
        ["visitors_per_staff_hour"] = new("人時あたり来店客数", "Visitors per staff hour"),
        ["notes"] = new("メモ", "Notes"),
        ["note"] = new("内容", "Text"),
        ["note_kind"] = new("メモの種類", "Kind of note"),
        ["rule"] = new("ルール", "Rule"),
        ["alert_state"] = new("アラートの状態", "State of the alert"),
        ["device"] = new("機器", "Device"),
        ["figure_told"] = new("知らせたときの値", "Figure when told"),
        ["figure"] = new("いまの値", "Figure now"),
        ["reference"] = new("比べた値", "Compared with"),
        ["opened_at"] = new("知らせた時刻", "Told at"),
        ["acknowledged_by"] = new("対応した人", "Acknowledged by"),
        ["acknowledged_at"] = new("対応した時刻", "Acknowledged at"),
        ["closed_at"] = new("終わった時刻", "Over at"),
        ["closed_why"] = new("終わった理由", "Why it is over"),
        ["reason"] = new("理由", "Reason"),
    };

    /// <summary>The name of a column.</summary>
    /// <exception cref="ArgumentException">Nobody has named it.</exception>
    public static string Of(string id, string language)
    {
        if ((Names.TryGetValue(id, out var name) ? name : MetricCatalogue.Find(id)?.Name) is { } known)
        {
            return known.In(language);
        }

        var suffix = Suffixes.Keys.FirstOrDefault(one => id.EndsWith(one, StringComparison.Ordinal))
            ?? throw new ArgumentException($"The column '{id}' has no name.", nameof(id));
        return Of(id[..^suffix.Length], language) + Suffixes[suffix].In(language);
    }
}
