using System.Diagnostics;
using System.Globalization;
using RetailInsight.Api;
using RetailInsight.IntegrationTests.Gateway;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The API as its own process, over a line to the database of a test.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ApiProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="database">Which database.</param>
    /// <param name="line">How it gets there.</param>
    /// <param name="directory">Where it may write.</param>
    public static async Task<ApiProcess> StartAsync(TestDatabase database, DatabaseLine line, string directory)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Pair()}"));
        var start = new ProcessStartInfo("dotnet", [typeof(ApiService).Assembly.Location, "--urls", address.OriginalString])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Platform__DataDirectory"] = directory;
        start.Environment["Platform__Postgres__Host"] = "127.0.0.1";
        start.Environment["Platform__Postgres__Port"] = line.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["Platform__Postgres__Database"] = database.Options.Database;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = address };
        await GatewayHost.UntilAsync(async () =>
        {
            Assert.False(process.HasExited, "The API did not start.");
            try
            {
                using var ready = await client.GetAsync("/readyz");
                return ready.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return new ApiProcess(process, address);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }
}
