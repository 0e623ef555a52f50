using RetailInsight.Core.Ports;
using RetailInsight.Platform.OnnxRuntime;

namespace RetailInsight.Tests.Ml.Serving;

/// <summary>The real runtime, whose runs can be made to hang for ten seconds, or until they are released, whatever is asked of them.</summary>
internal sealed class HangingRuntime(ManualResetEventSlim released) : IModelRuntime
{
    private readonly OnnxModelRuntime _runtime = new();

    /// <summary>Whether runs hang that begin from now on.</summary>
    public bool Hangs { get; set; }

    public Version Version => _runtime.Version;

    public IModelSession Load(ReadOnlyMemory<byte> model) => new Session(this, _runtime.Load(model), released);

    private sealed class Session(HangingRuntime owner, IModelSession session, ManualResetEventSlim released) : IModelSession
    {
        public IReadOnlyList<TensorSpec> Inputs => session.Inputs;

        public IReadOnlyList<TensorSpec> Outputs => session.Outputs;

        public void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, CancellationToken cancellationToken)
        {
            if (owner.Hangs)
            {
                released.Wait(TimeSpan.FromSeconds(10), CancellationToken.None);
            }

            session.Run(inputs, outputs, cancellationToken);
        }

        public void Dispose() => session.Dispose();
    }
}

/// <summary>A machine without the runtime's library.</summary>
internal sealed class AbsentRuntime : IModelRuntime
{
    public Version Version => throw new ModelRuntimeException("It is not there.") { IsAbsent = true };

    public IModelSession Load(ReadOnlyMemory<byte> model) => throw new ModelRuntimeException("It is not there.") { IsAbsent = true };
}
