using System.Reflection;

namespace RetailInsight.Profiles;

/// <summary>
/// The JSON Schema (draft 2020-12) of profiles, for editors that complete and check YAML. The linter knows more: what a profile
/// names elsewhere, and what goes together.
/// </summary>
public static class ProfileSchema
{
    /// <summary>Its media type.</summary>
    public const string MediaType = "application/schema+json";

    private static readonly Lazy<byte[]> Text = new(() =>
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("profile.schema.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });

    /// <summary>The schema in UTF-8.</summary>
    public static ReadOnlyMemory<byte> Utf8 => Text.Value;
}
