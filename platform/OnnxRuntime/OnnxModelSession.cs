using System.Runtime.InteropServices;
using RetailInsight.Core.Ports;

namespace RetailInsight.Platform.OnnxRuntime;

/// <summary>
/// A model in memory. A run reads from and writes to the caller's arrays and leaves no garbage. Disposing waits for nobody: a run under way
/// ends on the session it began with.
/// </summary>
internal sealed class OnnxModelSession(OnnxSessionHandle session) : IModelSession
{
    /// <inheritdoc/>
    public IReadOnlyList<TensorSpec> Inputs => session.Inputs;

    /// <inheritdoc/>
    public IReadOnlyList<TensorSpec> Outputs => session.Outputs;

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckAll(session.Inputs, inputs, "input");
        CheckAll(session.Outputs, outputs, "output");

        Span<GCHandle> pins = stackalloc GCHandle[inputs.Length + outputs.Length];
        Span<nint> values = stackalloc nint[inputs.Length + outputs.Length];
        pins.Clear();
        values.Clear();
        var held = false;
        try
        {
            session.DangerousAddRef(ref held);
            Wrap(session.Inputs, inputs, pins, values);
            Wrap(session.Outputs, outputs, pins[inputs.Length..], values[inputs.Length..]);
            Run(values[..inputs.Length], values[inputs.Length..], cancellationToken);
        }
        finally
        {
            foreach (var value in values)
            {
                OrtApi.ReleaseValue(value);
            }

            foreach (var pin in pins)
            {
                if (pin.IsAllocated)
                {
                    pin.Free();
                }
            }

            if (held)
            {
                session.DangerousRelease();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    private static void Wrap(TensorSpec[] specs, ReadOnlySpan<Tensor> tensors, Span<GCHandle> pins, Span<nint> values)
    {
        for (var i = 0; i < specs.Length; i++)
        {
            pins[i] = GCHandle.Alloc(tensors[i].Data, GCHandleType.Pinned);
            values[i] = OrtApi.CreateTensor(pins[i].AddrOfPinnedObject(), Count(tensors[i].Shape) * Bytes(specs[i].Element), tensors[i].Shape, specs[i].Element);
        }
    }

    private static void CheckAll(TensorSpec[] specs, ReadOnlySpan<Tensor> tensors, string side)
    {
        if (tensors.Length != specs.Length)
        {
            throw new ModelRuntimeException($"The model has {specs.Length} {side}s ({string.Join(", ", specs.Select(spec => spec.Name))}); {tensors.Length} were given.");
        }

        for (var i = 0; i < specs.Length; i++)
        {
            if (Fault(specs[i], tensors[i]) is { } fault)
            {
                throw new ModelRuntimeException($"{side} '{specs[i].Name}' {fault}");
            }
        }
    }

    private static string? Fault(TensorSpec spec, Tensor tensor)
    {
        if (!IsArrayOf(spec.Element, tensor.Data))
        {
            return $"has elements of type {spec.Element}; {tensor.Data?.GetType().Name ?? "nothing"} was given.";
        }

        var fits = tensor.Shape.Length == spec.Shape.Count;
        for (var d = 0; fits && d < tensor.Shape.Length; d++)
        {
            fits = tensor.Shape[d] >= 0 && (spec.Shape[d] < 0 || spec.Shape[d] == tensor.Shape[d]);
        }

        return !fits ? $"has shape [{Text(spec.Shape)}]; [{Text(tensor.Shape)}] was given."
            : tensor.Data.LongLength < Count(tensor.Shape) ? $"of shape [{Text(tensor.Shape)}] needs {Count(tensor.Shape)} elements; the array has {tensor.Data.LongLength}."
            : null;
    }

    private static bool IsArrayOf(TensorElement element, Array? data) => element switch
    {
        TensorElement.Float32 => data is float[],
        TensorElement.Int64 => data is long[],
        _ => data is double[],
    };

    private static int Bytes(TensorElement element) => element == TensorElement.Float32 ? sizeof(float) : sizeof(double);

    private static long Count(long[] shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            count *= size;
        }

        return count;
    }

    private static string Text(IEnumerable<long> shape) => string.Join(", ", shape.Select(size => size < 0 ? "any" : size.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private void Run(ReadOnlySpan<nint> inputs, Span<nint> outputs, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            ThrowIf(OrtApi.Run(session.DangerousGetHandle(), 0, session.InputNames, inputs, session.OutputNames, outputs), cancellationToken);
            return;
        }

        var options = OrtApi.CreateRunOptions();
        try
        {
            string? fault;
            using (cancellationToken.UnsafeRegister(static state => OrtApi.Terminate((nint)state!), options))
            {
                fault = OrtApi.Run(session.DangerousGetHandle(), options, session.InputNames, inputs, session.OutputNames, outputs);
            }

            ThrowIf(fault, cancellationToken);
        }
        finally
        {
            OrtApi.ReleaseRunOptions(options);
        }
    }

    private static void ThrowIf(string? fault, CancellationToken cancellationToken)
    {
        if (fault is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ModelRuntimeException(fault);
        }
    }
}
