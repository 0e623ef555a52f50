using System.Text.Json.Serialization;

namespace RetailInsight.GoogleFakes.Faults;

/// <summary>What goes wrong.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
internal enum FaultKind
{
    /// <summary>The request is refused with <see cref="Fault.Status"/> and not carried out.</summary>
    Refuse,

    /// <summary>The request is carried out; then <see cref="Fault.Status"/> is answered as if it had not been.</summary>
    RefuseAfter,

    /// <summary>The connection is dropped before the request is looked at.</summary>
    Drop,

    /// <summary>The request is carried out; then the connection is dropped without an answer.</summary>
    DropAfter,

    /// <summary>The request is carried out; half of the answer's body is sent, then the connection is dropped.</summary>
    Truncate,

    /// <summary>One bit of the answer's body is flipped.</summary>
    Corrupt,

    /// <summary>The request waits <see cref="Fault.Delay"/>, then goes on.</summary>
    Delay,

    /// <summary>The request is carried out; its answer waits <see cref="Fault.Delay"/>.</summary>
    DelayAnswer,
}

/// <summary>A fault at some of the requests.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Path">Regular expression the path and query must match; empty for all.</param>
/// <param name="Method">HTTP method; empty for all.</param>
/// <param name="Skip">How many matching requests pass untouched first.</param>
/// <param name="Times">How many after those are hit; later ones pass.</param>
/// <param name="Status">Status of a refusal.</param>
/// <param name="Reason">Reason in a refusal's body: <c>rateLimitExceeded</c>.</param>
/// <param name="Body">Body of a refusal instead of Google's JSON: HTML, or nothing.</param>
/// <param name="RetryAfterSeconds">Sent with a refusal.</param>
/// <param name="Delay">How long a delayed request waits.</param>
internal sealed record Fault(
    FaultKind Kind,
    string Path = "",
    string Method = "",
    int Skip = 0,
    int Times = int.MaxValue,
    int Status = 503,
    string Reason = "backendError",
    string? Body = null,
    int? RetryAfterSeconds = null,
    TimeSpan Delay = default);

/// <summary>A request as it arrived.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Fault">What was done to it, if anything.</param>
internal sealed record SeenRequest(string Method, string Path, FaultKind? Fault);
