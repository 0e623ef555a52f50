using RetailInsight.Core.Ports;

namespace RetailInsight.Ml.Edge;

/// <summary>Makes and checks bundles, from file to file.</summary>
public static class ModelBundling
{
    /// <summary>Bundles a model: the answers expected of a device are those the model gives here.</summary>
    /// <param name="runtime">Runs the model.</param>
    /// <param name="model">The model file.</param>
    /// <param name="inputs">Questions: a JSON array of objects, field name to number or text.</param>
    /// <param name="privateKey">Signs; PKCS #8 in PEM.</param>
    /// <param name="output">The bundle.</param>
    /// <param name="minimumRuntime">Least version of ONNX Runtime on the device.</param>
    /// <param name="tolerance">Relative difference up to which an answer equals the one here.</param>
    /// <param name="latencyMilliseconds">Longest p95 of a question on the device.</param>
    /// <param name="now">Becomes <see cref="BundleManifest.CreatedAt"/>.</param>
    /// <exception cref="FormatException">Model, questions or key cannot be read, or a term makes no sense.</exception>
    /// <exception cref="ModelRuntimeException">The runtime is not there, refuses the model, or fails on a question.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static BundleManifest Write(
        IModelRuntime runtime, string model, string inputs, string privateKey, string output, Version minimumRuntime, double tolerance, double latencyMilliseconds, DateTimeOffset now)
    {
        if (!(tolerance is >= 0 and < 1) || !(latencyMilliseconds > 0 && double.IsFinite(latencyMilliseconds)))
        {
            throw new FormatException("The tolerance is 0 to below 1, and the latency above 0 milliseconds.");
        }

        var (bundle, manifest) = ModelBundle.Write(
            runtime, File.ReadAllBytes(model), File.ReadAllBytes(inputs), new(minimumRuntime, tolerance, latencyMilliseconds), File.ReadAllText(privateKey), now);
        new DurableFile().Replace(Path.GetFullPath(output), bundle);
        return manifest;
    }

    /// <summary>Checks signature and parts of a bundle, and that the model works here as it did where it was bundled.</summary>
    /// <exception cref="BundleRefusedException">It does not.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static BundleManifest Verify(IModelRuntime runtime, string bundle, BundleKeys keys, TimeProvider clock)
    {
        var read = ModelBundle.Read(bundle, keys);
        read.Load(runtime, clock).Dispose();
        return read.Manifest;
    }
}
