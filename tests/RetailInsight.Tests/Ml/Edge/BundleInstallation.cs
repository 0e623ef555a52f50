using System.Diagnostics;
using System.Formats.Tar;
using System.Security.Cryptography;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Edge;
using RetailInsight.Models;

namespace RetailInsight.Tests.Ml.Edge;

public sealed class BundleInstallation : IDisposable
{
    private readonly DeviceFolder _device = new();

    public void Dispose() => _device.Dispose();

    [Fact]
    public async Task Who_changes_the_state_waits_for_another_process_and_no_longer_than_it_says()
    {
        _device.Slots().Install(_device.Bundle(1));
        var slots = _device.Slots(stateTries: 20);
        var held = new FileStream(Path.Combine(_device.Root, "state.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Refused("busy", "Wait and try again", () => slots.Change(state => state with { Probation = null }));
        Assert.NotNull(slots.Read().Probation);

        var change = Task.Run(() => _device.Slots().Change(state => state with { Probation = null }));
        await Task.Delay(100);
        Assert.False(change.IsCompleted);
        await held.DisposeAsync();
        Assert.Null((await change).Probation);
    }

    [Fact]
    public void A_bundle_goes_into_the_other_slot_and_back_again()
    {
        var slots = _device.Slots();
        Assert.Null(slots.Current());
        Assert.Equal(("a", "1", true), Shown(slots.Install(_device.Bundle(1))));
        Confirm(slots);
        Assert.Equal(("b", "2", true), Shown(slots.Install(_device.Bundle(2))));
        Assert.Equal(("a", "1", false), Shown(slots.RollBack()));
        Assert.Equal(("b", "2", false), Shown(slots.RollBack()));
        Assert.Equal(("a", "3", true), Shown(slots.Install(_device.Bundle(3))));

        // The same again changes nothing; whoever was cut off repeats the command.
        var state = File.ReadAllBytes(Path.Combine(_device.Root, "state.json"));
        Assert.Equal(("a", "3", true), Shown(slots.Install(_device.Path("sales-3.bundle"))));
        Assert.Equal(state, File.ReadAllBytes(Path.Combine(_device.Root, "state.json")));
    }

    [Fact]
    public void What_must_not_run_is_refused_in_a_clear_sentence_and_what_answers_stays()
    {
        var slots = _device.Slots();
        slots.Install(_device.Bundle(5));
        Confirm(slots);
        var before = slots.Read();

        BundleKeys.Create(_device.Path("other.pem"), _device.Path("other.pub"));
        Refused("signature_wrong", "not signed by a key this device trusts", () => slots.Install(_device.Bundle(6, key: _device.Path("other.pem"))));
        Refused("older", "--allow-older", () => slots.Install(_device.Bundle(4)));
        Refused("runtime_too_old", "Update the program", () => slots.Install(_device.Bundle(6, runtime: "99.0")));
        Refused("unhealthy", "ms are allowed", () => slots.Install(_device.Bundle(6, latency: 1e-9)));
        Refused("other_model", "a folder of its own", () => slots.Install(_device.Bundle(6, name: "visitors")));
        Refused("no_space", "make room first", () => _device.Slots(free: 1000).Install(_device.Bundle(6)));
        var answersOtherwise = new DeviceFolder.Faulty { Fails = () => true };
        Refused("unhealthy", "does not work on this device: It does not work.", () => _device.Slots(answersOtherwise).Install(_device.Bundle(6)));
        File.WriteAllBytes(_device.Path("none"), [1, 2, 3]);
        Refused("unreadable", "no whole bundle", () => slots.Install(_device.Path("none")));

        Assert.Equal(before, slots.Read());
        Assert.Equal("5", slots.Current()!.Value.Model.Manifest.Version);
        Assert.Equal("4", slots.Install(_device.Path("sales-4.bundle"), allowOlder: true).Manifest.Version);

        // What was older once taken does not let in what lies between.
        Confirm(slots);
        Refused("older", "has had one of 2026-11-06", () => slots.Install(_device.Bundle(5)));
        slots.Install(_device.Bundle(8));
        Refused("on_probation", "roll back first", () => slots.Install(_device.Bundle(9)));
    }

    [Fact]
    public void No_byte_of_a_bundle_can_be_changed_and_none_be_missing()
    {
        var file = _device.Bundle(1);
        var content = File.ReadAllBytes(file);
        var damaged = _device.Path("damaged");
        var (refused, harmless, random) = (new HashSet<string>(), 0, new Random(1));
        foreach (var place in Enumerable.Range(0, 300).Select(_ => random.Next(content.Length)).Append(content.Length - 1))
        {
            var changed = (byte[])content.Clone();
            changed[place] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(damaged, changed);
            try
            {
                // A header's owner, or the filling between parts, says nothing: what is taken is what was signed, to the byte.
                var read = ModelBundle.Read(damaged, _device.Keys);
                Assert.All(read.Files.Zip(ModelBundle.Read(file, _device.Keys).Files), pair => Assert.Equal(pair.Second.Content, pair.First.Content));
                harmless++;
            }
            catch (BundleRefusedException refusal)
            {
                refused.Add(refusal.Code);
            }
        }

        Assert.Superset(new HashSet<string> { "unreadable", "signature_wrong", "part_tampered" }, refused);
        for (var length = 0; length < content.Length - 1024; length += 97)
        {
            File.WriteAllBytes(damaged, content[..length]);
            Assert.Throws<BundleRefusedException>(() => ModelBundle.Read(damaged, _device.Keys));
        }

        Assert.True(harmless < 200, $"{harmless}");
        using (var more = File.Create(damaged))
        using (var tar = new TarWriter(more))
        {
            using var source = File.OpenRead(file);
            using var reader = new TarReader(source);
            while (reader.GetNextEntry() is { } entry)
            {
                tar.WriteEntry(entry);
            }

            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "../escape") { DataStream = new MemoryStream([1]) });
        }

        Refused("unreadable", "is no part of it", () => _device.Slots().Install(damaged));
    }

