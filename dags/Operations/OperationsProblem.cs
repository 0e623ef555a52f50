using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace RetailInsight.Dags.Operations;

/// <summary>Refusals of the operations API: what is wrong and what to do.</summary>
internal static class OperationsProblem
{
    /// <summary>Characters of a reason.</summary>
    public const int LongestReason = 500;

    private const string TypePrefix = "urn:retailinsight:problem:";

    /// <summary>Also what is of another tenant.</summary>
    public static ProblemHttpResult Unknown(string sentence) => TypedResults.Problem(sentence, statusCode: StatusCodes.Status404NotFound);

    /// <summary>What concerns all tenants and a person of one asks for.</summary>
    public static ProblemHttpResult PlatformOnly(string sentence) => Create(StatusCodes.Status403Forbidden, "platform-only", "Only operators of the platform do this", sentence, null);

    /// <summary>Nothing was done; with differences because the world has moved on.</summary>
    public static ProblemHttpResult Refused(string sentence, IReadOnlyList<string> differences) => differences.Count == 0
        ? Create(StatusCodes.Status409Conflict, "action-refused", "Nothing was done", sentence, null)
        : Create(StatusCodes.Status409Conflict, "action-outdated", "Nothing was done: it has changed meanwhile", sentence, differences);

    /// <summary>More at once than a person may.</summary>
    public static ProblemHttpResult TooManyStreams(int most) => Create(
        StatusCodes.Status429TooManyRequests, "too-many-streams", "Too many logs are followed", $"A person follows at most {most} logs at once. Close one, or read pages of lines.", null);

    /// <summary>A field or parameter that cannot be.</summary>
    public static ValidationProblem Invalid(string field, string complaint) => Invalid(new Dictionary<string, string> { [field] = complaint });

    /// <summary>Fields or parameters that cannot be, with what is wrong; in one sentence too, for whoever reads no more than that.</summary>
    public static ValidationProblem Invalid(IReadOnlyDictionary<string, string> complaints) => TypedResults.ValidationProblem(
        complaints.Select(one => KeyValuePair.Create(one.Key, (string[])[one.Value])), detail: string.Join(" ", complaints.Select(one => $"{one.Key}: {one.Value}")));

    /// <summary>A reason as it is recorded; null when it is none.</summary>
    public static string? Reason(string text) =>
        text.Trim() is { Length: > 0 and <= LongestReason } reason && !reason.Any(char.IsControl) ? reason : null;

    /// <summary>What is said where there is no reason.</summary>
    public static ValidationProblem NoReason() => Invalid("reason", $"Say why, in 1 to {LongestReason} characters without control characters.");

    private static ProblemHttpResult Create(int status, string code, string title, string detail, IReadOnlyList<string>? differences)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = code };
        if (differences is not null)
        {
            extensions["differences"] = differences;
        }

        return TypedResults.Problem(detail, statusCode: status, title: title, type: TypePrefix + code, extensions: extensions);
    }
}

/// <summary>Why something is done.</summary>
/// <param name="Reason">For whoever reads the record later.</param>
internal sealed record ReasonRequest(string Reason);
