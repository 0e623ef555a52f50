namespace RetailInsight.IntegrationTests.GoogleCloud.BigQuery;

/// <summary>Google's <c>bq</c> against an endpoint, without credentials and without a question to the network.</summary>
/// <param name="home">A home of its own.</param>
/// <param name="address">The endpoint.</param>
/// <param name="project">The project.</param>
internal sealed class BqProgram(string home, string address, string project)
{
    /// <summary>Runs a command and returns what it wrote.</summary>
    public Task<string> RunAsync(params string[] arguments)
    {
        // Flags of bq itself go before the command.
        var flags = arguments.TakeWhile(argument => argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
        return new ClientProgram(home).TextAsync(
            "bq",
            [
                $"--api={address}", "--oauth_access_token=fake", $"--project_id={project}", "--headless", "--bigqueryrc=/dev/null", "--quiet",
                $"--discovery_file={DiscoveryFile()}", .. flags, .. arguments[flags.Length..],
            ]);
    }

    /// <summary>The CLI's own description of the API; with it bq asks the server for none.</summary>
    private static string DiscoveryFile()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(directory => new FileInfo(Path.Combine(directory, "bq"))).First(file => file.Exists);
        var program = found.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? found.FullName;
        string[] roots = [Path.GetFullPath(Path.Combine(Path.GetDirectoryName(program)!, "..")), "/usr/lib/google-cloud-sdk"];
        return roots.Select(root => Path.Combine(root, "platform/bq/discovery_next/bigquery.json")).First(File.Exists);
    }
}
