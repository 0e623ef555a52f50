using System.Text.Json;

namespace RetailInsight.Cli;

/// <summary>The addresses, keys and logins the local host writes to <c>.local/demo.json</c>.</summary>
internal sealed record DemoFile(Uri Api, Uri Gateway, IReadOnlyList<DemoTenant> Tenants)
{
    private const string RelativePath = ".local/demo.json";

    /// <summary>Finds the file in the directory or the nearest one above it; null when there is none.</summary>
    /// <exception cref="CommandFailure">There is one, but it cannot be read.</exception>
    public static DemoFile? Find(string directory)
    {
        for (var at = new DirectoryInfo(directory); at is not null; at = at.Parent)
        {
            var path = Path.Combine(at.FullName, RelativePath);
            if (File.Exists(path))
            {
                return Read(path);
            }
        }

        return null;
    }

    private static DemoFile Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<DemoFile>(File.ReadAllBytes(path), Json.Options) ?? throw CommandFailure.Usage($"{path} holds nothing.");
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Usage($"{path} cannot be read: {problem.Message}");
        }
    }
}

/// <summary>A demo company.</summary>
internal sealed record DemoTenant(string Tenant, string Name, IReadOnlyList<DemoKey> Keys, IReadOnlyList<DemoLogin> Logins);

/// <summary>A bearer key and the feeds it may push to.</summary>
internal sealed record DemoKey(string Key, string Vendor, IReadOnlyList<string> Feeds);

/// <summary>A person's login.</summary>
internal sealed record DemoLogin(string Login, string Password, string Role);
