namespace RetailInsight.Gateway.Quarantine;

/// <summary>The closed list of states of a held item, in English and Japanese.</summary>
internal static class QuarantineState
{
    private static readonly (string Code, string English, string Japanese)[] States =
    [
        ("open", "Held, and waiting.", "保留中です。"),
        ("replayed", "Landed by a replay, or released by the store master.", "再処理またはマスターの登録により取り込み済みです。"),
        ("resolved", "Resolved by a later payload: the same receipt came in readable, and counts there.", "後の送信で解決済みです。同じレシートが正しく届き、そちらで集計されています。"),
        ("discarded", "No longer there: the payload cannot be read again since an undo.", "取り消しにより送信データ全体が再び読めない状態に戻り、項目はなくなりました。"),
    ];

    /// <summary>Whether there is such a state.</summary>
    public static bool IsKnown(string code) => States.Any(state => state.Code == code);

    /// <summary>What a state means; empty for one this version does not know.</summary>
    public static string Meaning(string code, bool japanese) =>
        States.FirstOrDefault(state => state.Code == code) is { Code: not null } known ? japanese ? known.Japanese : known.English : "";

    /// <summary>All states.</summary>
    public static StateList All(bool japanese) => new([.. States.Select(state => new StateEntry(state.Code, japanese ? state.Japanese : state.English))]);
}

/// <summary>One state of a held item.</summary>
/// <param name="Code">The code.</param>
/// <param name="Meaning">What it means, in the caller's language.</param>
internal sealed record StateEntry(string Code, string Meaning);

/// <summary>The closed list of states.</summary>
internal sealed record StateList(IReadOnlyList<StateEntry> Items);
