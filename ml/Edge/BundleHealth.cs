using RetailInsight.Core.Ports;
using RetailInsight.Ml.Onnx;
using RetailInsight.Ml.Serving;

namespace RetailInsight.Ml.Edge;

/// <summary>Whether a model does on this device what it did where it was bundled.</summary>
internal static class BundleHealth
{
    private const int WarmRuns = 3;

    /// <summary>Asks every golden question, and times them where a clock is given: the shortest of three warm times of each, since other work on the device only ever adds to it.</summary>
    /// <exception cref="BundleRefusedException">An answer differs, or they take too long.</exception>
    /// <exception cref="FormatException">There are no questions, or the model cannot take one.</exception>
    /// <exception cref="ModelRuntimeException">The model fails on one.</exception>
    public static void Check(ServedModel model, IReadOnlyList<GoldenQuestion> golden, BundleManifest manifest, TimeProvider? clock)
    {
        if (model.Session is null)
        {
            throw new ModelRuntimeException("ONNX Runtime is not beside this program.") { IsAbsent = true };
        }

        if (golden.Count == 0)
        {
            throw new FormatException("It brings no questions whose answers are known.");
        }

        var questions = golden.Select((question, row) => GoldenQuestion.Tensors(model, question.Fields, row + 1)).ToList();
        for (var row = 0; row < questions.Count; row++)
        {
            var answer = model.Run(questions[row], 1, CancellationToken.None)[0].Value;
            var most = model.Card.Kind == ModelKind.NearestCentre ? 0 : manifest.Tolerance;
            if (!(GoldenQuestion.Difference(answer, golden[row].Answer) <= most))
            {
                throw new BundleRefusedException(
                    "unhealthy", FormattableString.Invariant($"Model {manifest.Name} {manifest.Version} answers {answer:R} to golden question {row + 1}, not {golden[row].Answer:R}: it computes otherwise on this device."));
            }
        }

        if (clock is not null && P95(model, questions, clock) is var p95 && p95 > manifest.LatencyMilliseconds)
        {
            throw new BundleRefusedException(
                "unhealthy", FormattableString.Invariant($"Model {manifest.Name} {manifest.Version} takes {p95:0.###} ms for a question (p95) on this device; {manifest.LatencyMilliseconds:0.###} ms are allowed."));
        }
    }

    private static double P95(ServedModel model, List<Tensor[]> questions, TimeProvider clock)
    {
        var times = new double[questions.Count];
        for (var row = 0; row < times.Length; row++)
        {
            times[row] = Enumerable.Range(0, WarmRuns).Min(_ =>
            {
                var start = clock.GetTimestamp();
                model.Run(questions[row], 1, CancellationToken.None);
                return clock.GetElapsedTime(start).TotalMilliseconds;
            });
        }

        Array.Sort(times);
        return times[(int)Math.Ceiling(0.95 * times.Length) - 1];
    }
}
