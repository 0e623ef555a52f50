using System.Diagnostics;
using System.Text;

namespace RetailInsight.IntegrationTests.GoogleCloud;

/// <summary>Runs a client of Google's from outside.</summary>
/// <param name="home">A home of its own, so that it finds no credentials; null for the home and environment of the user.</param>
/// <param name="settings">Environment variables.</param>
internal sealed class ClientProgram(string? home, params (string Name, string Value)[] settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program to its end and returns what it wrote, byte for byte.</summary>
    public async Task<byte[]> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (home is not null)
        {
            start.Environment.Clear();
        }

        foreach (var (name, value) in home is null ? settings : Guard(home).Concat(settings))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        try
        {
            await Task.WhenAll(
                process.StandardOutput.BaseStream.CopyToAsync(output, patience.Token),
                process.StandardError.BaseStream.CopyToAsync(errors, patience.Token),
                process.WaitForExitAsync(patience.Token));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{Encoding.UTF8.GetString(errors.ToArray())}\n{Encoding.UTF8.GetString(output.ToArray())}");
        return output.ToArray();
    }

    /// <summary>The same, as text.</summary>
    public async Task<string> TextAsync(string program, params string[] arguments) => Encoding.UTF8.GetString(await RunAsync(program, arguments));

    private static (string Name, string Value)[] Guard(string home) =>
    [
        ("PATH", Environment.GetEnvironmentVariable("PATH") ?? ""),
        ("HOME", home),
        ("CLOUDSDK_CONFIG", home),
        ("CLOUDSDK_CORE_DISABLE_PROMPTS", "1"),
        ("CLOUDSDK_CORE_DISABLE_USAGE_REPORTING", "true"),
        ("CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "true"),
        ("METADATA_SERVER_DETECTION", "none"),
        ("NO_PROXY", "127.0.0.1"),
    ];
}
