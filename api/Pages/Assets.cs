using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace RetailInsight.Api.Pages;

/// <summary>
/// Static files, embedded because the API also runs inside other processes with another content root. The address holds a
/// hash of the content, so a browser may keep a file for ever.
/// </summary>
internal static partial class Assets
{
    private const string Folder = "RetailInsight.Api.Pages.Assets.";

    private static readonly Asset StyleSheet = Load("site.css", "text/css; charset=utf-8", "chart.css");
    private static readonly Asset Mark = Load("mark.svg", "image/svg+xml");
    private static readonly Asset Script = Load("page.js", "text/javascript; charset=utf-8");
    private static readonly Asset OperationsStyleSheet = Load("operations.css", "text/css; charset=utf-8");
    private static readonly Asset OperationsScript = Load("operations.js", "text/javascript; charset=utf-8");
    private static readonly FrozenDictionary<string, Asset> ByPath = new[] { StyleSheet, Mark, Script, OperationsStyleSheet, OperationsScript }.ToFrozenDictionary(asset => asset.Path);

    public static string StyleSheetPath => StyleSheet.Path;

    /// <summary>The rules of charts with the light theme's colours written out, for a chart that stands alone.</summary>
    public static string ChartStyle { get; } = WithColours(Read("site.css"), Read("chart.css"));

    public static string MarkPath => Mark.Path;

    public static string ScriptPath => Script.Path;

    /// <summary>Only the pages of operations need it: a phone in a store does not load it.</summary>
    public static string OperationsStyleSheetPath => OperationsStyleSheet.Path;

    /// <summary>Keeps a page of a run that is under way up to date.</summary>
    public static string OperationsScriptPath => OperationsScript.Path;

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

    private static Asset Load(string name, string contentType, string? more = null)
    {
        var content = Encoding.UTF8.GetBytes(more is null ? Read(name) : Read(name) + Read(more));
        var hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 6));
        return new Asset($"/assets/{Path.GetFileNameWithoutExtension(name)}.{hash}{Path.GetExtension(name)}", contentType, content);
    }

    private static string Read(string name)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(Folder + name)
            ?? throw new InvalidOperationException($"The asset {name} is not embedded.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    // Programs that open drawings know no variables. The light theme stands first in the style sheet.
    private static string WithColours(string themes, string rules)
    {
        var colours = Colour().Matches(themes[..themes.IndexOf('}', StringComparison.Ordinal)]).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        return Variable().Replace(rules, match => colours[match.Groups[1].Value]);
    }

    [GeneratedRegex(@"(--[\w-]+):\s*([^;]+);")]
    private static partial Regex Colour();

    [GeneratedRegex(@"var\((--[\w-]+)\)")]
    private static partial Regex Variable();

    private sealed record Asset(string Path, string ContentType, byte[] Content);
}