    [Fact]
    public void Power_that_goes_at_any_step_leaves_a_model_that_works()
    {
        List<string> steps = [];
        _device.Slots(step: steps.Add).Install(_device.Bundle(1));
        Assert.True(steps.Count > 15, string.Join('\n', steps));
        Confirm(_device.Slots());
        var (second, kept) = (_device.Bundle(2), _device.Path("kept"));
        Copy(_device.Root, kept);
        var seen = new HashSet<string>();
        foreach (var flushed in new[] { true, false })
        {
            for (var last = 0; ; last++)
            {
                Directory.Delete(_device.Root, recursive: true);
                Copy(kept, _device.Root);
                var (count, cut) = (0, false);
                try
                {
                    _device.Slots(step: what =>
                    {
                        if (count++ == last)
                        {
                            // What was written and not synced may be lost with the power, wholly or in part.
                            if (!flushed && what.StartsWith("written ", StringComparison.Ordinal))
                            {
                                File.WriteAllBytes(what["written ".Length..], File.ReadAllBytes(what["written ".Length..])[..^1]);
                            }

                            throw new PowerCut();
                        }
                    }).Install(second);
                }
                catch (PowerCut)
                {
                    cut = true;
                }

                seen.Add(Answers());
                var again = _device.Slots().Install(second);
                Assert.Equal("2", again.Manifest.Version);
                Assert.Equal("2", Answers());
                if (!cut)
                {
                    break;
                }
            }
        }

        Assert.Equal(["1", "2"], seen.Order());
    }

