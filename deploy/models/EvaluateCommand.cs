using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.DeviceLane;

namespace RetailInsight.Models;

/// <summary>
/// <c>evaluate</c>: a model file against the golden of a device class. The folder holds <c>inputs.json</c>, <c>CLASS.golden.json</c>, <c>CLASS.lease</c>
/// and <c>reports/SHA256.json</c>.
/// </summary>
internal static partial class EvaluateCommand
{
    /// <summary>It passes.</summary>
    public const int Passed = 0;

    /// <summary>It is worse than allowed.</summary>
    public const int Regression = 1;

    /// <summary>Files or options are wrong, or there is no golden.</summary>
    public const int Usage = 2;

    /// <summary>Somebody else has the device.</summary>
    public const int Busy = 3;

    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(10);

    /// <summary>The command.</summary>
    public static Command Create(IModelRuntime runtime, TimeProvider clock, TextWriter output, TextWriter error)
    {
        var model = new Argument<FileInfo>("MODEL") { Description = "The model file (.onnx)." }.AcceptExistingOnly();
        var folder = new Option<DirectoryInfo>("--golden") { Description = "Folder with inputs.json and the goldens of the device classes.", Required = true, HelpName = "DIR" }.AcceptExistingOnly();
        var device = new Option<string>("--device-class") { Description = "Class of this device.", Required = true, HelpName = "CLASS" };
        var update = new Option<bool>("--update-golden") { Description = "Accept what this run answers, and how fast, as the golden of the class." };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait for the device while somebody else has it. Default 0.", HelpName = "SECONDS" };
        var agree = new Option<double>("--agree-within") { Description = "Relative difference up to which a value agrees. Default 0.001.", DefaultValueFactory = _ => 0.001 };
        var command = new Command("evaluate", "Accuracy and latency of a model on this device against the golden of its class: fails when accuracy is more than 0.5 points lower, or p95, in units of reference work done between the questions, more than 10 % longer in three measurements.") { model, folder, device, update, wait, agree };
        device.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && !PartOfFileName().IsMatch(name))
            {
                result.AddError($"--device-class: '{name}' is made of other characters than letters, digits, hyphens and dots.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetRequiredValue(folder).FullName;
            var name = parsed.GetRequiredValue(device);
            try
            {
                using var lease = await DeviceLease.TakeAsync(directory, name, $"{Environment.MachineName}/{Environment.ProcessId}", LeaseTime, TimeSpan.FromSeconds(parsed.GetValue(wait)), clock, cancellationToken);
                var (report, golden) = await RunAsync(runtime, clock, parsed.GetRequiredValue(model).FullName, directory, name, parsed.GetValue(update), parsed.GetValue(agree), cancellationToken);
                if (golden is not null)
                {
                    await WriteAsync(GoldenFile(directory, name), JsonSerializer.SerializeToUtf8Bytes(golden, DeviceReport.Json), cancellationToken);
                }

                await output.WriteLineAsync(await KeepAsync(report, directory, cancellationToken));
                return report.Failures.Count == 0 ? Passed : Regression;
            }
            catch (DeviceBusyException busy)
            {
                await error.WriteLineAsync(busy.Message);
                return Busy;
            }
            catch (Exception problem) when (problem is FormatException or ModelRuntimeException or IOException or UnauthorizedAccessException or JsonException)
            {
                await error.WriteLineAsync(problem.Message);
                return Usage;
            }
        });
        return command;
    }

    private static async Task<(DeviceReport Report, DeviceGolden? Golden)> RunAsync(
        IModelRuntime runtime, TimeProvider clock, string model, string directory, string device, bool update, double agreeWithin, CancellationToken cancellationToken)
    {
        var file = GoldenFile(directory, device);
        if (!update && !File.Exists(file))
        {
            throw new FormatException($"Device class {device} has no golden in {directory}. Accept one with --update-golden.");
        }

        var golden = update ? null : JsonSerializer.Deserialize<DeviceGolden>(await File.ReadAllBytesAsync(file, cancellationToken), DeviceReport.Json);
        var (report, fresh) = DeviceEvaluation.Run(
            runtime,
            await File.ReadAllBytesAsync(model, cancellationToken),
            await File.ReadAllBytesAsync(Path.Combine(directory, "inputs.json"), cancellationToken),
            golden,
            device,
            new DeviceTolerance(agreeWithin),
            clock,
            cancellationToken);
        return (report, update ? fresh : null);
    }

    /// <summary>Keeps the report under its own hash; the answer is what the caller reads: the report without the golden's answers, and where it lies.</summary>
    private static async Task<string> KeepAsync(DeviceReport report, string directory, CancellationToken cancellationToken)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(report, DeviceReport.Json);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        var folder = Directory.CreateDirectory(Path.Combine(directory, "reports")).FullName;
        await WriteAsync(Path.Combine(folder, sha256 + ".json"), content, cancellationToken);
        var shown = report with { Golden = report.Golden is { } golden ? golden with { Answers = [] } : null };
        return JsonSerializer.Serialize(new { ReportSha256 = sha256, Passed = report.Failures.Count == 0, Report = shown }, DeviceReport.Json);
    }

    private static string GoldenFile(string directory, string device) => Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{device}.golden.json"));

    private static async Task WriteAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        await File.WriteAllBytesAsync(path + ".new", content, cancellationToken);
        File.Move(path + ".new", path, overwrite: true);
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$")]
    private static partial Regex PartOfFileName();
}
