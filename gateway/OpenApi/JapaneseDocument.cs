using Microsoft.OpenApi;

namespace RetailInsight.Gateway.OpenApi;

/// <summary><c>/openapi/v1.ja.json</c>: the same contract with its sentences in Japanese. Names of fields and codes stay as they are.</summary>
internal static class JapaneseDocument
{
    private static readonly Dictionary<string, (string Summary, string? Description)> Operations = new(StringComparer.Ordinal)
    {
        ["GET /healthz"] = ("プロセスが応答していること", null),
        ["GET /readyz"] = ("データベースと保管庫が応答していること", null),
        ["POST /v1/ingest/{feed}"] = (
            "ファイルを送信する",
            "本文はベンダーのファイルそのもの（1バイトも変えずに、50 MiB まで）。200：全行の判定が済みました。202：保存しました。結果は後から Location に出ます（大きなファイル、または Prefer: respond-async を付けたとき）。"
            + "422：保存しましたが、このフィードの形式として読めません。それ以外のエラー：何も保存していません。"),
        ["POST /v1/device-reports"] = (
            "機器の計測値を送信する",
            "本文は機器が送るデータそのもの（32 MiB まで）。機器自身のキーで送信します。読み方は機器のグループで決まります。画像は保存前に取り除き、受領書に明記します。"),
        ["POST /v1/networks/{network}/device-reports"] = (
            "機器を識別する回線網を通じて、計測値を送信する",
            "/v1/device-reports と同じですが、APIキーは不要です。回線網の中継サーバーが契約者番号を示して署名し、機器が本文に署名します（X-Device-Timestamp、X-Device-Signature）。"),
        ["POST /v1/profiles/{profile}/test"] = (
            "ファイルをプロファイルで試す",
            "本番と同じ処理で読み、見つかった点を行番号、位置、理由、直し方とともに返します。A：そのまま本番に出せます。B：該当レシートだけ保留になります。C：受け付けられません。何も保存せず、集計もしません。"),
        ["POST /v1/profile-drafts"] = (
            "ファイルからプロファイルの下書きを作る",
            "本文はファイルそのもの（16 MiB まで）。文字コード、形式、列と型を読み取って YAML にします。判断できない箇所には DECIDE が付きます。何も保存しません。"),
        ["POST /v1/profile-drafts/test"] = (
            "公開前のプロファイルをファイルで試す",
            "multipart/form-data の profile（YAML）と file を、本番と同じ処理で読みます。YAML の誤りは行番号、キー、直し方とともに mistakes に出ます。何も保存せず、プロファイルも公開しません。"),
        ["GET /v1/receipts/{receiptId}"] = ("受領書を見る", "送信1回ごとの受領書です。各行がどう扱われたかを示します。"),
        ["GET /v1/receipt-keys"] = ("受領書の署名を検証する公開鍵", "APIキーは不要です。引退した鍵も残るので、古い受領書も検証できます。"),
        ["GET /v1/profile-schema.json"] = ("プロファイルの JSON Schema", "APIキーは不要です。エディターが YAML の入力補完と検査に使います（draft 2020-12）。"),
        ["GET /v1/feeds"] = ("フィードの一覧", "運用者のキーにはテナントの全フィード、送信用のキーにはそのキーのフィードを示します。"),
        ["POST /v1/feeds"] = ("フィードを作成する", "運用者のキーが必要です。同じ内容なら何度実行しても安全です。廃止したフィードは同じベンダーなら再開します。"),
        ["GET /v1/feeds/{feed}"] = ("フィードと変更履歴を見る", null),
        ["PATCH /v1/feeds/{feed}"] = ("フィードのプロファイル、または再送の意味を変更する", "運用者のキーが必要です。レシートの識別方法が変わるプロファイルには変更できません。"),
        ["POST /v1/feeds/{feed}/retire"] = ("フィードを廃止する", "以後の送信は 410 になります。届いたデータと履歴は残ります。運用者のキーが必要です。"),
        ["GET /v1/omissions"] = ("再送データから消えたレシートの確認事項（新しい順）", "replace のフィードで、店舗・営業日の新しいファイルに含まれなくなったレシートの件数、行数、金額です。運用者が決定するまで集計に残ります。"),
        ["GET /v1/omissions/{id}"] = ("確認事項と、消えたレシートを見る", null),
        ["POST /v1/omissions/{id}/confirm"] = ("消えたレシートを取り下げる", "集計から外れます。取り下げは再処理と同じ方法で取り消せます。運用者のキーが必要です。"),
        ["POST /v1/omissions/{id}/dismiss"] = ("消えたレシートを残す", "集計はそのままです。運用者のキーが必要です。"),
        ["GET /v1/profiles"] = ("プロファイルの一覧", "使えるプロファイルと、その形式、文字コード、内容です。"),
        ["GET /v1/stores"] = ("店舗コードの一覧", "送信データの店舗コードをどの店舗に対応させるかを決めるための一覧です。"),
        ["GET /v1/quarantine"] = ("保留中のレシートの一覧（新しい順）", "理由、項目名、行番号、影響金額を示します。修正したファイルをもう一度送信すると差し替わります。"),
        ["GET /v1/quarantine/{id}"] = ("保留項目と元のバイト列を見る", null),
        ["GET /v1/quarantine/causes"] = ("保留の原因ごとの一覧", "フィード、理由、項目ごとに1行。件数、行数、影響金額を示します。"),
        ["GET /v1/quarantine/reasons"] = ("理由コードの一覧", null),
        ["GET /v1/quarantine/states"] = ("保留項目の状態の一覧", "状態は4つだけです。意味は Accept-Language の言語で返ります。"),
        ["GET /v1/quarantine/waiting"] = ("元レシートより先に届いた取消の一覧", "元レシートが届くと自動的に取り消されます。"),
        ["GET /v1/masters/unmapped"] = ("マスターにないPOS・店舗コードの一覧", "マスターに登録すると、保留分は自動的に取り込まれます。"),
        ["GET /v1/masters/pushes/{receiptId}"] = ("POSマスターの送信による変更と、取り込まれた保留分を見る", "追加・変更・終了した割り当てをレジと日付で示します。"),
        ["POST /v1/quarantine/previews"] = ("再処理した場合の変化を確認する（変更なし）", "店舗・営業日ごとの行数と金額を示します。"),
        ["POST /v1/quarantine/replays"] = ("保留分を最新のプロファイルとマスターで再処理する", "何度実行しても二重に集計されません。"),
        ["GET /v1/quarantine/replays"] = ("確認・再処理・取り込み・取り消しの履歴（新しい順）", null),
        ["GET /v1/quarantine/replays/{id}"] = ("再処理の進み具合と結果を見る", null),
        ["POST /v1/quarantine/replays/{id}/undo"] = ("再処理を取り消す", "取り込んだレシートを取り下げ、項目を保留に戻します。"),
        ["GET /v1/reconciliation"] = ("フィードとファイルごとの件数と金額の照合", "読み取った行数＝受理＋重複＋差替え＋保留。"),
        ["GET /v1/reconciliation/store-days"] = ("店舗・営業日ごとの件数と金額、申告額との差異と原因", "各データ行は必ず1つの欄にだけ入ります。from と to は営業日です。"),
        ["GET /v1/reconciliation/store-days/{store}/{business_date}"] = ("店舗・営業日の内訳と元の送信データ", null),
        ["POST /v1/reconciliation/declared"] = (
            "日次の合計（精算額）を申告して照合する",
            "本文は declared という配列を持つ JSON です。店舗、営業日、レジ、総売上、純売上、税率ごとの額、支払方法ごとの額、件数。金額は通貨単位の文字列または数値、税率は小数（0.1 は 10%）。1 MiB まで。"),
    };

    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["Prefer"] = "respond-async：保存した時点で 202 を返します。小さなデータを数多く送るときに最も速い方法です。",
        ["X-File-Name"] = "ファイル名。UTF-8 をパーセントエンコードし、255文字以内。",
        ["Idempotency-Key"] = "任意。同じキーで別のデータを送ると 422 になります。フィードごとに1週間有効です。",
        ["Content-Encoding"] = "本文を圧縮したときは gzip。",
        ["feed"] = "フィードの名前。",
        ["network"] = "回線網の名前。",
        ["profile"] = "プロファイルの名前。",
        ["receiptId"] = "受領書の ID（16進32桁）。",
        ["from"] = "最初の日。YYYY-MM-DD。送信データの一覧では受信日（UTC）、店舗・営業日の一覧では営業日。",
        ["to"] = "最後の日。YYYY-MM-DD。",
        ["store"] = "店舗コード。",
        ["business_date"] = "営業日。YYYY-MM-DD。",
        ["cursor"] = "前のページの next_cursor。最初のページでは省きます。",
        ["limit"] = "1ページの件数。1～1000、省略時は 100。",
    };

    private static readonly Dictionary<string, string> Responses = new(StringComparer.Ordinal)
    {
        ["200"] = "成功",
        ["201"] = "作成しました",
        ["202"] = "保存済み。結果は後で Location から",
        ["400"] = "リクエストが正しくありません",
        ["401"] = "APIキーがないか無効です",
        ["403"] = "このキーでは使えません",
        ["404"] = "見つかりません",
        ["410"] = "廃止されています",
        ["409"] = "今の状態ではできません",
        ["413"] = "大きすぎます",
        ["415"] = "対応していない形式です",
        ["422"] = "保存しましたが読み取れません",
        ["429"] = "リクエストが多すぎます",
        ["503"] = "一時的に利用できません",
    };

    /// <summary>Replaces the sentences of the English document.</summary>
    public static void Translate(OpenApiDocument document)
    {
        document.Info.Title = "RetailInsight ゲートウェイ";
        document.Info.Description = "ベンダーのファイルをそのまま送信してください。受領書が各行の結果を示します。金額は通貨単位の10進文字列です。"
            + "同じ内容を何度送信しても安全で、同じ受領書が返ります。エラーの説明は Accept-Language: ja を付けると日本語になります。";
        foreach (var scheme in document.Components?.SecuritySchemes?.Values.OfType<OpenApiSecurityScheme>() ?? [])
        {
            scheme.Description = "APIキー（rk_live_… または rk_test_…）。ヘッダー X-Api-Key でも受け付けます。";
        }

        foreach (var (path, item) in document.Paths)
        {
            foreach (var (method, operation) in item.Operations ?? [])
            {
                Translate($"{method.Method} {path}", operation);
            }
        }
    }

    private static void Translate(string name, OpenApiOperation operation)
    {
        if (Operations.TryGetValue(name, out var texts))
        {
            (operation.Summary, operation.Description) = texts;
        }

        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            parameter.Description = Parameters.GetValueOrDefault(parameter.Name ?? "", parameter.Description ?? "");
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            response.Description = Responses.GetValueOrDefault(status, response.Description ?? "");
            foreach (var header in response.Headers?.Values.OfType<OpenApiHeader>() ?? [])
            {
                header.Description = "同じ内容を以前に受信していたときは true。";
            }
        }
    }
}
