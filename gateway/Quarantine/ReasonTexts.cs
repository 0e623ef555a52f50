using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Problems;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>The closed list of reason codes in the language a caller prefers.</summary>
internal static class ReasonTexts
{
    private static readonly Dictionary<string, RejectionReason> ByCode = Enum.GetValues<RejectionReason>().ToDictionary(reason => reason.Code(), StringComparer.Ordinal);

    /// <summary>All codes; sets the language headers of the answer.</summary>
    public static ReasonList All(HttpContext context)
    {
        var japanese = Answer(context);
        return new ReasonList([.. ByCode.Keys.Select(code => Of(code, japanese))]);
    }

    /// <summary>Whether to answer in Japanese; sets the language headers of the answer.</summary>
    public static bool Answer(HttpContext context)
    {
        var japanese = JapaneseProblems.Prefers(context.Request);
        context.Response.Headers.ContentLanguage = japanese ? "ja" : "en";
        context.Response.Headers.Append("Vary", "Accept-Language");
        return japanese;
    }

    /// <summary>One code. A code this version does not know, of a newer process, is shown without text.</summary>
    public static ReasonEntry Of(string code, bool japanese)
    {
        if (!ByCode.TryGetValue(code, out var reason))
        {
            return new ReasonEntry(code, "", "", false);
        }

        var text = japanese ? RejectionText.Japanese(reason) : RejectionText.English(reason);
        return new ReasonEntry(code, text.Meaning, text.Fix, RejectionText.IsRetryable(reason));
    }
}
