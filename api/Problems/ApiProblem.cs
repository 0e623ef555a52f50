using Microsoft.AspNetCore.Mvc;

namespace RetailInsight.Api.Problems;

/// <summary>RFC 9457 problems: a stable type and code a cause, and the parameters at fault by name.</summary>
internal static class ApiProblem
{
    private const string TypePrefix = "urn:retailinsight:problem:";

    public static IResult Parameters(IReadOnlyList<ParameterFault> faults) => Results.Problem(Create(
        StatusCodes.Status400BadRequest, "parameter-invalid", "A parameter is invalid",
        string.Join(" ", faults.Select(fault => $"{fault.Parameter}: {fault.Detail}")), ("errors", faults)));

    public static IResult StoreUnknown(string store) => Results.Problem(Create(
        StatusCodes.Status404NotFound, "store-unknown", "Store not found",
        $"No store '{store}' is visible to you.", ("parameter", "store")));

    public static IResult KeyUnknown() => Results.Problem(Create(
        StatusCodes.Status404NotFound, "key-unknown", "Key not found", "There is no key of that id."));

    public static IResult KeyConflict(string detail) => Results.Problem(Create(
        StatusCodes.Status409Conflict, "key-conflict", "The key cannot be rotated", detail));

    public static IResult CredentialsInvalid() => Results.Problem(Create(
        StatusCodes.Status401Unauthorized, "credentials-invalid", "Login failed", "The login or the password is wrong."));

    public static IResult TooManyAttempts() => Results.Problem(Create(
        StatusCodes.Status429TooManyRequests, "too-many-attempts", "Too many attempts",
        "Too many login attempts. Wait for the time given in Retry-After and try again."));

    public static IResult UserUnknown() => Results.Problem(Create(
        StatusCodes.Status404NotFound, "user-unknown", "Person not found", "There is no person of that login."));

    public static IResult UserConflict(string detail) => Results.Problem(Create(
        StatusCodes.Status409Conflict, "user-conflict", "The person cannot be changed so", detail));

    public static IResult RoleAboveYours() => Results.Problem(Create(
        StatusCodes.Status403Forbidden, "role-above-yours", "Only administrators manage administrators", "Ask an administrator of your company to do it."));

    public static IResult PreconditionMissing() => Results.Problem(Create(
        StatusCodes.Status428PreconditionRequired, "if-match-required", "If-Match is missing", "Read it first and send its ETag in If-Match, so that nobody's change is lost."));

    public static IResult PreconditionFailed() => Results.Problem(Create(
        StatusCodes.Status412PreconditionFailed, "changed-meanwhile", "It was changed meanwhile", "Read it again, and send the new ETag in If-Match if the change is still right."));

    public static IResult CrossSite() => Results.Problem(Create(
        StatusCodes.Status403Forbidden, "cross-site", "The request comes from another site", "Another site made this request in a browser that is signed in here. Nothing was changed."));

    public static IResult TextInvalid() => Results.Problem(Create(
        StatusCodes.Status400BadRequest, "request-invalid", "The address is invalid", "The address holds the character U+0000. Leave it out."));

    public static IResult NotReady(string part) => Results.Problem(Create(
        StatusCodes.Status503ServiceUnavailable, "not-ready", "Not ready", $"The {part} does not answer."));

    /// <summary>Gives the problems the framework makes (401, 404, 405, 415 …) the same type and code members.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Type?.StartsWith(TypePrefix, StringComparison.Ordinal) == true)
        {
            return;
        }

        var (code, detail) = problem.Status switch
        {
            401 when Sessions.BearerToken.IsSent(context.HttpContext.Request) => (
                "token-invalid", "The access token is not accepted: send one this API's identity provider made for it, signed, in time and with tenant and one role."),
            401 => ("session-required", "Sign in with POST /v1/session and send the cookie."),
            403 => ("forbidden", "Your role does not allow this."),
            404 => ("not-found", "There is nothing at this address."),
            405 => ("method-not-allowed", "The address does not take this method; see the Allow header."),
            413 => ("body-too-large", "The request body is larger than this address takes."),
            431 => ("header-too-large", "The request's headers are larger than this service takes."),
            408 => ("too-slow", "The request took too long to arrive."),
            415 => ("media-type-unsupported", "Send the media type this address takes, application/json for most, in UTF-8 and without Content-Encoding."),
            429 => ("too-many-requests", "Slow down; see Retry-After."),
            503 => ("database-away", "The database cannot be asked just now. Try again after Retry-After."),
            >= 400 and < 500 => ("request-invalid", "The request cannot be read: it is not the JSON or the parameters this address takes."),
            _ => ("internal", "The request failed on our side. It is logged under the trace_id."),
        };
        problem.Type = TypePrefix + code;
        problem.Detail ??= detail;
        problem.Extensions["code"] = code;
    }

    /// <summary>A problem with its type, code and, when given, one more member.</summary>
    internal static ProblemDetails Create(int status, string code, string title, string detail, (string Name, object Value)? member = null)
    {
        var problem = new ProblemDetails
        {
            Status = status,
            Type = TypePrefix + code,
            Title = title,
            Detail = detail,
            Extensions = { ["code"] = code },
        };
        if (member is { } extra)
        {
            problem.Extensions[extra.Name] = extra.Value;
        }

        return problem;
    }
}

/// <summary>What is wrong with one parameter and how to mend it.</summary>
internal sealed record ParameterFault(string Parameter, string Detail);
