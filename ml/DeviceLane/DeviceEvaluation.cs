using System.Security.Cryptography;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Edge;
using RetailInsight.Ml.Onnx;
using RetailInsight.Ml.Serving;

namespace RetailInsight.Ml.DeviceLane;

/// <summary>
/// Runs a model file on this device against fixed questions and holds answers and times against what the device's class was accepted with. Times are
/// of single questions, as they are asked in service. Only a question's shortest warm time counts, since other work on the device ever only adds to
/// it, and it counts in units of <see cref="ReferenceWork"/> done between the questions, so that a device that is slower altogether at the moment passes and
/// a model that is slower does not. What exceeds the bound is measured again, twice at most: a regression exceeds it every time.
/// </summary>
public static class DeviceEvaluation
{
    private const int WarmRuns = 15;
    private const int MostMeasurements = 3;

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

        List<Tensor[]> questions = [.. GoldenQuestion.ReadInputs(inputs).Select((fields, row) => GoldenQuestion.Tensors(served, fields, row + 1))];
        var answers = Answers(served, questions, cancellationToken);
        var failures = new List<string>();
        if (golden is { RelativeP95: <= 0 })
        {
            failures.Add("The golden holds times without those of the reference work beside them: accept a new one first.");
            golden = null;
        }

        var (times, measurements) = (Measure(served, questions, clock, cancellationToken), 1);
        while (golden is not null && IsTooSlow(times, golden, tolerance) && measurements < MostMeasurements)
        {
            measurements++;
            times = Measure(served, questions, clock, cancellationToken) is var again && again.RelativeP95 < times.RelativeP95 ? again : times;
        }

        var fresh = new DeviceGolden(deviceClass, modelHash, Hash(inputs), answers, 1, times.P50, times.P95, times.RelativeP95);
        if (golden is not null && (golden.DeviceClass != deviceClass || golden.InputsSha256 != fresh.InputsSha256 || golden.Answers.Count != answers.Length))
        {
            failures.Add($"The golden is of device class {golden.DeviceClass} and other questions ({golden.InputsSha256}, {golden.Answers.Count} rows): accept a new one first.");
            golden = null;
        }

        var errors = answers.Select((answer, row) => golden is null ? 0 : RelativeError(answer, golden.Answers[row])).ToList();
        var agree = served.Card.Kind == ModelKind.NearestCentre ? errors.Count(error => error == 0) : errors.Count(error => error <= tolerance.AgreeWithin);
        var accuracy = (double)agree / answers.Length;
        failures.AddRange(golden is null ? [] : Failures(accuracy, times, golden, tolerance));
        return (
            new(deviceClass, $"{served.Card.Name} {served.Card.Version}", modelHash, fresh.InputsSha256, clock.GetUtcNow(), answers.Length, accuracy, errors.Max(), errors.Average(), times.P50, times.P95, times.RelativeP95, measurements, golden, failures),
            fresh);
    }

    private static IEnumerable<string> Failures(double accuracy, Times times, DeviceGolden golden, DeviceTolerance tolerance)
    {
        // A hair's breadth for 1 − 0.995, which is not 0.005 in binary.
        const double Rounding = 1e-9;
        if (accuracy < golden.Accuracy - tolerance.AccuracyPoints / 100 - Rounding)
        {
            yield return FormattableString.Invariant($"Accuracy is {accuracy * 100:0.###} %, {(golden.Accuracy - accuracy) * 100:0.###} points below the golden; {tolerance.AccuracyPoints} are allowed.");
        }

        if (IsTooSlow(times, golden, tolerance))
        {
            yield return FormattableString.Invariant(
                $"p95 is {times.RelativeP95:0.####} times the reference work ({times.P95:0.####} ms), {(times.RelativeP95 / golden.RelativeP95 - 1) * 100:0.#} % above the golden's {golden.RelativeP95:0.####}; {tolerance.LatencyPercent} % are allowed.");
        }
    }

    private static bool IsTooSlow(Times times, DeviceGolden golden, DeviceTolerance tolerance) => times.RelativeP95 > golden.RelativeP95 * (1 + tolerance.LatencyPercent / 100);

    private static double RelativeError(double answer, double golden) => GoldenQuestion.Difference(answer, golden);

    private static double[] Answers(ServedModel model, List<Tensor[]> questions, CancellationToken cancellationToken) =>
        [.. questions.Select(question => model.Run(question, 1, cancellationToken)[0].Value)];

    private static Times Measure(ServedModel model, List<Tensor[]> questions, TimeProvider clock, CancellationToken cancellationToken)
    {
        // The answers before were the warming up of the model.
        var reference = new ReferenceWork();
        var (asked, worked) = (new double[questions.Count], new double[questions.Count]);
        Array.Fill(asked, double.PositiveInfinity);
        Array.Fill(worked, double.PositiveInfinity);
        for (var run = 0; run < WarmRuns; run++)
        {
            for (var row = 0; row < asked.Length; row++)
            {
                var start = clock.GetTimestamp();
                model.Run(questions[row], 1, cancellationToken);
                asked[row] = Math.Min(asked[row], clock.GetElapsedTime(start).TotalMilliseconds);
                start = clock.GetTimestamp();
                reference.Do();
                worked[row] = Math.Min(worked[row], clock.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        Array.Sort(asked);
        Array.Sort(worked);
        return new(NearestRank(asked, 0.50), NearestRank(asked, 0.95), NearestRank(asked, 0.95) / NearestRank(worked, 0.50));
    }

    private static double NearestRank(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Milliseconds, and p95 in units of the reference work.</summary>
    private readonly record struct Times(double P50, double P95, double RelativeP95);
}
