using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine;

/// <summary>
/// Tells the other processes that there may be work, and hears it from them. Told on a connection of its own and at most every few
/// milliseconds: a notice makes commits of the whole database stand in line, so none is sent with the work itself. A lost notice
/// costs a poll interval.
/// </summary>
internal sealed class EngineNotices(
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, EngineSignals signals, TimeProvider clock, ILogger<EngineNotices> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Check = TimeSpan.FromSeconds(30);

    // The connection this process tells on: it need not hear itself.
    private int _teller;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        UntilStoppedAsync(ListenAsync, stoppingToken), UntilStoppedAsync(TellAsync, stoppingToken));

    private async Task UntilStoppedAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await work(cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                Log.NoticesBroken(logger, error);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, notice) =>
        {
            if (notice.PID != Volatile.Read(ref _teller))
            {
                signals.RingHere();
            }
        };
        await connection.ExecuteAsync(new CommandDefinition("LISTEN dags_work", cancellationToken: cancellationToken));
        while (true)
        {
            // A line that is dead on one side says nothing for ever: ask now and then.
            if (!await connection.WaitAsync(Check, cancellationToken))
            {
                await connection.ExecuteAsync(new CommandDefinition("SELECT 1", cancellationToken: cancellationToken));
            }
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        Volatile.Write(ref _teller, connection.ProcessID);
        while (true)
        {
            if (await signals.Others.WaitAsync(Check, cancellationToken))
            {
                await connection.ExecuteAsync(new CommandDefinition("NOTIFY dags_work", cancellationToken: cancellationToken));
                await Task.Delay(Between, clock, cancellationToken);
            }
        }
    }
}
