using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetailInsight.Ml.Edge;

/// <summary>A file of a bundle.</summary>
/// <param name="Name">Its name in the bundle.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its bytes, 64 hexadecimal digits in lower case.</param>
public sealed record BundlePart(string Name, long Bytes, string Sha256);

/// <summary>What a bundle says of itself. It is what is signed, and it names every other part by its hash.</summary>
/// <param name="Format"><see cref="CurrentFormat"/>.</param>
/// <param name="Name">Which question the model answers.</param>
/// <param name="Version">Of the model, as people call it.</param>
/// <param name="CreatedAt">When it was bundled, UTC. A device takes no bundle older than the newest it has had.</param>
/// <param name="MinimumRuntime">Least version of ONNX Runtime that may run it.</param>
/// <param name="Tolerance">Relative difference up to which an answer equals the golden one; labels must be equal.</param>
/// <param name="LatencyMilliseconds">p95 of the golden questions on the device must not be longer.</param>
/// <param name="Parts">Every other file of the bundle but the signature, in order.</param>
public sealed record BundleManifest(
    string Format, string Name, string Version, DateTimeOffset CreatedAt, string MinimumRuntime, double Tolerance, double LatencyMilliseconds, IReadOnlyList<BundlePart> Parts)
{
    /// <summary>The shape of bundles this program writes and reads.</summary>
    public const string CurrentFormat = "retailinsight-model-bundle/1";

    /// <summary>How manifests, golden answers and the state of slots are written.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };
}
