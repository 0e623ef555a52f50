using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>Claims the key of a request, where it has one, before an effect, and reads and keeps its answer after it, in the effect's own transaction.</summary>
/// <param name="context">The request.</param>
/// <param name="read">The answer, read within the transaction.</param>
/// <param name="location">Address of what was made; null for what makes nothing that has one.</param>
internal sealed class OneEffect<TEffect, TAnswer>(HttpContext context, Func<NpgsqlConnection, TEffect, CancellationToken, Task<TAnswer>> read, Func<TAnswer, string>? location = null)
    where TAnswer : class
{
    private readonly IRequestKey? _key = context.Features.Get<IRequestKey>();

    /// <summary>What is answered; null when there was no effect.</summary>
    public TAnswer? Answer { get; private set; }

    /// <summary>What belongs into the transaction.</summary>
    public Alongside<TEffect> Alongside => new(
        (connection, cancellationToken) => _key?.ClaimAsync(connection, cancellationToken) ?? Task.CompletedTask,
        async (connection, effect, cancellationToken) =>
        {
            Answer = await read(connection, effect, cancellationToken);
            if (_key is not null)
            {
                await _key.KeepAnswerAsync(connection, location is null ? StatusCodes.Status200OK : StatusCodes.Status201Created, location?.Invoke(Answer), Answer, cancellationToken);
            }
        });
}

/// <summary>Says of an operation that it has one effect a key.</summary>
internal static class OneEffectRoutes
{
    /// <summary>Marks the operation and names the answers that come from the key.</summary>
    public static RouteHandlerBuilder WithOneEffect(this RouteHandlerBuilder route) => route.WithMetadata(new HonoursIdempotencyKey())
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
}
