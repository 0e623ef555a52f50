using System.Diagnostics;
using System.Text;
using System.Text.Json;
using RetailInsight.Profiles;
using RetailInsight.Tests.House;

namespace RetailInsight.Tests.Profiles;

/// <summary>Which keys the reader knows at one place of a profile.</summary>
internal sealed record Probe(int Profile, IReadOnlyList<object> Path, IReadOnlyList<string> Known);

/// <summary>What the schema says about profiles.</summary>
/// <param name="Errors">Of each profile.</param>
/// <param name="Unused">Keys of the schema that no profile has.</param>
/// <param name="Disagreements">Where reader and schema know other keys.</param>
internal sealed record SchemaAnswer(string[][] Errors, string[] Unused, string[] Disagreements);

/// <summary>Validates profiles with Ajv, the validator editors use, fetched once by <c>npm ci</c>.</summary>
internal static class SchemaCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string Folder = Path.Combine(Checkout.Root, "tests", "ProfileSchema");
    private static readonly SemaphoreSlim Fetching = new(1);

    public static async Task<SchemaAnswer> AskAsync(IReadOnlyList<string> profiles, IReadOnlyList<Probe>? probes = null)
    {
        await FetchAsync();
        using var schema = JsonDocument.Parse(ProfileSchema.Utf8);
        var question = JsonSerializer.Serialize(new { schema, profiles, probes }, JsonSerializerOptions.Web);
        return JsonSerializer.Deserialize<SchemaAnswer>(await RunAsync("node", question, Path.Combine(Folder, "check.mjs")), JsonSerializerOptions.Web)!;
    }

    private static async Task FetchAsync()
    {
        await Fetching.WaitAsync();
        try
        {
            var fetched = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
            if (!fetched.Exists || fetched.LastWriteTimeUtc < File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
            {
                await RunAsync("npm", "", "ci", "--prefix", Folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
                File.SetLastWriteTimeUtc(fetched.FullName, TimeProvider.System.GetUtcNow().UtcDateTime);
            }
        }
        finally
        {
            Fetching.Release();
        }
    }

    private static async Task<string> RunAsync(string program, string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        })!;
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.StandardInput.WriteAsync(input.AsMemory(), patience.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(patience.Token);
        Assert.True(process.ExitCode == 0, $"{program}: {process.ExitCode}\n{await errors}");
        return await output;
    }
}
