namespace RetailInsight.Core.Outcomes;

/// <summary>What a reason means and what to do about it, for people, in one language.</summary>
/// <param name="Meaning">One sentence.</param>
/// <param name="Fix">What makes the receipt good.</param>
public sealed record RejectionText(string Meaning, string Fix)
{
    /// <summary>
    /// Whether the bytes as they lie may become good: by a further version of the profile or by a changed store master, and a
    /// replay. What is not retryable has to be sent again.
    /// </summary>
    public static bool IsRetryable(RejectionReason reason) => reason is not (
        RejectionReason.PayloadEmpty or RejectionReason.PayloadCompression or RejectionReason.PayloadTooLarge
        or RejectionReason.TotalMismatch or RejectionReason.OriginalMissing or RejectionReason.ReceiptIncomplete
        or RejectionReason.DeviceMismatch or RejectionReason.ClockDrift or RejectionReason.TimeSkipped or RejectionReason.IntervalOverlap or RejectionReason.FaceData
        or RejectionReason.TrackCut);

    /// <summary>The text in English.</summary>
    public static RejectionText English(RejectionReason reason) => reason switch
    {
        RejectionReason.PayloadEmpty => new("The payload has no data row.", "Check the export. An empty file is no day without sales."),
        RejectionReason.PayloadCompression => new("The payload cannot be decompressed.", "Send the whole file again."),
        RejectionReason.PayloadUnreadable => new("The payload is not text in the encoding of the profile, or not its kind of file.", "Send the agreed format, or have the profile changed and the payload replayed."),
        RejectionReason.PayloadTooLarge => new("The payload unpacks to more than is allowed.", "Send it in parts."),
        RejectionReason.SchemaChanged => new("A column or member the profile reads is missing from the whole payload.", "If the format has changed, have the profile changed and the payload replayed; else send the file again with the column."),
        RejectionReason.RowShape => new("A row has more or fewer fields than the header, or a broken quote.", "Correct the row and send the file again, or have the profile's dialect changed and the row replayed."),
        RejectionReason.RowEncoding => new("A row has bytes that are no character of the encoding.", "Send the row in the encoding of the profile, or have the profile's encoding changed and the row replayed."),
        RejectionReason.FieldMissing => new("A required field is empty.", "Fill the field and send the file again, or have a default put into the profile and the receipt replayed."),
        RejectionReason.FieldType => new("A field is not of the type the profile states.", "Correct the value and send the file again, or have the way of writing it put into the profile and the receipt replayed."),
        RejectionReason.FieldRange => new("A field is outside what is possible, or contradicts another one.", "Correct the value and send the file again."),
        RejectionReason.CodeUnknown => new("A code is not in the profile's map.", "Have the code put into the profile and the receipt replayed."),
        RejectionReason.StoreUnknown => new("No store answers to the code or register on that business date.", "Put the store or register into the master; held receipts are then released by themselves."),
        RejectionReason.TaxRateUnknown => new("A tax rate is not one of the profile's.", "Correct the rate and send the file again, or have the rate put into the profile and the receipt replayed."),
        RejectionReason.TotalMismatch => new("The lines do not add up to the total the receipt states.", "Find the missing or doubled line and send the whole receipt again."),
        RejectionReason.ReceiptInconsistent => new("Rows of one receipt contradict each other.", "Correct the rows and send the whole receipt again, or have the field's first row count by the profile and the receipt replayed."),
        RejectionReason.ReceiptIncomplete => new("A part of the receipt is missing: its head, or its lines.", "Send the whole receipt again, with all files it stands in."),
        RejectionReason.DeviceUnknown => new("The register of devices has no such device.", "Enrol the device in the device master; what is held is then released by itself."),
        RejectionReason.DeviceMismatch => new("The payload names another device than the one that sent it.", "Give each device its own key, or correct the serial number in the device."),
        RejectionReason.LineUnmapped => new("The device stands in no store with that line on that day.", "Map the line to a store in the device master for that day; what is held is then released by itself."),
        RejectionReason.ClockDrift => new("The device's clock is further off than is allowed.", "Set the clock of the device by NTP. Times are never changed here: send the counts again with the right ones."),
        RejectionReason.TimeSkipped => new("An hour the wall clock skipped: it never was.", "Nothing, if the count is 0. Else have the device send its offset from UTC."),
        RejectionReason.CounterFell => new("A running count fell without a declared reset.", "If the device was restarted, have it send its boot or sequence number; else declare the time of the reset in the profile and replay."),
        RejectionReason.IntervalOverlap => new("An interval overlaps another one of the line that counts already.", "Have the device send intervals of one length only, or withdraw those that count already."),
        RejectionReason.SubscriberSwapped => new("The SIM of the device came with other hardware than it is enrolled with.", "If the hardware was exchanged, state the new one in the device master: what is held is then released by itself. Else block the SIM."),
        RejectionReason.FaceData => new("A picture, a face, or a template or vector of one, came with the record.", "Nothing of it was stored. Switch off in the device what it sends of pictures and faces, and have it send the record again."),
        RejectionReason.TrackCut => new("The way of a person begins or ends outside the payload.", "Have the device send longer stretches, or each way once it has ended. A stretch that begins and ends with nobody in view counts in full."),
        RejectionReason.OriginalMissing => new("A void or correction does not say what it takes back.", "Send it again with the number of the original receipt."),
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "The reason has no text."),
    };

    /// <summary>The text in Japanese.</summary>
    public static RejectionText Japanese(RejectionReason reason) => reason switch
    {
        RejectionReason.PayloadEmpty => new("データ行がありません。", "出力処理を確認してください。空のファイルは「売上なし」とはみなしません。"),
        RejectionReason.PayloadCompression => new("圧縮を展開できません。", "ファイル全体をもう一度送信してください。"),
        RejectionReason.PayloadUnreadable => new("取り決めた文字コードまたはファイル形式として読み取れません。", "取り決めた形式で送信するか、プロファイルの変更後に再処理してください。"),
        RejectionReason.PayloadTooLarge => new("展開後のサイズが上限を超えています。", "分割して送信してください。"),
        RejectionReason.SchemaChanged => new("プロファイルが読む列または項目がファイル全体にありません。", "形式が変わった場合はプロファイルの変更後に再処理し、そうでなければ列を付けて送信し直してください。"),
        RejectionReason.RowShape => new("行の項目数が見出しと合わないか、引用符が壊れています。", "行を直して送信し直すか、プロファイルの区切り・引用符の設定を変更後に再処理してください。"),
        RejectionReason.RowEncoding => new("文字コードにないバイトを含む行があります。", "取り決めた文字コードで送信するか、プロファイルの文字コードを変更後に再処理してください。"),
        RejectionReason.FieldMissing => new("必須項目が空です。", "値を入れて送信し直すか、プロファイルに既定値を設定後に再処理してください。"),
        RejectionReason.FieldType => new("項目の値がプロファイルの型に合いません。", "値を直して送信し直すか、書式をプロファイルに追加後に再処理してください。"),
        RejectionReason.FieldRange => new("値が範囲外か、ほかの項目と矛盾しています。", "値を直して送信し直してください。"),
        RejectionReason.CodeUnknown => new("プロファイルの対応表にないコードです。", "コードをプロファイルに追加後に再処理してください。"),
        RejectionReason.StoreUnknown => new("その営業日にそのコードまたはPOSに対応する店舗がありません。", "店舗またはPOSをマスターに登録してください。保留分は自動的に取り込まれます。"),
        RejectionReason.TaxRateUnknown => new("プロファイルにない税率です。", "税率を直して送信し直すか、税率をプロファイルに追加後に再処理してください。"),
        RejectionReason.TotalMismatch => new("明細の合計がレシートの合計と一致しません。", "不足または重複した明細を直し、レシート全体を送信し直してください。"),
        RejectionReason.ReceiptInconsistent => new("同じレシートの行どうしが矛盾しています。", "行を直してレシート全体を送信し直すか、先頭行を優先する設定をプロファイルに追加後に再処理してください。"),
        RejectionReason.ReceiptIncomplete => new("レシートの一部（見出しまたは明細）がありません。", "関係するファイルをすべてそろえて、レシート全体を送信し直してください。"),
        RejectionReason.DeviceUnknown => new("機器台帳にない機器です。", "機器を登録してください。保留分は自動的に取り込まれます。"),
        RejectionReason.DeviceMismatch => new("送信元とは別の機器のデータです。", "機器ごとに別のキーを使うか、機器に設定したシリアル番号を直してください。"),
        RejectionReason.LineUnmapped => new("その日、そのラインは店舗に割り当てられていません。", "その日のラインの割り当てを登録してください。保留分は自動的に取り込まれます。"),
        RejectionReason.ClockDrift => new("機器の時計のずれが、プロファイルの許容範囲を超えています。", "機器の時計をNTPで合わせてください。時刻はこちらでは変更しません。正しい時刻で送信し直してください。"),
        RejectionReason.TimeSkipped => new("時計が飛ばした、存在しない時間帯です。", "値が0なら対応は不要です。そうでなければ、UTCとの時差を付けて送信してください。"),
        RejectionReason.CounterFell => new("宣言のないリセットで、累計値が減りました。", "再起動した場合は起動番号または連番を送信してください。そうでなければ、リセット時刻をプロファイルに追加後に再処理してください。"),
        RejectionReason.IntervalOverlap => new("集計済みの別の区間と重なっています。", "機器が送る区間の長さを統一するか、集計済みの区間を取り下げてください。"),
        RejectionReason.SubscriberSwapped => new("登録と異なるハードウェアから、この機器のSIMで送信されました。", "機器を交換した場合は、新しいハードウェアを機器台帳に登録してください。保留分は自動的に取り込まれます。そうでなければSIMを停止してください。"),
        RejectionReason.FaceData => new("画像、顔、または顔の特徴量が付いていました。", "顔のデータは保存していません。機器で画像と顔データの送信を止め、送信し直してください。"),
        RejectionReason.TrackCut => new("人の動線がデータの範囲外で始まっているか終わっています。", "機器の送信間隔を長くするか、動線が終わってからまとめて送信してください。範囲の前後に人がいなければ、すべて集計されます。"),
        RejectionReason.OriginalMissing => new("取消・訂正の元レシートが示されていません。", "元レシートの番号を付けて送信し直してください。"),
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "The reason has no text."),
    };
}
