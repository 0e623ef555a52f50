using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Ingest;

/// <summary>One mistake of a draft's YAML.</summary>
/// <param name="Code">Closed list of codes: yaml_invalid, key_unknown, key_missing, value_wrong, parts_contradict.</param>
/// <param name="Key">Path of the key, such as <c>receipt.occurred_at.type</c>; empty for the whole file.</param>
/// <param name="Line">1-based line of the draft.</param>
/// <param name="Detail">What was found and what is expected.</param>
/// <param name="Fix">What makes it good.</param>
internal sealed record DraftMistake(string Code, string Key, long Line, string Detail, InBothLanguages Fix)
{
    /// <summary>A mistake as it is answered.</summary>
    public static DraftMistake Of(ProfileMistake mistake)
    {
        var (code, english, japanese) = mistake.Kind switch
        {
            ProfileMistakeKind.NotYaml => ("yaml_invalid", "Correct the line: indent with blanks, quote texts with : or #, name each key once.", "この行を直してください。字下げは空白で行い、: や # を含む文字列は引用符で囲み、同じキーは一度だけ書きます。"),
            ProfileMistakeKind.UnknownKey => ("key_unknown", "Correct the spelling, move the key to where it belongs, or take it out.", "つづりを直すか、正しい場所に移すか、削除してください。"),
            ProfileMistakeKind.MissingKey => ("key_missing", "Add the key.", "キーを追加してください。"),
            ProfileMistakeKind.WrongValue => ("value_wrong", "Write one of the values the detail names.", "detail にある値のいずれかを書いてください。"),
            _ => ("parts_contradict", "Change one of the parts the detail names.", "detail にある箇所のいずれかを変更してください。"),
        };
        return new DraftMistake(code, mistake.Key, mistake.Line, mistake.Detail, new InBothLanguages(english, japanese));
    }
}
