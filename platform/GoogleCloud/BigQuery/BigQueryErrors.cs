using System.Net;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>What to do about a failure.</summary>
internal enum ErrorAction
{
    /// <summary>It passes: try again with a pause.</summary>
    Retry,

    /// <summary>A quota is used up, which refills over hours: keep the data, tell somebody, come back later.</summary>
    Wait,

    /// <summary>The name is taken: ask for what is there.</summary>
    Find,

    /// <summary>Rights or names are wrong: keep the data until somebody has mended the setup.</summary>
    Setup,

    /// <summary>What was sent is wrong and would be again.</summary>
    Refuse,
}

/// <summary>BigQuery's error reasons and what they ask for.</summary>
internal static class BigQueryErrors
{
    /// <summary>What a reason asks for; the status decides where there is none, as in answers that are no JSON.</summary>
    /// <param name="reason">The first error's reason; empty for none.</param>
    /// <param name="message">Its message: a transaction that met another says so only there.</param>
    /// <param name="status">HTTP status; null for a job's error, or when no answer came.</param>
    public static ErrorAction Of(string reason, string message, HttpStatusCode? status) => reason switch
    {
        "backendError" or "internalError" or "jobBackendError" or "jobInternalError" or "rateLimitExceeded" or "jobRateLimitExceeded"
            or "tableUnavailable" or "timeout" or "stopped" or "aborted" or "noAnswer" => ErrorAction.Retry,
        "quotaExceeded" => ErrorAction.Wait,
        "duplicate" => ErrorAction.Find,
        "notFound" or "accessDenied" or "billingNotEnabled" or "blocked" or "resourcesExceeded" => ErrorAction.Setup,
        _ when IsConflict(message) => ErrorAction.Retry,
        "" when status is null || RetryPolicy.PassesSoon(new GoogleApiException(status, "", "")) => ErrorAction.Retry,
        "" when status == HttpStatusCode.Conflict => ErrorAction.Find,
        "" when status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => ErrorAction.Setup,
        _ => ErrorAction.Refuse,
    };

    /// <summary>Whether the same request may succeed in a moment.</summary>
    public static bool IsTransient(GoogleApiException failure) => Of(failure.Reason, "", failure.Status) == ErrorAction.Retry;

    private static bool IsConflict(string message) =>
        message.Contains("due to concurrent update", StringComparison.OrdinalIgnoreCase);
}
