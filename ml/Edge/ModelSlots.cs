using System.Text.Json;
using RetailInsight.Core.Ports;

namespace RetailInsight.Ml.Edge;

/// <summary>What a slot holds.</summary>
/// <param name="Slot"><c>a</c> or <c>b</c>.</param>
/// <param name="Manifest">Of its bundle.</param>
/// <param name="IsOnProbation">Whether it may still be taken back without anybody's doing.</param>
public sealed record SlotModel(string Slot, BundleManifest Manifest, bool IsOnProbation);

/// <summary>
/// The models of a device: two folders, of which one answers, and a file that says which. A bundle is unpacked into the other, tried there, and switched
/// to by replacing that file. Until then nothing that answers was touched, so the power may go at any moment.
/// </summary>
public sealed class ModelSlots
{
    private const string StateFile = "state.json";
    private const long SpareBytes = 1 << 20;

    // Whoever changes the state holds it for the write of a small file: a hundredth of a second is enough for most.
    private const int PauseMilliseconds = 10;

    private readonly string _root;
    private readonly BundleKeys _keys;
    private readonly IModelRuntime _runtime;
    private readonly TimeProvider _clock;
    private readonly DurableFile _files;
    private readonly Func<string, long> _free;

    /// <summary>Over a folder of the device.</summary>
    /// <param name="root">Made when it is not there.</param>
    /// <param name="keys">Public keys the device trusts.</param>
    /// <param name="runtime">Runs models here.</param>
    /// <param name="clock">Measures.</param>
    public ModelSlots(string root, BundleKeys keys, IModelRuntime runtime, TimeProvider clock)
        : this(root, keys, runtime, clock, null, folder => new DriveInfo(folder).AvailableFreeSpace)
    {
    }

    internal ModelSlots(string root, BundleKeys keys, IModelRuntime runtime, TimeProvider clock, Action<string>? step, Func<string, long> free)
    {
        (_root, _keys, _runtime, _clock, _files, _free) = (Path.GetFullPath(root), keys, runtime, clock, new(step), free);
        Directory.CreateDirectory(_root);
    }

    /// <summary>
    /// How often the state is tried for while another process changes it: 1,000 times, a hundredth of a second apart, is ten seconds, whatever the clock says. Then the change is
    /// refused as <c>busy</c>, and who tends a model tries again when it next looks. Installing and rolling back try once.
    /// </summary>
    internal int StateTries { get; init; } = 1_000;

    /// <summary>When the state was last written, for who looks whether it changed.</summary>
    internal DateTime ChangedAt => File.GetLastWriteTimeUtc(Path.Combine(_root, StateFile));

    internal IModelRuntime Runtime => _runtime;

    /// <summary>Installs a bundle: verified, unpacked into the slot that does not answer, tried there, and then switched to, on probation. The bundle that answers already is a success without effect.</summary>
    /// <param name="bundleFile">The file.</param>
    /// <param name="allowOlder">Whether it may be older than the newest the device has had.</param>
    /// <exception cref="BundleRefusedException">It is not taken; what answered before goes on answering.</exception>
    /// <exception cref="IOException">The disk does not take it; likewise.</exception>
    public SlotModel Install(string bundleFile, bool allowOlder = false)
    {
        using var alone = Alone("install", tries: 1);
        var bundle = ModelBundle.Read(bundleFile, _keys);
        _files.Done("verified");
        var state = Read();
        if (state.Active is { } active && TryRead(active) is { } answering)
        {
            if (answering.Files[0].Content.AsSpan().SequenceEqual(bundle.Files[0].Content))
            {
                return new(active, answering.Manifest, state.Probation is not null);
            }

            if (answering.Manifest.Name != bundle.Manifest.Name)
            {
                throw new BundleRefusedException("other_model", $"The slots in {_root} hold the model {answering.Manifest.Name}; this is {bundle.Manifest.Name}. Install it into a folder of its own.");
            }

            if (state is { Probation: not null, Previous: not null })
            {
                throw new BundleRefusedException("on_probation", $"Model {answering.Manifest.Version} is on probation still, and the slot before it is what the device would go back to. Let it answer, or roll back first.");
            }
        }

        if (!allowOlder && bundle.Manifest.CreatedAt <= state.Newest)
        {
            throw new BundleRefusedException(
                "older", FormattableString.Invariant($"The bundle was made at {bundle.Manifest.CreatedAt:u}, and the device has had one of {state.Newest:u}. An older one is taken only with --allow-older."));
        }

        var slot = state.Active == "a" ? "b" : "a";
        Unpack(bundle, Path.Combine(_root, slot));
        try
        {
            // From the disk, as a start would read it.
            ModelBundle.ReadFolder(Path.Combine(_root, slot), _keys).Load(_runtime, _clock).Dispose();
        }
        catch (BundleRefusedException)
        {
            Clear(Path.Combine(_root, slot));
            throw;
        }

        _files.Done("healthy");
        Change(now => now with
        {
            Active = slot,
            Previous = now.Active,
            Newest = now.Newest > bundle.Manifest.CreatedAt ? now.Newest : bundle.Manifest.CreatedAt,
            Probation = new(0, 0),
            RolledBack = null,
        });
        return new(slot, bundle.Manifest, IsOnProbation: true);
    }

