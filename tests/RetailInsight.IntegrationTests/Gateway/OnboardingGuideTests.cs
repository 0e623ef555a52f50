using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using RetailInsight.Cli;
using RetailInsight.Gateway.Feeds;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>
/// <c>docs/onboarding-a-vendor.md</c> is true: every command is run as written, in order, against a gateway, and prints what the
/// guide shows. With RETAILINSIGHT_WRITE_GOLDEN=1 the shown output is written anew.
/// </summary>
public sealed partial class OnboardingGuideTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private static readonly string Root = typeof(OnboardingGuideTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "RepositoryRoot").Value!;
    private static readonly string Guide = Path.Combine(Root, "docs", "onboarding-a-vendor.md");
    private static readonly string Files = Path.Combine(Root, "docs", "onboarding-a-vendor");

    private static readonly bool Writes = Environment.GetEnvironmentVariable("RETAILINSIGHT_WRITE_GOLDEN") == "1";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("onboarding-");
    private readonly DirectoryInfo _profiles = Directory.CreateTempSubdirectory("profiles-");

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        _profiles.Delete(recursive: true);
    }

    [Fact]
    public async Task Every_command_of_the_guide_prints_what_the_guide_shows()
    {
        foreach (var file in Directory.EnumerateFiles(Files))
        {
            File.Copy(file, Path.Combine(_directory.FullName, Path.GetFileName(file)));
        }

        await using var gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:ProfilesDirectory"] = _profiles.FullName, ["Gateway:CacheSeconds"] = "0" });
        var guide = await File.ReadAllTextAsync(Guide);
        var actual = new StringBuilder();
        var at = 0;
        foreach (Match block in Block().Matches(guide))
        {
            actual.Append(guide.AsSpan(at, block.Groups["body"].Index - at));
            actual.Append(await RunAsync(block.Groups["language"].Value, block.Groups["body"].Value, gateway));
            at = block.Groups["body"].Index + block.Groups["body"].Length;
        }

        actual.Append(guide.AsSpan(at));
        if (Writes)
        {
            await File.WriteAllTextAsync(Guide, actual.ToString());
            guide = actual.ToString();
        }

        Assert.Equal(ReceiptId().Replace(guide, "ID"), ReceiptId().Replace(actual.ToString(), "ID"));
    }

    private async Task<string> RunAsync(string language, string body, GatewayHost gateway)
    {
        switch (language)
        {
            case "console":
                var output = new StringBuilder();
                foreach (var command in body.Split('\n').Where(line => line.StartsWith("$ ", StringComparison.Ordinal)))
                {
                    output.Append(command).Append('\n').Append(await RunAsync(command[2..].Split(' '), gateway));
                }

                return output.ToString();
            case "sh" when body.StartsWith("retail feed create", StringComparison.Ordinal):
                Assert.Contains("active", await RunAsync(body.Trim().Split(' '), gateway, "acme-operator"), StringComparison.Ordinal);
                await gateway.ExecuteAsync("UPDATE tenancy.api_key SET feeds = array_append(feeds, 'kaede-pos') WHERE label = 'acme'");
                return body;
            case "json":
                using (var receipt = JsonDocument.Parse(await File.ReadAllBytesAsync(Expand("receipts/*.receipt.json"))))
                using (var shown = JsonDocument.Parse(body))
                {
                    Assert.All(shown.RootElement.EnumerateObject(), member => Assert.True(
                        Writes || JsonElement.DeepEquals(member.Value, receipt.RootElement.GetProperty(member.Name)), $"{member.Name} is {receipt.RootElement.GetProperty(member.Name)}"));
                }

                return body;
            case "csv":
                return CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetString(await File.ReadAllBytesAsync(Path.Combine(Files, "kaede-sales.csv"))).ReplaceLineEndings("\n");
            case "yaml" when body.Split('\n').Length > 3:
                return await File.ReadAllTextAsync(Path.Combine(Files, "kaede-pos.v1.yaml"));
            default:
                return body;
        }
    }

    private async Task<string> RunAsync(string[] command, GatewayHost gateway, string key = "acme")
    {
        if (command[0] == "cp")
        {
            File.Copy(Path.Combine(_directory.FullName, command[1]), Path.Combine(command[2].Replace("$PROFILES", _profiles.FullName, StringComparison.Ordinal), command[1]));
            await gateway.Service<ProfileFolder>().LookAsync(default);
            return "";
        }

        Assert.Equal("retail", command[0]);
        string? Variable(string name) => name switch { "RETAIL_GATEWAY" => gateway.Address.ToString(), "RETAIL_KEY" => GatewayHost.Key(key), _ => null };
        using var output = new StringWriter { NewLine = "\n" };
        await RetailCommand.RunAsync(
            [.. command[1..].Select(Expand)], new Surroundings(output, output, Variable, _directory.FullName, TimeProvider.System, ShowProgress: false, Width: 200), CancellationToken.None);
        return string.Concat(output.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).Select(line => line + "\n"));
    }

    /// <summary>What a shell in the guide's directory would make of a word.</summary>
    private string Expand(string word) => word.Contains('*', StringComparison.Ordinal)
        ? Directory.EnumerateFiles(Path.Combine(_directory.FullName, Path.GetDirectoryName(word)!), Path.GetFileName(word)).Single()
        : word == "receipts" || File.Exists(Path.Combine(_directory.FullName, word)) ? Path.Combine(_directory.FullName, word) : word;

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex ReceiptId();
}
