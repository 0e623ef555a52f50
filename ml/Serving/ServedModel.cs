using RetailInsight.Core.Ports;
using RetailInsight.Ml.Onnx;

namespace RetailInsight.Ml.Serving;

/// <summary>A champion in memory.</summary>
internal sealed class ServedModel : IDisposable
{
    private ServedModel(string sha256, long aliasVersion, ModelCard card, IModelSession? session)
    {
        Sha256 = sha256;
        AliasVersion = aliasVersion;
        Card = card;
        Questions = new(card);
        Session = session;
    }

    /// <summary>Of the file.</summary>
    public string Sha256 { get; }

    /// <summary>Version of the champion alias that named it.</summary>
    public long AliasVersion { get; }

    /// <summary>What the file says about itself.</summary>
    public ModelCard Card { get; }

    /// <summary>Reads questions to it.</summary>
    public QuestionReader Questions { get; }

    /// <summary>Ready to run; null where the runtime's library is not there: then only the fallback answers.</summary>
    public IModelSession? Session { get; }

    /// <summary>Makes a file ready and asks it one question, so that a model that cannot answer is never put in the place of one that can.</summary>
    /// <exception cref="FormatException">The file has no card.</exception>
    /// <exception cref="ModelRuntimeException">The runtime refuses the file, or it has other inputs or outputs than its card says, or it gives no finite answer.</exception>
    public static ServedModel Load(IModelRuntime runtime, string sha256, long aliasVersion, byte[] content)
    {
        var card = ModelCard.Read(content);
        IModelSession session;
        try
        {
            session = runtime.Load(content);
        }
        catch (ModelRuntimeException absent) when (absent.IsAbsent)
        {
            return new(sha256, aliasVersion, card, null);
        }

        try
        {
            var model = new ServedModel(sha256, aliasVersion, card, session);
            model.Probe();
            return model;
        }
        catch (Exception refused) when (refused is ModelRuntimeException or FormatException)
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Computes on the calling thread.</summary>
    /// <exception cref="ModelRuntimeException">The model failed, or an answer is not finite.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public Prediction[] Run(Tensor[] inputs, int rows, CancellationToken cancellationToken)
    {
        if (Card.Kind == ModelKind.NearestCentre)
        {
            var (labels, distances) = (new long[rows], new double[rows]);
            Session!.Run(inputs, [new(labels, [rows]), new(distances, [rows])], cancellationToken);
            return [.. labels.Zip(distances, (label, distance) => new Prediction(label, Finite(distance), PredictionSource.Model))];
        }

        var values = new double[rows];
        Session!.Run(inputs, [new(values, [rows])], cancellationToken);
        return [.. values.Select(value => new Prediction(Finite(value), null, PredictionSource.Model))];
    }

    /// <summary>What the card's rule answers: the value the question brings for it, else the store's ordinary day, else what the card says of all.</summary>
    public Prediction Fallback(PredictionRow row) => new(
        Card.Fallback.Field is { } field && row.Fields.TryGetValue(field, out var value) && value.Number is { } known && double.IsFinite(known) ? known : Questions.StoreOf(row)?.Usual ?? Card.Fallback.Otherwise,
        null,
        PredictionSource.Rule);

    /// <inheritdoc/>
    public void Dispose() => Session?.Dispose();

    private static double Finite(double value) => double.IsFinite(value) ? value : throw new ModelRuntimeException("The model's answer is not a finite number.");

    private void Probe()
    {
        string[] expected = [.. Card.Indices.Count > 0 ? [ModelCard.IndexTensor] : Array.Empty<string>(), .. Card.Numbers.Count > 0 ? [ModelCard.NumberTensor] : Array.Empty<string>()];
        if (!Session!.Inputs.Select(input => input.Name).SequenceEqual(expected))
        {
            throw new ModelRuntimeException($"The model takes {string.Join(", ", Session.Inputs.Select(input => input.Name))}; its card says {string.Join(", ", expected)}.");
        }

        long[] levels = [.. Card.Indices.Select(_ => 0L)];
        double[] numbers = [.. Card.Numbers.Select(input => input.Least ?? Math.Min(0, input.Most ?? 0))];
        Tensor[] inputs = [.. levels.Length > 0 ? [new Tensor(levels, [1, levels.Length])] : Array.Empty<Tensor>(), .. numbers.Length > 0 ? [new Tensor(numbers, [1, numbers.Length])] : Array.Empty<Tensor>()];
        _ = Run(inputs, 1, CancellationToken.None);
    }
}
