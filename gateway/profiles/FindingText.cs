namespace RetailInsight.Profiles;

/// <summary>What a finding means and what to do about it, for people, in one language. Nothing is held for it.</summary>
/// <param name="Meaning">One sentence.</param>
/// <param name="Fix">What makes it go away, or who has to look.</param>
public sealed record FindingText(string Meaning, string Fix)
{
    /// <summary>The text in English.</summary>
    public static FindingText English(FindingCode code) => code switch
    {
        FindingCode.DateAfterEra => new("A date lies in a year its era did not have any more.", "It is read as the day it means. Have the register's calendar updated."),
        FindingCode.ItemCodeInvalid => new("An item code has a wrong check digit, or no length of a GTIN.", "Correct the item master of the register. Codes of your own begin with 02 or 20 to 29."),
        FindingCode.TaxDifference => new("The stated tax is not what the profile's rule gives.", "Compare rounding and basis of the profile with the register's settings. The stated tax is kept."),
        FindingCode.TotalDifference => new("The lines do not add up to the stated total.", "Find out what the total contains beside the lines: fees, discounts, points. Bind it."),
        FindingCode.FutureDate => new("It happened after it was received.", "Set the register's clock, or the offset of its timestamps."),
        FindingCode.WildAmount => new("An amount is beyond what the profile calls usual.", "Ask the shop whether it is right; if it often is, raise 'wild_above'."),
        FindingCode.ColumnUnknown => new("A column is new to the profile; nothing of it is read.", "Bind it in the next version of the profile, or name it under 'unused'."),
        FindingCode.RecordSkipped => new("A record is none of the profile's and is not counted.", "Nothing, if it is no sale, such as a till opened; else choose it in 'records'."),
        FindingCode.AmountDifference => new("The amount of a line is not quantity × unit price.", "If it is already less its discount, say 'line_amount: after_discount'; else find out what it contains, and whether its sign is printed otherwise ('negate')."),
        FindingCode.TenderDifference => new("What was paid is not the total of the receipt.", "Bind every means of payment and the change. A payment without an amount is the rest by 'when_empty: rest'."),
        FindingCode.DiscountSign => new("A discount raises what it is taken from.", "If discounts are printed negative, bind them with 'negate: true'. A surcharge is a fee."),
        FindingCode.ChangeWithoutCash => new("More was given back than was handed over in cash.", "Nothing, where change is given on vouchers. Else bind the cash handed over; a change printed negative is bound with 'negate: true'."),
        FindingCode.ReceiptReplaced => new("A receipt stands in the file again and says something else: the later takes the place of the earlier.", "If the file holds no corrections, rows of one receipt are taken for several, or several receipts for one: look at 'receipt_key' and 'identity'."),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "The finding has no text."),
    };

    /// <summary>The text in Japanese.</summary>
    public static FindingText Japanese(FindingCode code) => code switch
    {
        FindingCode.DateAfterEra => new("改元後にない年の日付です。", "意味する日として読み取りました。レジの暦を更新してください。"),
        FindingCode.ItemCodeInvalid => new("商品コードのチェックデジットまたは桁数が正しくありません。", "レジの商品マスターを直してください。自社コードは 02 または 20～29 で始めます。"),
        FindingCode.TaxDifference => new("記載の税額がプロファイルの計算と一致しません。", "端数処理と内税・外税の設定をレジと比べてください。記載の税額をそのまま使います。"),
        FindingCode.TotalDifference => new("明細の合計が記載の合計と一致しません。", "明細以外に合計に含まれるもの（手数料、値引、ポイント）を確かめ、プロファイルに割り当ててください。"),
        FindingCode.FutureDate => new("受信より後の日時です。", "レジの時計または時差の設定を直してください。"),
        FindingCode.WildAmount => new("通常の範囲を超える金額です。", "店舗に確認してください。正しいことが多ければ wild_above を上げてください。"),
        FindingCode.ColumnUnknown => new("プロファイルにない列です。読み取りません。", "次の版で割り当てるか、unused に列名を書いてください。"),
        FindingCode.RecordSkipped => new("プロファイルの対象外の記録です。集計しません。", "ドロアを開けただけなど売上でなければ対応は不要です。売上なら records で選んでください。"),
        FindingCode.AmountDifference => new("明細の金額が数量×単価と一致しません。", "金額が値引後なら line_amount: after_discount を指定してください。そうでなければ金額に含まれるものと符号（negate）を確かめてください。"),
        FindingCode.TenderDifference => new("支払額がレシートの合計と一致しません。", "すべての支払方法とお釣りを割り当ててください。金額が空の支払いは when_empty: rest で残額とみなせます。"),
        FindingCode.DiscountSign => new("値引きにより金額が増えています。", "値引きが負の数で出力される場合は negate: true を付けて割り当ててください。割増は手数料（fees）です。"),
        FindingCode.ChangeWithoutCash => new("お釣りが預かった現金を上回っています。", "商品券などにお釣りを出しているなら対応は不要です。そうでなければ預り現金を割り当て、お釣りが負の数なら negate: true を付けてください。"),
        FindingCode.ReceiptReplaced => new("同じレシートがファイル内に別の内容で再び現れ、後のものが前のものに置き換わります。", "訂正を含まないファイルなら、一枚のレシートの行が分かれているか、複数のレシートが一枚とみなされています。receipt_key と identity を確かめてください。"),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "The finding has no text."),
    };
}
