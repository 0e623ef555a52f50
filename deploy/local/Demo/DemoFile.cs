using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetailInsight.Local.Demo;

/// <summary><c>demo.json</c>: where everything listens and what opens it. Read by the <c>retail</c> tool and by scripts.</summary>
/// <param name="Api">Address of pages and API.</param>
/// <param name="Gateway">Address of the gateway.</param>
/// <param name="Tenants">Demo tenants with their keys and logins.</param>
internal sealed record DemoFile(string Api, string Gateway, IReadOnlyList<DemoTenant> Tenants)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The key that may push to a feed, or null.</summary>
    public string? KeyFor(string feed) => Tenants.SelectMany(tenant => tenant.Keys).FirstOrDefault(key => key.Feeds.Contains(feed))?.Key;

    /// <summary>Reads it, or null when there is none yet.</summary>
    public static async Task<DemoFile?> ReadAsync(string home, CancellationToken cancellationToken)
    {
        var path = PathIn(home);
        if (!File.Exists(path))
        {
            return null;
        }

        await using var file = File.OpenRead(path);
        return await JsonSerializer.DeserializeAsync<DemoFile>(file, Json, cancellationToken);
    }

    /// <summary>Writes it whole or not at all, readable by its owner alone: it holds secrets.</summary>
    public async Task WriteAsync(string home, CancellationToken cancellationToken)
    {
        var path = PathIn(home);
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var file = new FileStream(temporary, options))
        {
            await JsonSerializer.SerializeAsync(file, this, Json, cancellationToken);
            await file.FlushAsync(cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static string PathIn(string home) => Path.Combine(home, "demo.json");
}

/// <summary>A tenant of the demo.</summary>
/// <param name="Tenant">Tenant id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Keys">Keys of its vendors.</param>
/// <param name="Logins">People who may sign in.</param>
internal sealed record DemoTenant(string Tenant, string Name, IReadOnlyList<DemoKey> Keys, IReadOnlyList<DemoLogin> Logins);

/// <summary>A vendor's key.</summary>
/// <param name="Key">The key itself.</param>
/// <param name="Vendor">Whose it is.</param>
/// <param name="Feeds">What it may push to.</param>
internal sealed record DemoKey(string Key, string Vendor, IReadOnlyList<string> Feeds);

/// <summary>A person.</summary>
/// <param name="Login">Sign-in name.</param>
/// <param name="Password">Random, made at the first start.</param>
/// <param name="Role">head_office, store_manager or data_engineer.</param>
/// <param name="Stores">The stores the person may see; null for all.</param>
[method: JsonConstructor]
internal sealed record DemoLogin(string Login, string Password, string Role, IReadOnlyList<string>? Stores = null);
