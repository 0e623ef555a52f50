using System.Diagnostics;
using System.Globalization;
using System.Net;
using RetailInsight.IntegrationTests.PortContracts;
using RetailInsight.Platform.GoogleCloud;

namespace RetailInsight.IntegrationTests.PubSub;

/// <summary>Skips the tests of a class where the official Pub/Sub emulator cannot run.</summary>
public sealed class NeedsPubSubEmulatorAttribute : NeedsAttribute
{
    public override string? Missing => PubSubEmulator.Missing;
}

/// <summary>The official emulator, out of the Google CLI's directory; started at the first use, stopped with the last test.</summary>
public sealed class PubSubEmulator : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private static int _projects;

    private readonly Lazy<Task<(Process Process, int Port)>> _emulator = new(StartAsync);

    /// <summary>What is not installed; null when all is.</summary>
    public static string? Missing { get; } = (Program("java"), Jar()) switch
    {
        (null, _) => "No 'java' is on the PATH.",
        (_, null) => "The Google Cloud CLI with the Pub/Sub emulator is not on the PATH.",
        _ => null,
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_emulator.IsValueCreated)
        {
            var (process, _) = await _emulator.Value;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>An empty project.</summary>
    internal async Task<GoogleCloudOptions> ProjectAsync()
    {
        var (_, port) = await _emulator.Value;
        return new()
        {
            Project = string.Create(CultureInfo.InvariantCulture, $"project-{Interlocked.Increment(ref _projects)}"),
            PubSubEndpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
        };
    }

    private static string? Program(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    private static string? Jar()
    {
        if (Program("gcloud") is not { } gcloud)
        {
            return null;
        }

        var bin = Path.GetDirectoryName(File.ResolveLinkTarget(gcloud, returnFinalTarget: true)?.FullName ?? gcloud)!;
        var directory = Path.Combine(bin, "..", "platform", "pubsub-emulator", "lib");
        return Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "cloud-pubsub-emulator-*-all.jar").FirstOrDefault() : null;
    }

    private static async Task<(Process Process, int Port)> StartAsync()
    {
        var port = FreePorts.Pair();
        var start = new ProcessStartInfo(Program("java")!, ["-Xmx1g", "-jar", Jar()!, "--host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={port}")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            try
            {
                await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/"));
                return (process, port);
            }
            catch (Exception exception) when (watch.Elapsed < StartTimeout && !process.HasExited && exception is HttpRequestException or TaskCanceledException)
            {
                // Not there yet.
            }
        }
    }
}
