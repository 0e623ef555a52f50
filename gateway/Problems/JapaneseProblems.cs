using System.Collections.Frozen;
using Microsoft.Net.Http.Headers;

namespace RetailInsight.Gateway.Problems;

/// <summary>
/// The problems in Japanese, for a caller whose <c>Accept-Language</c> prefers it. Codes, field names and what was found in the
/// payload stay as they are; a detail that names a value is kept in English behind the Japanese sentence.
/// </summary>
internal static class JapaneseProblems
{
    private const string Kept = "送信データは保存しました。";
    private const string NothingKept = "データは保存していません。";

    /// <summary>Title and sentence by code.</summary>
    private static readonly FrozenDictionary<string, (string Title, string Detail, bool IsWhole)> Texts = new Dictionary<string, (string, string, bool)>
    {
        ["not_found"] = ("見つかりません", "このアドレスには何もありません。使えるアドレスの一覧は /openapi/v1.ja.json にあります。", true),
        ["method_not_allowed"] = ("使えないメソッドです", "このアドレスで使えるメソッドはヘッダー Allow にあります。", true),
        ["media_type_unsupported"] = ("対応していない形式です", "ファイルをそのまま、または gzip で圧縮し Content-Encoding: gzip を付けて送信してください。", true),
        ["request_failed"] = ("リクエストに失敗しました", "サーバーがエラーを返しました。", false),
        ["unavailable"] = ("一時的に利用できません", "受領は完了していません。もう一度送信してください。同じ内容が二重に集計されることはありません。", true),
        ["request_invalid"] = ("リクエストが正しくありません", "指定を確認してください。", false),
        ["internal_error"] = ("内部エラー", "当方の不具合です。しばらくしてからもう一度送信し、お問い合わせの際は trace_id をお知らせください。", true),
        ["rate_limited"] = ("リクエストが多すぎます", NothingKept + "Retry-After の秒数を待ってから、もう一度送信してください。", true),
        ["bytes_limited"] = ("同時に送信中のデータが多すぎます", NothingKept + "Retry-After の秒数を待ってから、もう一度送信してください。", true),
        ["idempotency_key_invalid"] = ("Idempotency-Key が正しくありません", "Idempotency-Key は1つだけ、印字可能なASCII文字1～255字で指定してください。" + NothingKept, true),
        ["idempotency_key_reused"] = ("Idempotency-Key は別のデータで使用済みです", NothingKept + "データごとに別のキーを付けて送信してください。", false),
        ["api_key_invalid"] = ("APIキーが無効です", "キーの誤り、未登録、失効、期限切れのいずれかです。" + NothingKept, true),
        ["api_key_missing"] = ("APIキーがありません", "ヘッダー Authorization: Bearer <キー> または X-Api-Key を付けて送信してください。" + NothingKept, true),
        ["feed_unknown"] = ("フィードが見つかりません", "その名前のフィードはありません。" + NothingKept, true),
        ["feed_forbidden"] = ("このキーでは使えないフィードです", "このキーにはこのフィードの権限がありません。" + NothingKept, true),
        ["feed_retired"] = ("廃止されたフィードです", "このフィードは受付を終了しました。代わりのフィードを確認してください。" + NothingKept, true),
        ["feed_exists"] = ("同じ名前のフィードがあります", "別の名前で作成するか、既存のフィードのプロファイルを変更してください。何も変更していません。", false),
        ["feed_profile_incompatible"] = ("このフィードには使えないプロファイルです", "レシートを識別する項目が今のプロファイルと異なるため、送信済みのデータが二重に集計されます。別のフィードを作成してください。何も変更していません。", false),
        ["content_encoding_unsupported"] = ("対応していない Content-Encoding です", "ファイルをそのまま、または gzip で圧縮し Content-Encoding: gzip を付けて送信してください。" + NothingKept, true),
        ["file_name_invalid"] = ("X-File-Name が正しくありません", "X-File-Name は255文字以内のファイル名を UTF-8 でパーセントエンコードしたものです。制御文字は使えません。" + NothingKept, true),
        ["profile_unknown"] = ("プロファイルが見つかりません", "その名前のプロファイルはありません。", false),
        ["draft_incomplete"] = ("プロファイルとファイルがそろっていません", "multipart/form-data で profile（YAML）と file を1つずつ送信してください。", false),
        ["draft_too_large"] = ("試すには大きすぎます", "短いファイルで試すか、gzip で圧縮して .gz の名前で送信してください。", false),
        ["draft_too_slow"] = ("試すのに時間がかかりすぎます", "短いファイルで試してください。", false),
        ["receipt_unknown"] = ("受領書が見つかりません", "その ID の受領書はありません。", true),
        ["master_push_unknown"] = ("POSマスターの送信が見つかりません", "その ID のPOSマスターの受領書はありません。", true),
        ["store_day_unknown"] = ("その店舗・営業日のデータはありません", "このキーで見られるフィードには、その店舗・営業日のデータがまだ届いていません。", true),
        ["item_unknown"] = ("保留項目が見つかりません", "その番号の保留項目はありません。", true),
        ["replay_unknown"] = ("再処理が見つかりません", "その番号の確認・再処理・取り込み・取り消しはありません。", true),
        ["omission_unknown"] = ("確認事項が見つかりません", "その番号の、再送データから消えたレシートの確認事項はありません。", true),
        ["omission_decided"] = ("すでに決定済みです", "この確認事項は決定済み、または新しい送信で置き換えられています。何も変更していません。", false),
        ["operator_only"] = ("運用者のキーが必要です", "この操作には運用者のキーが必要です。何も変更していません。", true),
        ["undo_impossible"] = ("取り消せません", "取り消せるのは完了した再処理、取り込み、取り下げだけです。取り消しを元に戻すには、もう一度再処理してください。", true),
        ["undo_of_master"] = ("POSマスターの再処理は取り消せません", "POSの割り当てが取り込まれています。訂正したマスターを送信してください。取り込み済みの売上の店舗は変わりません。", true),
        ["payload_empty"] = ("送信データが空です", "データ行がありません。", false),
        ["payload_too_large"] = ("送信データが大きすぎます", "分割するか、gzip で圧縮して送信してください。", false),
        ["payload_compression"] = ("圧縮を展開できません", Kept + "圧縮ファイルが壊れていないか確認してください。", false),
        ["payload_unreadable"] = ("送信データを読み取れません", Kept + "文字コードとファイル形式を確認してください。", false),
        ["schema_changed"] = ("必要な列がありません", Kept + "列名または項目名が変わっていないか確認してください。", false),
        ["payload_unsearchable"] = ("圧縮を展開できません", "カメラのデータは画像がないことを確認してから保存しますが、確認できませんでした。" + NothingKept + "ファイル全体をもう一度送信してください。", false),
        ["identity_untrusted"] = ("回線網による識別はここでは使えません", "契約者番号のヘッダーは、回線網専用のアドレスでのみ使えます。" + NothingKept, true),
        ["device_key_only"] = ("機器のキーではありません", "このアドレスには機器自身のキーが必要です。/v1/ingest/{feed} に送信するか、機器のキーを発行してください。" + NothingKept, true),
        ["device_not_enrolled"] = ("登録されていない機器です", "その名前の機器は台帳にありません。" + NothingKept, true),
        ["device_retired"] = ("廃止された機器です", "この機器は受付を終了しました。" + NothingKept, true),
        ["network_unknown"] = ("回線網が見つかりません", "その名前の回線網はありません。" + NothingKept, true),
        ["network_untrusted"] = ("回線網の中継サーバーからの送信ではありません", "契約者番号は、登録された中継サーバーからの送信でのみ有効です。" + NothingKept, true),
        ["network_signature_invalid"] = ("回線網の署名が正しくありません", "時刻、契約者番号、ハードウェア番号の署名が一致しないか、古すぎます。" + NothingKept, false),
        ["subscriber_unknown"] = ("その契約者番号の機器はありません", "先に、この契約者番号で機器を登録してください。" + NothingKept, true),
        ["device_signature_missing"] = ("機器の署名がありません", "ヘッダー X-Device-Timestamp と X-Device-Signature を付けて送信してください。" + NothingKept, true),
        ["device_signature_stale"] = ("機器の署名が古すぎます", "X-Device-Timestamp は現在の UNIX 時刻（秒）から5分以内でなければなりません。" + NothingKept, false),
        ["device_signature_invalid"] = ("機器の署名が正しくありません", "この機器の有効なキーによる、この本文の署名ではありません。" + NothingKept, true),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Codes that have a Japanese text.</summary>
    public static IEnumerable<string> Codes => Texts.Keys;

    /// <summary>The problem in the language the caller prefers; English unless Japanese is asked for first.</summary>
    /// <param name="problem">In English.</param>
    /// <param name="context">The request, and the answer whose language headers are set.</param>
    public static Problem InLanguageOf(HttpContext context, Problem problem)
    {
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptLanguage);
        if (!Prefers(context.Request) || !Texts.TryGetValue(problem.Code, out (string Title, string Detail, bool IsWhole) text))
        {
            context.Response.Headers.ContentLanguage = "en";
            return problem;
        }

        context.Response.Headers.ContentLanguage = "ja";
        return problem with { Title = text.Title, Detail = text.IsWhole ? text.Detail : $"{text.Detail}（{problem.Detail}）" };
    }

    /// <summary>Whether the caller asks for Japanese first.</summary>
    public static bool Prefers(HttpRequest request) =>
        request.GetTypedHeaders().AcceptLanguage.Where(language => language.Quality is not 0).OrderByDescending(language => language.Quality ?? 1)
            .FirstOrDefault(language => Is(language, "ja") || Is(language, "en")) is { } first && Is(first, "ja");

    private static bool Is(StringWithQualityHeaderValue language, string name) =>
        language.Value.Equals(name, StringComparison.OrdinalIgnoreCase) || language.Value.StartsWith(name + "-", StringComparison.OrdinalIgnoreCase);
}
