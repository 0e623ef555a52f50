using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.OnnxRuntime;

/// <summary>
/// ONNX Runtime in this process. Nothing is loaded before the first model. A run keeps to one thread: questions are small, and many at once
/// share the processors better than one that takes them all.
/// </summary>
internal sealed class OnnxModelRuntime(int threadsPerRun = 1) : IModelRuntime
{
    /// <inheritdoc/>
    public Version Version => OrtApi.RuntimeVersion();

    /// <inheritdoc/>
    public IModelSession Load(ReadOnlyMemory<byte> model)
    {
        var session = OrtApi.CreateSession(model.Span, threadsPerRun);
        try
        {
            return new OnnxModelSession(new OnnxSessionHandle(session));
        }
        catch (ModelRuntimeException)
        {
            OrtApi.ReleaseSession(session);
            throw;
        }
    }
}
