using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Npgsql;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Operations;

namespace RetailInsight.Api.Idempotency;

/// <summary>
/// Gives who repeats a request under its <c>Idempotency-Key</c> the answer of the first, whatever became of the connection or the process in
/// between. A request that made nothing (4xx) does not use its key up.
/// </summary>
internal sealed class IdempotencyKeys([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    private const string Replay = "Idempotent-Replay";

    // The first claims the key, and whoever was kept waiting by it finds its answer; more turns are for a first that failed.
    private const int Turns = 3;

    /// <summary>Answers a repeated request, otherwise goes on.</summary>
    /// <exception cref="BadHttpRequestException">The body is too large or does not arrive.</exception>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<HonoursIdempotencyKey>() is null || context.Features.Get<SessionUser>() is not { } user
            || !context.Request.Headers.TryGetValue(Header, out var header))
        {
            await next(context);
            return;
        }

        if (!IdempotencyKey.TryRead(header, out var key) || key is null)
        {
            await ApiProblem.Parameters([new(Header, "is one header of 1 to 255 printable ASCII characters, in double quotes or bare.")]).ExecuteAsync(context);
            return;
        }

        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Request.Body = body;
        var request = new KeyedRequest(user.Tenant, user.Login, key, Fingerprint(context.Request, body), clock.GetUtcNow());
        context.Features.Set(request);
        context.Features.Set<IRequestKey>(new OperationsKey(context));
        for (var turn = 1; ; turn++)
        {
            if (await AnsweredAsync(request, context.RequestAborted) is { } answer)
            {
                await answer.ExecuteAsync(context);
                return;
            }

            try
            {
                body.Position = 0;
                await next(context);
                return;
            }
            catch (KeyTakenException) when (turn < Turns)
            {
                // Its answer is there now.
            }
        }
    }

    private Task<IResult?> AnsweredAsync(KeyedRequest request, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command(
            "SELECT fingerprint, status, location, made, answer FROM api.idempotency WHERE tenant = $1 AND login = $2 AND key = $3 AND expires_at > $4",
            request.Tenant, request.Login, request.Key, request.Now);
        await using var row = await command.ExecuteReaderAsync(token);
        if (!await row.ReadAsync(token))
        {
            return null;
        }

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        return !row.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(request.Fingerprint) ? Reused()
            : Text(3) is { } made ? AlreadyDone(made, Text(2)!)
            : new Answer(row.GetInt16(1), Text(2), Text(4)!);
    }, cancellationToken);

    /// <summary>Where whoever sent a request first was led; null where nobody was.</summary>
    public Task<string?> LocationAsync(KeyedRequest request, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command(
            "SELECT location FROM api.idempotency WHERE tenant = $1 AND login = $2 AND key = $3 AND expires_at > $4", request.Tenant, request.Login, request.Key, request.Now);
        return await command.ExecuteScalarAsync(token) as string;
    }, cancellationToken);

    private static byte[] Fingerprint(HttpRequest request, MemoryStream body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        hash.AppendData(body.GetBuffer().AsSpan(0, (int)body.Length));
        return hash.GetHashAndReset();
    }

    private static IResult Reused() => Results.Problem(ApiProblem.Create(
        StatusCodes.Status422UnprocessableEntity, "idempotency-key-reused", "The key was used for another request",
        $"In the last {SingleEffect.Kept.TotalHours} hours you sent this {Header} with another address or body. Nothing was done. Send each request with a key of its own."));

    private static IResult AlreadyDone(string made, string another) => Results.Problem(ApiProblem.Create(
        StatusCodes.Status409Conflict, "already-done", "It is done already",
        $"The first request with this {Header} made '{made}'. Its secret was shown in that answer alone and is not kept; where it was lost, POST {another} makes another.", ("made", made)));

    /// <summary>The answer as it was given first.</summary>
    private sealed class Answer(int status, string? location, string body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "application/json; charset=utf-8";
            response.Headers[Replay] = "true";
            if (location is not null)
            {
                response.Headers.Location = location;
            }

            return response.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}

/// <summary>Lets the operations API claim the key, whose registers know this room only by the interface.</summary>
internal sealed class OperationsKey(HttpContext context) : IRequestKey
{
    /// <inheritdoc/>
    public Task ClaimAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => context.ClaimKeyAsync(connection, cancellationToken);

    /// <inheritdoc/>
    public Task KeepAnswerAsync(NpgsqlConnection connection, int status, string? location, object answer, CancellationToken cancellationToken) =>
        context.KeepAnswerAsync(connection, status, location, answer, cancellationToken);
}

/// <summary>Says of an operation that it honours the key, to the router and to the document.</summary>
internal static class IdempotentRoutes
{
    /// <summary>Marks the operation and names its answers; its register calls <see cref="SingleEffect"/>.</summary>
    public static RouteHandlerBuilder WithIdempotencyKey(this RouteHandlerBuilder route, bool showsSecret = false)
    {
        route.WithMetadata(new HonoursIdempotencyKey(showsSecret)).ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        return showsSecret ? route.ProducesProblem(StatusCodes.Status409Conflict) : route;
    }

    /// <summary>Describes the header of every operation that is marked.</summary>
    public static void Configure(OpenApiOptions options) => options.AddOperationTransformer((operation, context, _) =>
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<HonoursIdempotencyKey>().LastOrDefault() is { } marked)
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = IdempotencyKeys.Header,
                In = ParameterLocation.Header,
                Description = "Optional, 1 to 255 printable ASCII characters, remembered 24 hours: the same request under it has one effect; another one is answered 422."
                    + (marked.ShowsSecret ? " The secret is shown in the first answer alone: a repeat is answered 409 already-done." : ""),
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
            });
        }

        return Task.CompletedTask;
    });
}
