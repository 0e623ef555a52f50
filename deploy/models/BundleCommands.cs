using System.CommandLine;
using System.Text.Json;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Edge;

namespace RetailInsight.Models;

/// <summary><c>keys</c>, <c>bundle</c>, <c>verify</c>, <c>install</c>, <c>rollback</c> and <c>status</c>: a model's way to a device and on it.</summary>
internal static class BundleCommands
{
    /// <summary>It is done.</summary>
    public const int Done = 0;

    /// <summary>It was refused: nothing was changed.</summary>
    public const int Refused = 1;

    /// <summary>Files or options are wrong.</summary>
    public const int Usage = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>The commands.</summary>
    /// <param name="runtime">Runs models here.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="output">Receives one JSON document.</param>
    /// <param name="error">Receives what went wrong.</param>
    public static IEnumerable<Command> Create(IModelRuntime runtime, TimeProvider clock, TextWriter output, TextWriter error)
    {
        var surroundings = new Surroundings(runtime, clock, output, error);
        return [Keys(surroundings), Bundle(surroundings), Verify(surroundings), Install(surroundings), RollBack(surroundings), Status(surroundings)];
    }

    /// <summary>Folder of the slots.</summary>
    public static Option<DirectoryInfo> Root() => new("--root") { Description = "Folder of the device's slots.", Required = true, HelpName = "DIR" };

    /// <summary>Public keys that are trusted.</summary>
    public static Option<FileInfo> Trusted() => new Option<FileInfo>("--key") { Description = "File with the public keys that are trusted (PEM, one or several).", Required = true, HelpName = "FILE" }.AcceptExistingOnly();

    private static Command Keys(Surroundings surroundings)
    {
        var (secret, open) = (new Option<FileInfo>("--private") { Description = "File for the private key; its owner alone may read it.", Required = true }, new Option<FileInfo>("--public") { Description = "File for the public key, for the devices.", Required = true });
        return surroundings.OnRun(new Command("keys", "Make a key pair that signs bundles. Nothing is written over; nothing of the private key is shown.") { secret, open }, parsed =>
        {
            BundleKeys.Create(parsed.GetRequiredValue(secret).FullName, parsed.GetRequiredValue(open).FullName);
            return new { Private = parsed.GetRequiredValue(secret).FullName, Public = parsed.GetRequiredValue(open).FullName };
        });
    }

    private static Command Bundle(Surroundings surroundings)
    {
        var model = new Argument<FileInfo>("MODEL") { Description = "The model file (.onnx)." }.AcceptExistingOnly();
        var inputs = new Option<FileInfo>("--inputs") { Description = "Questions: a JSON array of objects, field name to number or text. Their answers here are what a device must come to.", Required = true, HelpName = "FILE" }.AcceptExistingOnly();
        var key = new Option<FileInfo>("--private") { Description = "The private key that signs.", Required = true, HelpName = "FILE" }.AcceptExistingOnly();
        var file = new Option<FileInfo>("--output") { Description = "The bundle.", Required = true, HelpName = "FILE" };
        var runtime = new Option<string>("--minimum-runtime") { Description = "Least version of ONNX Runtime on the device. Default 1.17.", DefaultValueFactory = _ => "1.17" };
        var tolerance = new Option<double>("--tolerance") { Description = "Relative difference up to which an answer equals the one here. Default 0.000001.", DefaultValueFactory = _ => 1e-6 };
        var latency = new Option<double>("--latency-ms") { Description = "Longest p95 of a question on the device, in milliseconds. Default 50.", DefaultValueFactory = _ => 50 };
        return surroundings.OnRun(new Command("bundle", "Put a model, its card, questions and the answers expected of them into one signed file.") { model, inputs, key, file, runtime, tolerance, latency }, parsed =>
        {
            var least = Version.TryParse(parsed.GetValue(runtime), out var version) ? version : throw new FormatException($"--minimum-runtime: '{parsed.GetValue(runtime)}' is no version such as 1.17.");
            return ModelBundling.Write(
                surroundings.Runtime, parsed.GetRequiredValue(model).FullName, parsed.GetRequiredValue(inputs).FullName, parsed.GetRequiredValue(key).FullName, parsed.GetRequiredValue(file).FullName,
                least, parsed.GetValue(tolerance), parsed.GetValue(latency), surroundings.Clock.GetUtcNow());
        });
    }

