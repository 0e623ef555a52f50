using System.Collections.Frozen;
using System.Security.Cryptography;

namespace RetailInsight.Api.Pages;

/// <summary>
/// Static files, embedded because the API also runs inside other processes with another content root. The address holds a
/// hash of the content, so a browser may keep a file for ever.
/// </summary>
internal static class Assets
{
    private const string Folder = "RetailInsight.Api.Pages.Assets.";

    private static readonly Asset StyleSheet = Load("site.css", "text/css; charset=utf-8");
    private static readonly Asset Mark = Load("mark.svg", "image/svg+xml");
    private static readonly Asset Script = Load("page.js", "text/javascript; charset=utf-8");
    private static readonly FrozenDictionary<string, Asset> ByPath = new[] { StyleSheet, Mark, Script }.ToFrozenDictionary(asset => asset.Path);

    public static string StyleSheetPath => StyleSheet.Path;

    public static string MarkPath => Mark.Path;

    public static string ScriptPath => Script.Path;

    public static void MapAssets(this IEndpointRouteBuilder routes) => routes.MapGet("/assets/{name}", Serve).AllowAnonymous().ExcludeFromDescription();

    private static IResult Serve(string name, HttpContext context)
    {
        if (!ByPath.TryGetValue("/assets/" + name, out var asset))
        {
            return Results.NotFound();
        }

        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(asset.Content, asset.ContentType);
    }

    private static Asset Load(string name, string contentType)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(Folder + name)
            ?? throw new InvalidOperationException($"The asset {name} is not embedded.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var content = memory.ToArray();
        var hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 6));
        return new Asset($"/assets/{Path.GetFileNameWithoutExtension(name)}.{hash}{Path.GetExtension(name)}", contentType, content);
    }

    private sealed record Asset(string Path, string ContentType, byte[] Content);
}
