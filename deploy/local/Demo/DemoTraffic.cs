using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
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
        var period = DemoPeriod.Next(options.Home, options.DemoUntil ?? DemoPeriod.WallClock(clock.GetUtcNow()), options.DemoWeeks);
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
                if (period.Before is null)
                {
                    // The clock asks for these before the shops open: the first day would have no outlook.
                    await traffic.RunNightlyAsync(DateOnly.FromDateTime(period.Until).AddDays(-1), cancellationToken);
                    await pipeline.DrainAsync(progress.AddTask("Looking ahead"), cancellationToken);
                }
            });
        period.Keep(options.Home);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task PushSimulationAsync(DemoPeriod period, ProgressContext progress, CancellationToken cancellationToken)
    {
        var simulation = new RetailSimulation(period.Options);
        var files = await Task.Run(() => simulation.Files(period.From).ToList(), cancellationToken);

        // Sales name registers the master must know by then.
        var master = files.TakeWhile(file => file.Feed.EndsWith("-master", StringComparison.Ordinal)).ToList();
        foreach (var file in master)
        {
            await PushAsync(file.Feed, file.FileName, file.Content, cancellationToken);
        }

        await Task.WhenAll(files.Skip(master.Count).GroupBy(file => file.Feed).Select(feed => PushFeedAsync(
            [.. feed], progress.AddTask($"Pushing {feed.Key}", maxValue: feed.Count()), cancellationToken)));
        await LoadStaffHoursAsync(StaffRoster.Write(simulation, period.From), cancellationToken);
    }

    // Head office brings the hours in, as it would from its own rota.
    private async Task LoadStaffHoursAsync(string file, CancellationToken cancellationToken)
    {
        using var client = await SignInAsync("head_office", cancellationToken);
        using var content = new StringContent(file, System.Text.Encoding.UTF8, "text/csv");
        using var answer = await client.PostAsync("/v1/staff-hours", content, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"The API answered {(int)answer.StatusCode} to the staff hours: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    // The data team starts by hand what the clock would have started in the night.
    private async Task RunNightlyAsync(DateOnly date, CancellationToken cancellationToken)
    {
        using var client = await SignInAsync("data_engineer", cancellationToken);
        foreach (var dag in (string[])["retrain_forecast", "store_outlook"])
        {
            using var answer = await client.PostAsJsonAsync($"/v1/ops/dags/{dag}/runs", new { business_date = date }, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"The API answered {(int)answer.StatusCode} to a run of {dag}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
            }
        }
    }

    private async Task<HttpClient> SignInAsync(string role, CancellationToken cancellationToken)
    {
        var login = _company.Tenants[0].Logins.First(one => one.Role == role);
        var client = new HttpClient { BaseAddress = new Uri(_company.Api), Timeout = TimeSpan.FromMinutes(2) };
        using var session = await client.PostAsJsonAsync("/v1/session", new { login = login.Login, password = login.Password }, cancellationToken);
        session.EnsureSuccessStatusCode();
        return client;
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
