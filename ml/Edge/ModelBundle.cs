using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Onnx;
using RetailInsight.Ml.Serving;

namespace RetailInsight.Ml.Edge;

/// <summary>
/// A model as a device takes it: one tar file of the manifest, its signature, the ONNX model, its card, and questions with the answers expected of it.
/// Nothing of it is looked at before the signature of the manifest was verified, and no part before its hash.
/// </summary>
internal sealed class ModelBundle
{
    /// <summary>The manifest's name in the file and in a slot.</summary>
    public const string ManifestPart = "manifest.json";

    /// <summary>The signature's.</summary>
    public const string SignaturePart = "manifest.sig";

    private const string ModelPart = "model.onnx";
    private const string CardPart = "card.json";
    private const string GoldenPart = "golden.json";
    private const int LargestHead = 64 << 10;
    private const long LargestPart = 512L << 20;

    private static readonly string[] Parts = [ModelPart, CardPart, GoldenPart];

    private readonly IReadOnlyList<(string Name, byte[] Content)> _files;

    private ModelBundle(BundleManifest manifest, IReadOnlyList<(string Name, byte[] Content)> files) => (Manifest, _files) = (manifest, files);

    /// <summary>What it says of itself; the signature was verified.</summary>
    public BundleManifest Manifest { get; }

    /// <summary>Its files in order, each as long and with the hash its manifest says.</summary>
    public IReadOnlyList<(string Name, byte[] Content)> Files => _files;