    /// <summary>Goes back to the model before, at once; the one that answered until now can be returned to in the same way.</summary>
    /// <exception cref="BundleRefusedException">There is none, or it is not whole or does not work; what answers goes on answering.</exception>
    public SlotModel RollBack()
    {
        using var alone = Alone("install", tries: 1);
        var state = Read();
        if (state.Previous is not { } previous)
        {
            throw new BundleRefusedException("no_model", "There is no model before this one on the device.");
        }

        var bundle = ModelBundle.ReadFolder(Path.Combine(_root, previous), _keys);
        bundle.Load(_runtime, clock: null).Dispose();
        Change(now => now with { Active = previous, Previous = now.Active, Probation = null });
        return new(previous, bundle.Manifest, IsOnProbation: false);
    }

    /// <summary>The model that answers, and why the device went back by itself the last time; null for no model.</summary>
    /// <exception cref="BundleRefusedException">Its slot is not whole.</exception>
    public (SlotModel Model, string? RolledBack)? Current()
    {
        var state = Read();
        return state.Active is { } active ? (new(active, ModelBundle.ReadFolder(Path.Combine(_root, active), _keys).Manifest, state.Probation is not null), state.RolledBack) : null;
    }

    /// <summary>What lies in a slot; null when that is not whole.</summary>
    internal ModelBundle? TryRead(string slot)
    {
        try
        {
            return ModelBundle.ReadFolder(Path.Combine(_root, slot), _keys);
        }
        catch (BundleRefusedException)
        {
            return null;
        }
    }

    /// <summary>What lies in a slot.</summary>
    /// <exception cref="BundleRefusedException">It is not whole.</exception>
    internal ModelBundle Bundle(string slot) => ModelBundle.ReadFolder(Path.Combine(_root, slot), _keys);

    /// <summary>Which slot answers. A state that cannot be read is made anew from what is whole, the newest first.</summary>
    internal SlotState Read()
    {
        var path = Path.Combine(_root, StateFile);
        if (!File.Exists(path))
        {
            return SlotState.Empty;
        }

        try
        {
            return JsonSerializer.Deserialize<SlotState>(File.ReadAllBytes(path), BundleManifest.Json) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            var whole = ((string[])["a", "b"]).Select(slot => (Slot: slot, Bundle: TryRead(slot))).Where(one => one.Bundle is not null).OrderByDescending(one => one.Bundle!.Manifest.CreatedAt).ToList();
            return whole.Count == 0 ? SlotState.Empty : new(whole[0].Slot, whole.ElementAtOrDefault(1).Slot, whole[0].Bundle!.Manifest.CreatedAt, null, "the state of the slots could not be read");
        }
    }

    /// <summary>Changes which slot answers, or what is known of it. Of two processes one waits for the other, as long as <see cref="StateTries"/> allows.</summary>
    /// <exception cref="BundleRefusedException">The other did not finish (<c>busy</c>); nothing was changed.</exception>
    internal SlotState Change(Func<SlotState, SlotState> change)
    {
        using var alone = Alone("state", StateTries);
        var before = Read();
        var after = change(before);
        if (after != before)
        {
            _files.Replace(Path.Combine(_root, StateFile), JsonSerializer.SerializeToUtf8Bytes(after, BundleManifest.Json));
        }

        return after;
    }

    private void Unpack(ModelBundle bundle, string folder)
    {
        var needed = bundle.Files.Sum(file => file.Content.LongLength) + SpareBytes;
        var freed = Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length) : 0;
        if (_free(_root) is var free && free + freed < needed)
        {
            throw new BundleRefusedException("no_space", FormattableString.Invariant($"The bundle needs {needed >> 10} KiB on the disk of {_root}, and {(free + freed) >> 10} KiB are free. Nothing was changed; make room first."));
        }

        Clear(folder);
        Directory.CreateDirectory(folder);
        foreach (var (name, content) in bundle.Files)
        {
            _files.Write(Path.Combine(folder, name), content);
        }

        _files.SyncFolder(folder);
        _files.SyncFolder(_root);
    }

    private void Clear(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
            _files.Done($"cleared {folder}");
        }
    }

    /// <summary>The operating system's lock on a file; whoever dies gives it back.</summary>
    private FileStream Alone(string what, int tries)
    {
        for (var left = tries; ; left--)
        {
            try
            {
                return new FileStream(Path.Combine(_root, what + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Directory.Exists(_root))
            {
                if (left <= 1)
                {
                    throw new BundleRefusedException("busy", $"Somebody else changes the models in {_root} at this moment. Wait and try again.");
                }

                Thread.Sleep(PauseMilliseconds);
            }
        }
    }
}
