using Npgsql;
using RetailInsight.Api.Problems;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api;

/// <summary>Whether the process lives and whether it can serve.</summary>
internal static class Probes
{
    public static void MapProbes(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => new Probe("ok")).WithName("health").WithTags("Probes").WithSummary("The process lives.").AllowAnonymous().WithMetadata(new ProbeOfProcess());
        routes.MapGet("/readyz", ReadyAsync).WithName("ready").WithTags("Probes").WithSummary("The database answers in both roles.")
            .AllowAnonymous().Produces<Probe>().ProducesProblem(StatusCodes.Status503ServiceUnavailable).WithMetadata(new ProbeOfProcess());
    }

    private static async Task<IResult> ReadyAsync(IServiceProvider services, ILogger<Probe> logger, CancellationToken cancellationToken)
    {
        foreach (var role in (string[])[DatabaseRole.App, DatabaseRole.Job])
        {
            try
            {
                await using var command = services.GetRequiredKeyedService<NpgsqlDataSource>(role).CreateCommand("SELECT 1");
                command.CommandTimeout = 2;
                await command.ExecuteScalarAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
            {
                Log.NotReady(logger, role, exception);
                return ApiProblem.NotReady($"database as {role}");
            }
        }

        return TypedResults.Ok(new Probe("ready"));
    }
}

/// <summary>Marks a probe: what it asks cannot fail otherwise than it says.</summary>
internal sealed record ProbeOfProcess;

/// <summary>The answer of a probe.</summary>
internal sealed record Probe(string Status);