    /// <summary>Bundles a model; the answers expected of it are those it gives here.</summary>
    /// <param name="runtime">Runs it.</param>
    /// <param name="model">The model file.</param>
    /// <param name="inputs">Questions: a JSON array of objects, field name to number or text.</param>
    /// <param name="terms">What a device must come to.</param>
    /// <param name="privatePem">Signs.</param>
    /// <param name="createdAt">Now.</param>
    /// <returns>The file, and its manifest.</returns>
    /// <exception cref="FormatException">Model, questions or key cannot be read.</exception>
    /// <exception cref="ModelRuntimeException">The runtime is not there, refuses the model, or fails on a question.</exception>
    public static (byte[] File, BundleManifest Manifest) Write(IModelRuntime runtime, byte[] model, byte[] inputs, BundleTerms terms, string privatePem, DateTimeOffset createdAt)
    {
        _ = runtime.Version;
        using var served = ServedModel.Load(runtime, Hash(model), 0, model);
        var golden = GoldenQuestion.ReadInputs(inputs)
            .Select((fields, row) => new GoldenQuestion(fields, served.Run(GoldenQuestion.Tensors(served, fields, row + 1), 1, CancellationToken.None)[0].Value)).ToList();
        (string Name, byte[] Content)[] parts =
            [(ModelPart, model), (CardPart, System.Text.Encoding.UTF8.GetBytes(served.Card.ToJson())), (GoldenPart, JsonSerializer.SerializeToUtf8Bytes(golden, BundleManifest.Json))];
        var manifest = new BundleManifest(
            BundleManifest.CurrentFormat, served.Card.Name, served.Card.Version, createdAt.ToUniversalTime(), terms.MinimumRuntime.ToString(), terms.Tolerance, terms.LatencyMilliseconds,
            [.. parts.Select(part => new BundlePart(part.Name, part.Content.Length, Hash(part.Content)))]);
        var head = JsonSerializer.SerializeToUtf8Bytes(manifest, BundleManifest.Json);
        using var file = new MemoryStream();
        using (var tar = new TarWriter(file, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, content) in (IEnumerable<(string, byte[])>)[(ManifestPart, head), (SignaturePart, BundleKeys.Sign(head, privatePem)), .. parts])
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), ModificationTime = createdAt, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            }
        }

        return (file.ToArray(), manifest);
    }

    /// <summary>Reads a bundle and verifies all of it.</summary>
    /// <exception cref="BundleRefusedException">It is no bundle, its signature is wrong, or a part is not what was signed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ModelBundle Read(string path, BundleKeys keys)
    {
        using var file = File.OpenRead(path);
        try
        {
            using var tar = new TarReader(file);
            return Read(
                (name, least, most) =>
                {
                    var entry = tar.GetNextEntry() is { EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile } next && next.Name == name
                        ? next : throw Unreadable($"{name} is expected where something else stands, or nothing.");
                    if (entry.Length < least || entry.Length > most)
                    {
                        throw name is ManifestPart or SignaturePart ? Unreadable($"{name} has {entry.Length} bytes.") : Tampered(name);
                    }

                    var content = new byte[entry.Length];
                    entry.DataStream?.ReadExactly(content);
                    return content;
                },
                () => tar.GetNextEntry()?.Name,
                keys);
        }
        catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw Unreadable(damage.Message, damage);
        }
    }

    /// <summary>Reads what lies unpacked in a folder and verifies all of it.</summary>
    /// <exception cref="BundleRefusedException">A part is missing or not what was signed.</exception>
    public static ModelBundle ReadFolder(string folder, BundleKeys keys)
    {
        try
        {
            return Read(
                (name, least, most) =>
                {
                    var file = new FileInfo(Path.Combine(folder, name));
                    return !file.Exists ? throw Unreadable($"{name} is missing in {folder}.")
                        : file.Length < least || file.Length > most ? throw Tampered(name)
                        : File.ReadAllBytes(file.FullName);
                },
                () => null,
                keys);
        }
        catch (IOException damage)
        {
            throw Unreadable(damage.Message, damage);
        }
    }

    /// <summary>Loads the model and holds it to the answers expected of it.</summary>
    /// <param name="runtime">Runs it.</param>
    /// <param name="clock">Measures; null where only the answers count.</param>
    /// <returns>The model, ready to answer.</returns>
    /// <exception cref="BundleRefusedException">The runtime is too old, or refuses the model, or answers differ, or come too late.</exception>
    public ServedModel Load(IModelRuntime runtime, TimeProvider? clock)
    {
        try
        {
            if (runtime.Version < Version.Parse(Manifest.MinimumRuntime))
            {
                throw new BundleRefusedException("runtime_too_old", $"The model needs ONNX Runtime {Manifest.MinimumRuntime}; here is {runtime.Version}. Update the program on the device first.");
            }

            var model = ServedModel.Load(runtime, Hash(Content(ModelPart)), 0, Content(ModelPart));
            try
            {
                if (model.Card.ToJson() != ModelCard.Parse(System.Text.Encoding.UTF8.GetString(Content(CardPart))).ToJson())
                {
                    throw new FormatException("The card beside the model is not the one in it.");
                }

                BundleHealth.Check(model, JsonSerializer.Deserialize<List<GoldenQuestion>>(Content(GoldenPart), BundleManifest.Json) ?? [], Manifest, clock);
                return model;
            }
            catch (Exception)
            {
                model.Dispose();
                throw;
            }
        }
        catch (Exception refused) when (refused is ModelRuntimeException or FormatException or JsonException or ArgumentException)
        {
            throw new BundleRefusedException("unhealthy", $"Model {Manifest.Name} {Manifest.Version} does not work on this device: {refused.Message}", refused);
        }
    }

    private static ModelBundle Read(Func<string, long, long, byte[]> read, Func<string?> more, BundleKeys keys)
    {
        var (head, signature) = (read(ManifestPart, 2, LargestHead), read(SignaturePart, 1, LargestHead));
        if (!keys.Verify(head, signature))
        {
            throw new BundleRefusedException("signature_wrong", "The bundle is not signed by a key this device trusts. Nothing of it was used. Fetch it anew, or give the right file of public keys.");
        }

        BundleManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<BundleManifest>(head, BundleManifest.Json)!;
        }
        catch (JsonException damage)
        {
            throw Unreadable(damage.Message, damage);
        }

        if (manifest.Format != BundleManifest.CurrentFormat || !manifest.Parts.Select(part => part.Name).SequenceEqual(Parts))
        {
            throw Unreadable($"it is of the format {manifest.Format} with {string.Join(", ", manifest.Parts.Select(part => part.Name))}; this program reads {BundleManifest.CurrentFormat}.");
        }

        var files = new List<(string Name, byte[] Content)> { (ManifestPart, head), (SignaturePart, signature) };
        foreach (var part in manifest.Parts)
        {
            if (part.Bytes is < 1 or > LargestPart)
            {
                throw Unreadable($"{part.Name} is said to have {part.Bytes} bytes.");
            }

            var content = read(part.Name, part.Bytes, part.Bytes);
            files.Add(Hash(content) == part.Sha256 ? (part.Name, content) : throw Tampered(part.Name));
        }

        return more() is { } extra ? throw Unreadable($"{extra} is no part of it.") : new(manifest, files);
    }

    private byte[] Content(string part) => _files.Single(file => file.Name == part).Content;

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static BundleRefusedException Unreadable(string detail, Exception? cause = null) => new("unreadable", $"This is no whole bundle: {detail}", cause);

    private static BundleRefusedException Tampered(string part) => new("part_tampered", $"{part} is not the part that was signed: it was changed or damaged on the way. Fetch the bundle anew.");
}

/// <summary>What a device must come to.</summary>
/// <param name="MinimumRuntime">Least version of ONNX Runtime.</param>
/// <param name="Tolerance">Relative difference up to which an answer equals the golden one.</param>
/// <param name="LatencyMilliseconds">Longest p95 of the golden questions.</param>
internal sealed record BundleTerms(Version MinimumRuntime, double Tolerance, double LatencyMilliseconds);
