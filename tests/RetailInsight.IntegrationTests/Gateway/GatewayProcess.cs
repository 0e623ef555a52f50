using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using RetailInsight.Gateway;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>The gateway as its own process, over the database of another and a lake in a directory.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private readonly Process _process;

    private GatewayProcess(Process process, HttpClient client)
    {
        _process = process;
        Client = client;
    }

    /// <summary>A client with the key of acme.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts a gateway that looks every second for what another has left, and waits until it is ready.</summary>
    public static async Task<GatewayProcess> StartAsync(GatewayHost keeper, string directory, Dictionary<string, string>? settings = null)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Pair()}");
        var start = new ProcessStartInfo("dotnet", [typeof(GatewayService).Assembly.Location, "--urls", address])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in GatewayHost.Settings(keeper.Database, directory))
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["Gateway__SweepAfterSeconds"] = "1";
        start.Environment["Gateway__SweepEverySeconds"] = "1";
        foreach (var (name, value) in settings ?? [])
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", GatewayHost.Key("acme"));
        await GatewayHost.UntilAsync(async () =>
        {
            Assert.False(process.HasExited, "The gateway did not start.");
            try
            {
                using var ready = await client.GetAsync(new Uri("/readyz", UriKind.Relative));
                return ready.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return new GatewayProcess(process, client);
    }

    /// <summary>The most memory the process has had so far, in MB; 0 where the system does not say.</summary>
    public int PeakMegabytes => OperatingSystem.IsLinux() && !_process.HasExited
        && File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM", StringComparison.Ordinal)) is { } line
        ? int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024 : 0;

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Client.Dispose();
    }
}
