using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Idempotency;

/// <summary>The key a request came with: its effect claims it and leaves its answer under it, in the effect's own transaction.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Login">Keys of two people have nothing to do with each other.</param>
/// <param name="Key">The key.</param>
/// <param name="Fingerprint">Of address and body.</param>
/// <param name="Now">When the request came.</param>
internal sealed record KeyedRequest(string Tenant, string Login, string Key, byte[] Fingerprint, DateTimeOffset Now);

/// <summary>Another request with the key was first. The transaction that learns so is rolled back and the answer of the other is given.</summary>
internal sealed class KeyTakenException : Exception;

/// <summary>
/// What a register does so that a request with an <c>Idempotency-Key</c> has one effect: first in its transaction it claims the key, last it keeps
/// the answer. Without a key both do nothing.
/// </summary>
internal static class SingleEffect
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Claims the key of a request; waits for another request with it that is under way.</summary>
    /// <param name="context">The request.</param>
    /// <param name="connection">As retail_job, at the beginning of the effect's transaction.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="KeyTakenException">Another request with the key had its effect.</exception>
    /// <exception cref="NpgsqlException">The other took longer than anybody waits.</exception>
    public static async Task ClaimKeyAsync(this HttpContext context, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (context.Features.Get<KeyedRequest>() is not { } request)
        {
            return;
        }

        // One that has expired may not have been swept yet.
        await using (var free = connection.Command(
            "DELETE FROM api.idempotency WHERE tenant = $1 AND login = $2 AND key = $3 AND expires_at <= $4", request.Tenant, request.Login, request.Key, request.Now))
        {
            await free.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var claim = connection.Command(
            "INSERT INTO api.idempotency (tenant, login, key, fingerprint, expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            request.Tenant, request.Login, request.Key, request.Fingerprint, request.Now + Kept);
        if (await claim.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            throw new KeyTakenException();
        }
    }

    /// <summary>Keeps what will be answered, for whoever sends the request again.</summary>
    /// <param name="context">The request.</param>
    /// <param name="connection">In the transaction that claimed the key.</param>
    /// <param name="status">Status of the answer.</param>
    /// <param name="location">Its Location, or null.</param>
    /// <param name="answer">Its body.</param>
    /// <param name="cancellationToken">Stops before it is kept.</param>
    public static Task KeepAnswerAsync(this HttpContext context, NpgsqlConnection connection, int status, string? location, object answer, CancellationToken cancellationToken) =>
        KeepAsync(context, connection, status, location, null, answer, cancellationToken);

    /// <summary>Keeps what was made with a secret that is shown this once: the answer itself must not lie in the database.</summary>
    /// <param name="context">The request.</param>
    /// <param name="connection">In the transaction that claimed the key.</param>
    /// <param name="made">What was made.</param>
    /// <param name="another">Where a POST makes another secret of it.</param>
    /// <param name="cancellationToken">Stops before it is kept.</param>
    public static Task KeepWithoutSecretAsync(this HttpContext context, NpgsqlConnection connection, string made, string another, CancellationToken cancellationToken) =>
        KeepAsync(context, connection, StatusCodes.Status409Conflict, another, made, null, cancellationToken);

    private static async Task KeepAsync(
        HttpContext context, NpgsqlConnection connection, int status, string? location, string? made, object? answer, CancellationToken cancellationToken)
    {
        if (context.Features.Get<KeyedRequest>() is not { } request)
        {
            return;
        }

        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await using var command = connection.Command(
            "UPDATE api.idempotency SET status = $4, location = $5, made = $6, answer = $7 WHERE tenant = $1 AND login = $2 AND key = $3",
            request.Tenant, request.Login, request.Key, (short)status, PositionalParameters.OrNull(NpgsqlDbType.Text, location), PositionalParameters.OrNull(NpgsqlDbType.Text, made),
            PositionalParameters.OrNull(NpgsqlDbType.Text, answer is null ? null : JsonSerializer.Serialize(answer, answer.GetType(), json)));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
