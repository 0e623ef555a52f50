using Npgsql;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Idempotency;

/// <summary>Sweeps the keys whose time is over, at the start and every ten minutes; any number of processes may run it.</summary>
internal sealed class ExpiredKeys([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, ILogger<ExpiredKeys> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        do
        {
            try
            {
                await using var command = database.Command("DELETE FROM api.idempotency WHERE expires_at <= $1", clock.GetUtcNow());
                await command.ExecuteNonQueryAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Mostly the database is away or still being migrated. What has expired is not answered from, swept or not.
                Log.KeysNotSwept(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
