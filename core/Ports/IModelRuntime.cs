namespace RetailInsight.Core.Ports;

/// <summary>Element types of tensors, numbered as in ONNX.</summary>
public enum TensorElement
{
    /// <summary>float.</summary>
    Float32 = 1,

    /// <summary>long.</summary>
    Int64 = 7,

    /// <summary>double.</summary>
    Float64 = 11,
}

/// <summary>An input or output as the model declares it.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Element">Type of its elements.</param>
/// <param name="Shape">Sizes of its dimensions; −1 where the caller chooses.</param>
public sealed record TensorSpec(string Name, TensorElement Element, IReadOnlyList<long> Shape);

/// <summary>Memory of the caller's that the model reads from or writes to.</summary>
/// <param name="Data">A <c>float[]</c>, <c>long[]</c> or <c>double[]</c>; may be longer than the shape needs.</param>
/// <param name="Shape">Sizes of the dimensions.</param>
public readonly record struct Tensor(Array Data, long[] Shape);

/// <summary>The runtime refused a model or a question to it, or is not there; the message is one a person can act on.</summary>
public sealed class ModelRuntimeException(string message) : Exception(message)
{
    /// <summary>The runtime's library is not beside the program.</summary>
    public bool IsAbsent { get; init; }
}

/// <summary>Runs ONNX models in this process. Local and cloud: ONNX Runtime, where its library was fetched.</summary>
public interface IModelRuntime
{
    /// <summary>Version of the runtime, such as 1.30.0.</summary>
    /// <exception cref="ModelRuntimeException">Its library is not beside the program.</exception>
    Version Version { get; }

    /// <summary>Makes a model ready, from memory.</summary>
    /// <exception cref="ModelRuntimeException">The bytes are no model this runtime can run, or its library is not beside the program.</exception>
    IModelSession Load(ReadOnlyMemory<byte> model);
}

/// <summary>A model that is ready. Several threads may ask at once.</summary>
public interface IModelSession : IDisposable
{
    /// <summary>What it takes, in order.</summary>
    IReadOnlyList<TensorSpec> Inputs { get; }

    /// <summary>What it gives, in order.</summary>
    IReadOnlyList<TensorSpec> Outputs { get; }

    /// <summary>Computes on the calling thread.</summary>
    /// <param name="inputs">One a spec, in order.</param>
    /// <param name="outputs">One a spec, in order: receive the results.</param>
    /// <param name="cancellationToken">Ends the run between two operators of the model.</param>
    /// <exception cref="ModelRuntimeException">A tensor has another type or shape than the model asks for, or the model failed on these values.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, CancellationToken cancellationToken);
}
