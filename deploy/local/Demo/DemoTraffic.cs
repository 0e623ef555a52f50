using System.Globalization;
using System.Net.Http.Headers;
using RetailInsight.Local.Simulation;
using Spectre.Console;

namespace RetailInsight.Local.Demo;

/// <summary>
/// Pushes the simulated chain's files, and real ones where asked, through the gateway as a vendor would; then waits until the
/// KPIs are computed. Each feed is sent in order, feeds side by side.
/// </summary>
internal sealed class DemoTraffic : IDisposable
{
    private const int Attempts = 6;
    private readonly HttpClient _client;
    private readonly DemoFile _company;

    private DemoTraffic(DemoFile company)
    {
        _company = company;
        _client = new HttpClient { BaseAddress = new Uri(company.Gateway), Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>Pushes what was not pushed before and waits for the pipeline to run dry.</summary>
    public static async Task RunAsync(LocalOptions options, DemoFile company, Pipeline pipeline, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var traffic = new DemoTraffic(company);
        var period = DemoPeriod.Next(options.Home, options.DemoUntil ?? DemoPeriod.WallClock(clock.GetUtcNow()));
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async progress =>
            {
                if (period.HasNews)
                {
                    await traffic.PushSimulationAsync(period, progress, cancellationToken);
                }

                if (options.Data is not null)
                {
                    await traffic.PushDirectoryAsync(options.Data, progress, cancellationToken);
                }

                await pipeline.DrainAsync(progress.AddTask("Computing KPIs"), cancellationToken);
            });
        period.Keep(options.Home);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task PushSimulationAsync(DemoPeriod period, ProgressContext progress, CancellationToken cancellationToken)
    {
        var files = await Task.Run(() => new RetailSimulation(period.Options).Files(period.From).ToList(), cancellationToken);

        // Sales name registers the master must know by then.
        var master = files.TakeWhile(file => file.Feed.EndsWith("-master", StringComparison.Ordinal)).ToList();
        foreach (var file in master)
        {
            await PushAsync(file.Feed, file.FileName, file.Content, cancellationToken);
        }

        await Task.WhenAll(files.Skip(master.Count).GroupBy(file => file.Feed).Select(feed => PushFeedAsync(
            [.. feed], progress.AddTask($"Pushing {feed.Key}", maxValue: feed.Count()), cancellationToken)));
    }

    private async Task PushFeedAsync(IReadOnlyList<SimulatedFile> files, ProgressTask bar, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            await PushAsync(file.Feed, file.FileName, file.Content, cancellationToken);
            bar.Increment(1);
        }
    }

    private async Task PushDirectoryAsync(string directory, ProgressContext progress, CancellationToken cancellationToken)
    {
        var folders = Directory.GetDirectories(directory).Append(directory)
            .Select(folder => (Folder: folder, Feed: Path.GetFileName(folder).Replace('_', '-')))
            .Where(folder => _company.KeyFor(folder.Feed) is not null).ToList();
        if (folders.Count == 0)
        {
            AnsiConsole.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"[yellow]No folder of {directory} is named after a feed.[/] Feeds: {string.Join(", ", _company.Tenants.SelectMany(t => t.Keys).SelectMany(k => k.Feeds))}.");
        }

        foreach (var (folder, feed) in folders)
        {
            var files = Directory.GetFiles(folder).Order(StringComparer.Ordinal).ToList();
            var bar = progress.AddTask($"Pushing {feed}", maxValue: Math.Max(1, files.Count));
            foreach (var file in files)
            {
                await PushAsync(feed, Path.GetFileName(file), await File.ReadAllBytesAsync(file, cancellationToken), cancellationToken);
                bar.Increment(1);
            }
        }
    }

    // Safe to repeat: the same bytes get the same receipt.
    private async Task PushAsync(string feed, string fileName, byte[] content, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/ingest/{feed}") { Content = new ByteArrayContent(content) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _company.KeyFor(feed));
            request.Headers.Add("X-File-Name", Uri.EscapeDataString(fileName));
            using var response = await _client.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode || response.StatusCode == System.Net.HttpStatusCode.UnprocessableEntity)
            {
                return;
            }

            if (attempt == Attempts || ((int)response.StatusCode < 500 && response.StatusCode != System.Net.HttpStatusCode.TooManyRequests))
            {
                throw new InvalidOperationException(
                    $"The gateway answered {(int)response.StatusCode} to {fileName}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }

            await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromMilliseconds(200 * attempt), cancellationToken);
        }
    }
}
