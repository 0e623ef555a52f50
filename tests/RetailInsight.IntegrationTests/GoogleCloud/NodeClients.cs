using System.Text;

namespace RetailInsight.IntegrationTests.GoogleCloud;

/// <summary>A test that runs a script of <c>tests/GoogleFakes/clients</c>; skipped where there is no Node.</summary>
public sealed class NodeClientTheoryAttribute : TheoryAttribute
{
    public NodeClientTheoryAttribute()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!Array.TrueForAll(["node", "npm"], program => path.Any(directory => File.Exists(Path.Combine(directory, program)))))
        {
            Skip = "'node' or 'npm' is not on the PATH.";
        }
    }
}

/// <summary>Google's clients for Node, fetched once by <c>npm ci</c>.</summary>
internal static class NodeClients
{
    private static readonly SemaphoreSlim Fetching = new(1);

    /// <summary>Runs a script and returns what it wrote.</summary>
    public static async Task<string> RunAsync(string repositoryRoot, string home, string script, params string[] arguments)
    {
        var clients = Path.Combine(repositoryRoot, "tests", "GoogleFakes", "clients");
        await FetchAsync(clients);
        return Encoding.UTF8.GetString(await new ClientProgram(home).RunAsync("node", [Path.Combine(clients, script), .. arguments]));
    }

    private static async Task FetchAsync(string clients)
    {
        await Fetching.WaitAsync();
        try
        {
            var fetched = new FileInfo(Path.Combine(clients, "node_modules", ".package-lock.json"));
            if (!fetched.Exists || fetched.LastWriteTimeUtc < File.GetLastWriteTimeUtc(Path.Combine(clients, "package-lock.json")))
            {
                await new ClientProgram(null).RunAsync("npm", "ci", "--prefix", clients, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
                File.SetLastWriteTimeUtc(fetched.FullName, TimeProvider.System.GetUtcNow().UtcDateTime);
            }
        }
        finally
        {
            Fetching.Release();
        }
    }
}
