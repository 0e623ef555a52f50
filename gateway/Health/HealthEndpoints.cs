using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Health;

/// <summary>What a probe gets.</summary>
/// <param name="Status"><c>ok</c>.</param>
internal sealed record HealthStatus(string Status);

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: so do the database and the lake.</summary>
internal sealed class HealthEndpoints([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, ILake lake)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The process answers.</summary>
    public static IResult Alive() => TypedResults.Json(new HealthStatus("ok"), GatewayJson.Plain.HealthStatus);

    /// <summary>Everything needed to take payloads answers.</summary>
    public async Task<IResult> ReadyAsync(HttpContext context)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(Patience);
        await using var command = database.CreateCommand("SELECT 1 FROM gateway.feed LIMIT 1");
        await command.ExecuteScalarAsync(patience.Token);
        await foreach (var _ in lake.ListAsync("readiness/", patience.Token))
        {
            break;
        }

        return Alive();
    }
}
