using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Registry;

namespace RetailInsight.Ml.Serving;

/// <summary>
/// Watches the champion aliases and puts a champion that changed into the <see cref="ModelServer"/>. While database or lake cannot be reached, or
/// the new champion cannot be run, the model before goes on answering.
/// </summary>
internal sealed class ModelRefresh(
    ModelServer server, ModelCache cache, ModelAliases aliases, ModelRegistry registry, ServingOptions options, TimeProvider clock, ILogger<ModelRefresh> logger) : BackgroundService
{
    /// <summary>Looks once.</summary>
    /// <returns>How many champions were put in.</returns>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<int> RefreshAsync(CancellationToken cancellationToken)
    {
        var installed = 0;
        foreach (var (tenant, name, champion) in await aliases.ChampionsAsync(cancellationToken))
        {
            if (server.Held(tenant, name) is not { } held || held.AliasVersion != champion.Version)
            {
                installed += await InstallAsync(tenant, name, champion, cancellationToken) ? 1 : 0;
            }
        }

        return installed;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.RefreshSeconds), clock);
        do
        {
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Log.RefreshFailed(logger, failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<bool> InstallAsync(string tenant, string name, AliasState champion, CancellationToken cancellationToken)
    {
        var sha256 = champion.Sha256!;
        try
        {
            var content = cache.Find(tenant, name, sha256) ?? await registry.ReadModelAsync(tenant, name, sha256, cancellationToken);
            server.Install(new(tenant, name, sha256, champion.Version, content));
            return true;
        }
        catch (Exception failure) when (failure is FormatException or ModelRuntimeException or IOException or HttpRequestException)
        {
            // One model that cannot be had does not keep the others from being refreshed.
            Log.ModelRefused(logger, failure, tenant, name, sha256);
            return false;
        }
    }
}
