using System.Text.Json;

namespace RetailInsight.Ml.DeviceLane;

/// <summary>What a class of devices is held to: the answers it was accepted with and how fast they came.</summary>
/// <param name="DeviceClass">Such as <c>edge-arm64</c>.</param>
/// <param name="ModelSha256">The model they were given by.</param>
/// <param name="InputsSha256">Of the file of questions.</param>
/// <param name="Answers">One a question: values or labels.</param>
/// <param name="Accuracy">Share of questions on which a run agreed with the answers when they were accepted, 0 to 1.</param>
/// <param name="P50Milliseconds">Median time of a question.</param>
/// <param name="P95Milliseconds">Time that 95 % of the questions stay within.</param>
/// <param name="RelativeP95">The same in units of the reference work of that run: what later runs are held to. 0 in goldens of before it was measured.</param>
public sealed record DeviceGolden(
    string DeviceClass, string ModelSha256, string InputsSha256, IReadOnlyList<double> Answers, double Accuracy, double P50Milliseconds, double P95Milliseconds, double RelativeP95 = 0);

/// <summary>What a run may be worse by.</summary>
/// <param name="AgreeWithin">Relative difference up to which a value agrees with the golden one; labels must be equal.</param>
/// <param name="AccuracyPoints">Percentage points of accuracy that may be lost.</param>
/// <param name="LatencyPercent">Percent the relative p95 may be longer.</param>
public sealed record DeviceTolerance(double AgreeWithin = 0.001, double AccuracyPoints = 0.5, double LatencyPercent = 10);

/// <summary>What a run came to.</summary>
/// <param name="DeviceClass">Where it ran.</param>
/// <param name="Model">Name and version of the model.</param>
/// <param name="ModelSha256">Of the model file.</param>
/// <param name="InputsSha256">Of the file of questions.</param>
/// <param name="EvaluatedAt">When.</param>
/// <param name="Rows">How many questions.</param>
/// <param name="Accuracy">Share that agree with the golden answers, 0 to 1.</param>
/// <param name="MaximumRelativeError">Largest |answer / golden − 1|; 0 for labels.</param>
/// <param name="MeanRelativeError">Mean of the same.</param>
/// <param name="P50Milliseconds">Median of the times of the questions, each the shortest of its warm runs.</param>
/// <param name="P95Milliseconds">Time that 95 % of the questions stay within, each the shortest of its warm runs.</param>
/// <param name="RelativeP95">The same in units of the reference work done between the questions: what is compared.</param>
/// <param name="Measurements">How often the times were measured until they passed, three at most.</param>
/// <param name="Golden">What it was held against; null when the run itself is the golden one.</param>
/// <param name="Failures">What is worse than allowed; empty when it passes.</param>
public sealed record DeviceReport(
    string DeviceClass,
    string Model,
    string ModelSha256,
    string InputsSha256,
    DateTimeOffset EvaluatedAt,
    int Rows,
    double Accuracy,
    double MaximumRelativeError,
    double MeanRelativeError,
    double P50Milliseconds,
    double P95Milliseconds,
    double RelativeP95,
    int Measurements,
    DeviceGolden? Golden,
    IReadOnlyList<string> Failures)
{
    /// <summary>How goldens and reports are written: snake_case, indented.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" };
}
