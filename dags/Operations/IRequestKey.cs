using Npgsql;

namespace RetailInsight.Dags.Operations;

/// <summary>Marks an operation that has one effect however often its request comes under one <c>Idempotency-Key</c>.</summary>
/// <param name="ShowsSecret">Whether the answer shows something that is kept nowhere: a repeat is told so.</param>
public sealed record HonoursIdempotencyKey(bool ShowsSecret = false);

/// <summary>The <c>Idempotency-Key</c> of a request, which the host of the operations API gives it as a feature; a request without one has none.</summary>
public interface IRequestKey
{
    /// <summary>Claims the key at the beginning of the effect's transaction; throws where another request was first.</summary>
    /// <param name="connection">The transaction's.</param>
    /// <param name="cancellationToken">Stops the waiting for a request that is under way.</param>
    Task ClaimAsync(NpgsqlConnection connection, CancellationToken cancellationToken);

    /// <summary>Keeps the answer, last in that transaction, for whoever sends the request again.</summary>
    /// <param name="connection">The transaction's.</param>
    /// <param name="status">Status of the answer.</param>
    /// <param name="location">Its Location, or null.</param>
    /// <param name="answer">Its body.</param>
    /// <param name="cancellationToken">Stops before it is kept.</param>
    Task KeepAnswerAsync(NpgsqlConnection connection, int status, string? location, object answer, CancellationToken cancellationToken);
}
