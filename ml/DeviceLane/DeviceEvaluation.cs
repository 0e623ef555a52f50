using System.Security.Cryptography;
using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Onnx;
using RetailInsight.Ml.Serving;

namespace RetailInsight.Ml.DeviceLane;

/// <summary>
/// Runs a model file on this device against fixed questions and holds answers and times against what the device's class was accepted with.
/// Times are of single questions, as they are asked in service: five warm runs, each with its own median and 95th percentile (nearest rank), and the
/// median of those, so that one disturbed run decides nothing.
/// </summary>
public static class DeviceEvaluation
{
    private const int WarmRuns = 5;

    /// <summary>Runs.</summary>
    /// <param name="runtime">What runs models here.</param>
    /// <param name="model">The model file.</param>
    /// <param name="inputs">The questions: a JSON array of objects, field name to number or text.</param>
    /// <param name="golden">What the class is held to; null when there is nothing yet.</param>
    /// <param name="deviceClass">Class of this device.</param>
    /// <param name="tolerance">What may be worse.</param>
    /// <param name="clock">Measures.</param>
    /// <param name="cancellationToken">Ends between two questions.</param>
    /// <returns>The report, and the golden this run would make.</returns>
    /// <exception cref="FormatException">Model or questions cannot be read; the message names row and field.</exception>
    /// <exception cref="ModelRuntimeException">The runtime is not there, refuses the model, or fails on a question.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static (DeviceReport Report, DeviceGolden Golden) Run(
        IModelRuntime runtime, byte[] model, byte[] inputs, DeviceGolden? golden, string deviceClass, DeviceTolerance tolerance, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tolerance);
        ArgumentNullException.ThrowIfNull(clock);
        var modelHash = Hash(model);
        using var served = ServedModel.Load(runtime, modelHash, 0, model);
        if (served.Session is null)
        {
            throw new ModelRuntimeException("ONNX Runtime is not beside this program.") { IsAbsent = true };
        }

        var questions = Questions(served.Card, inputs);
        var answers = Answers(served, questions, cancellationToken);
        var (p50, p95) = Latency(served, questions, clock, cancellationToken);
        var fresh = new DeviceGolden(deviceClass, modelHash, Hash(inputs), answers, 1, p50, p95);
        var failures = new List<string>();
        if (golden is not null && (golden.DeviceClass != deviceClass || golden.InputsSha256 != fresh.InputsSha256 || golden.Answers.Count != answers.Length))
        {
            failures.Add($"The golden is of device class {golden.DeviceClass} and other questions ({golden.InputsSha256}, {golden.Answers.Count} rows): accept a new one first.");
            golden = null;
        }

        var errors = answers.Select((answer, row) => golden is null ? 0 : RelativeError(answer, golden.Answers[row])).ToList();
        var agree = served.Card.Kind == ModelKind.NearestCentre ? errors.Count(error => error == 0) : errors.Count(error => error <= tolerance.AgreeWithin);
        var accuracy = (double)agree / answers.Length;
        failures.AddRange(golden is null ? [] : Failures(accuracy, p95, golden, tolerance));
        return (
            new(deviceClass, $"{served.Card.Name} {served.Card.Version}", modelHash, fresh.InputsSha256, clock.GetUtcNow(), answers.Length, accuracy, errors.Max(), errors.Average(), p50, p95, golden, failures),
            fresh);
    }

    private static IEnumerable<string> Failures(double accuracy, double p95, DeviceGolden golden, DeviceTolerance tolerance)
    {
        // A hair's breadth for 1 − 0.995, which is not 0.005 in binary.
        const double Rounding = 1e-9;
        if (accuracy < golden.Accuracy - tolerance.AccuracyPoints / 100 - Rounding)
        {
            yield return FormattableString.Invariant($"Accuracy is {accuracy * 100:0.###} %, {(golden.Accuracy - accuracy) * 100:0.###} points below the golden; {tolerance.AccuracyPoints} are allowed.");
        }

        if (p95 > golden.P95Milliseconds * (1 + tolerance.LatencyPercent / 100))
        {
            yield return FormattableString.Invariant($"p95 is {p95:0.####} ms, {(p95 / golden.P95Milliseconds - 1) * 100:0.#} % above the golden's {golden.P95Milliseconds:0.####} ms; {tolerance.LatencyPercent} % are allowed.");
        }
    }

    private static double RelativeError(double answer, double golden) => answer == golden ? 0 : Math.Abs(answer - golden) / Math.Max(Math.Abs(golden), double.Epsilon);

    private static List<Tensor[]> Questions(ModelCard card, byte[] inputs)
    {
        List<Dictionary<string, JsonElement>>? rows;
        try
        {
            rows = JsonSerializer.Deserialize<List<Dictionary<string, JsonElement>>>(inputs);
        }
        catch (JsonException damage)
        {
            throw new FormatException($"The questions are no JSON array of objects: {damage.Message}", damage);
        }

        if (rows is not { Count: > 0 })
        {
            throw new FormatException("There are no questions.");
        }

        var questions = new List<Tensor[]>(rows.Count);
        foreach (var row in rows)
        {
            var question = new PredictionRow(null, row.ToDictionary(field => field.Key, field => Value(field.Value)));
            if (ModelQuestion.Read(card, [question], out var tensors) is [var fault, ..])
            {
                throw new FormatException($"Question {questions.Count + 1}: {fault.Field} {fault.Detail}");
            }

            questions.Add(tensors);
        }

        return questions;
    }

    private static FieldValue Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString()!,
        _ => default,
    };

    private static double[] Answers(ServedModel model, List<Tensor[]> questions, CancellationToken cancellationToken) =>
        [.. questions.Select(question => model.Run(question, 1, cancellationToken)[0].Value)];

    private static (double P50, double P95) Latency(ServedModel model, List<Tensor[]> questions, TimeProvider clock, CancellationToken cancellationToken)
    {
        // The answers before were the warming up.
        var runs = new List<(double P50, double P95)>(WarmRuns);
        for (var run = 0; run < WarmRuns; run++)
        {
            var times = new double[questions.Count];
            for (var row = 0; row < times.Length; row++)
            {
                var start = clock.GetTimestamp();
                model.Run(questions[row], 1, cancellationToken);
                times[row] = clock.GetElapsedTime(start).TotalMilliseconds;
            }

            Array.Sort(times);
            runs.Add((NearestRank(times, 0.50), NearestRank(times, 0.95)));
        }

        return (runs.Select(run => run.P50).Order().ElementAt(WarmRuns / 2), runs.Select(run => run.P95).Order().ElementAt(WarmRuns / 2));
    }

    private static double NearestRank(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
