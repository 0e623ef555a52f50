using System.Diagnostics;
using RetailInsight.Ingest;

namespace RetailInsight.IntegrationTests.Ingest;

/// <summary>The ingest service as its own process, to be killed.</summary>
internal sealed class IngestProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];

    private IngestProcess(Process process) => _process = process;

    /// <summary>Starts it; it listens on a port nobody asks.</summary>
    public static IngestProcess Start(TestDatabase database, IReadOnlyDictionary<string, string?> settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(IngestServices).Assembly.Location, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["Platform__Postgres__Host"] = database.Options.Host;
        start.Environment["Platform__Postgres__Port"] = database.Options.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["Platform__Postgres__Database"] = database.Options.Database;
        var process = new IngestProcess(Process.Start(start)!);
        process._process.OutputDataReceived += process.Keep;
        process._process.ErrorDataReceived += process.Keep;
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>What it has said so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    /// <summary>Ends it without warning.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.Add(line.Data ?? "");
        }
    }
}