    private static Command Verify(Surroundings surroundings)
    {
        var (bundle, key) = (File(), Trusted());
        return surroundings.OnRun(new Command("verify", "Check signature and every part of a bundle, and that the model works here. Nothing is installed.") { bundle, key }, parsed =>
        {
            using var keys = Trust(parsed.GetRequiredValue(key));
            return ModelBundling.Verify(surroundings.Runtime, parsed.GetRequiredValue(bundle).FullName, keys, surroundings.Clock);
        });
    }

    private static Command Install(Surroundings surroundings)
    {
        var (bundle, key, root) = (File(), Trusted(), Root());
        var older = new Option<bool>("--allow-older") { Description = "Take a bundle that is older than the newest the device has had." };
        return surroundings.OnRun(
            new Command("install", "Verify a bundle, unpack it into the slot that does not answer, try it there, and switch to it. It is on probation until it has answered.") { bundle, key, root, older }, parsed =>
            {
                using var keys = Trust(parsed.GetRequiredValue(key));
                return Slots(surroundings, parsed.GetRequiredValue(root), keys).Install(parsed.GetRequiredValue(bundle).FullName, parsed.GetValue(older));
            });
    }

    private static Command RollBack(Surroundings surroundings)
    {
        var (key, root) = (Trusted(), Root());
        return surroundings.OnRun(new Command("rollback", "Go back to the model before, at once.") { key, root }, parsed =>
        {
            using var keys = Trust(parsed.GetRequiredValue(key));
            return Slots(surroundings, parsed.GetRequiredValue(root), keys).RollBack();
        });
    }

    private static Command Status(Surroundings surroundings)
    {
        var (key, root) = (Trusted(), Root());
        return surroundings.OnRun(new Command("status", "Which model answers, and why the device went back by itself the last time.") { key, root }, parsed =>
        {
            using var keys = Trust(parsed.GetRequiredValue(key));
            return Slots(surroundings, parsed.GetRequiredValue(root), keys).Current() is var (model, rolledBack)
                ? new { Current = model, RolledBack = rolledBack }
                : throw new BundleRefusedException("no_model", "There is no model on this device.");
        });
    }

    private static Argument<FileInfo> File() => new Argument<FileInfo>("BUNDLE") { Description = "The bundle." }.AcceptExistingOnly();

    private static ModelSlots Slots(Surroundings surroundings, DirectoryInfo root, BundleKeys keys) => new(root.FullName, keys, surroundings.Runtime, surroundings.Clock);

    /// <summary>The public keys of a file.</summary>
    /// <exception cref="FormatException">There is none in it.</exception>
    public static BundleKeys Trust(FileInfo file) => BundleKeys.Trust(System.IO.File.ReadAllText(file.FullName));

    private sealed record Surroundings(IModelRuntime Runtime, TimeProvider Clock, TextWriter Output, TextWriter Error)
    {
        /// <summary>Sets what a command does: its answer as JSON, or a sentence and an exit code.</summary>
        public Command OnRun(Command command, Func<ParseResult, object> run)
        {
            command.SetAction(parsed =>
            {
                try
                {
                    Output.WriteLine(JsonSerializer.Serialize(run(parsed), Json));
                    return Done;
                }
                catch (BundleRefusedException refused)
                {
                    Error.WriteLine(refused.Message);
                    return Refused;
                }
                catch (Exception problem) when (problem is FormatException or ModelRuntimeException or IOException or UnauthorizedAccessException)
                {
                    Error.WriteLine(problem.Message);
                    return Usage;
                }
            });
            return command;
        }
    }
}