    [Fact]
    public async Task A_process_that_is_killed_at_any_moment_of_the_installation_leaves_a_model_that_works()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "retail-models.dll");
        Assert.True(File.Exists(program), program);
        _device.Slots().Install(_device.Bundle(1));
        Confirm(_device.Slots());
        var second = _device.Bundle(2);
        var kept = _device.Path("kept");
        Copy(_device.Root, kept);
        var whole = await RunAsync(Timeout.InfiniteTimeSpan);
        Assert.Equal("2", Answers());
        var killed = 0;
        for (var turn = 0; turn < 12; turn++)
        {
            Directory.Delete(_device.Root, recursive: true);
            Copy(kept, _device.Root);
            var took = await RunAsync(whole * ((turn + 1) / 12.0));
            killed += took < TimeSpan.Zero ? 1 : 0;
            Assert.Contains(Answers(), (string[])["1", "2"]);
            Assert.Equal("2", _device.Slots().Install(second).Manifest.Version);
        }

        Assert.True(killed > 3, $"{killed}");

        // How long it took; below 0 where it was killed.
        async Task<TimeSpan> RunAsync(TimeSpan killAfter)
        {
            var watch = Stopwatch.StartNew();
            using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "install", second, "--key", _device.PublicKey, "--root", _device.Root]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var timeout = new CancellationTokenSource(killAfter);
            try
            {
                await process.WaitForExitAsync(timeout.Token);
                Assert.True(process.ExitCode == 0, await process.StandardError.ReadToEndAsync());
                return watch.Elapsed;
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                await process.WaitForExitAsync();
                return TimeSpan.FromSeconds(-1);
            }
        }
    }

    [Fact]
    public void A_state_that_cannot_be_read_is_made_anew_from_what_is_whole()
    {
        var slots = _device.Slots();
        slots.Install(_device.Bundle(1));
        Confirm(slots);
        slots.Install(_device.Bundle(2));
        File.WriteAllText(Path.Combine(_device.Root, "state.json"), "{");
        Assert.Equal("2", Answers());
    }

    [Fact]
    public async Task The_commands_make_verify_install_and_say_what_answers()
    {
        var model = _device.Path("model.onnx");
        _device.Bundle(1);
        var (secret, open, bundle) = (_device.Path("new.pem"), _device.Path("new.pub"), _device.Path("made.bundle"));
        Assert.Equal(0, (await CommandAsync("keys", "--private", secret, "--public", open)).Code);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(secret) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        var shown = await CommandAsync("keys", "--private", secret, "--public", _device.Path("newer.pub"));
        Assert.Equal(2, shown.Code);
        var made = await CommandAsync("bundle", model, "--inputs", _device.Path("inputs.json"), "--private", secret, "--output", bundle);
        Assert.True(made.Code == 0, made.Error);
        Assert.DoesNotContain("PRIVATE", made.Output + made.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CommandAsync("verify", bundle, "--key", open)).Code);
        var wrong = await CommandAsync("verify", bundle, "--key", _device.PublicKey);
        Assert.Equal((1, true), (wrong.Code, wrong.Error.StartsWith("The bundle is not signed by a key this device trusts.", StringComparison.Ordinal)));
        Assert.Equal(2, (await CommandAsync("verify", bundle, "--key", secret)).Code);
        Assert.Equal(0, (await CommandAsync("install", bundle, "--key", open, "--root", _device.Root)).Code);
        var status = await CommandAsync("status", "--key", open, "--root", _device.Root);
        Assert.Contains("\"slot\": \"a\"", status.Output, StringComparison.Ordinal);
        Assert.Equal((1, "There is no model before this one on the device.\n"), ((await CommandAsync("rollback", "--key", open, "--root", _device.Root)) is var back ? back.Code : 0, back.Error));
    }

    private static (string, string, bool) Shown(SlotModel model) => (model.Slot, model.Manifest.Version, model.IsOnProbation);

    private static void Confirm(ModelSlots slots) => slots.Change(state => state with { Probation = null });

    private static void Refused(string code, string sentence, Action install)
    {
        var refusal = Assert.Throws<BundleRefusedException>(install);
        Assert.Equal(code, refusal.Code);
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static async Task<(int Code, string Output, string Error)> CommandAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var command = BundleCommands.Create(DeviceFolder.Runtime, TimeProvider.System, output, error).Single(one => one.Name == arguments[0]);
        var code = await command.Parse(arguments[1..]).InvokeAsync();
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>The version of the model a start finds, and that it answers.</summary>
    private string Answers()
    {
        using var edge = EdgeAnswers.Open(_device.Slots());
        var answer = EdgeAnswers.AskAsync(edge).GetAwaiter().GetResult();
        Assert.Null(answer.Fallback);
        Assert.Equal(2.0 * int.Parse(answer.Version, System.Globalization.CultureInfo.InvariantCulture), answer.Predictions[0].Value, 1e-9);
        return answer.Version;
    }

    private sealed class PowerCut : Exception;
}
