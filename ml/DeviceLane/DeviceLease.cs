using System.Text.Json;

namespace RetailInsight.Ml.DeviceLane;

/// <summary>Somebody else has the device.</summary>
public sealed class DeviceBusyException(string deviceClass, string owner, DateTimeOffset until)
    : Exception(FormattableString.Invariant($"Device class {deviceClass} is leased to {owner} until {until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC. Wait with --wait SECONDS, or come back later."));

/// <summary>
/// The exclusive right to a class of devices: a file with owner and expiry. A lease whose owner died runs out by itself. The file is changed under the
/// operating system's lock on it, so of two that find it free one gets it.
/// </summary>
public sealed class DeviceLease : IDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);

    private readonly string _file;
    private readonly Holder _mine;

    private DeviceLease(string file, Holder mine)
    {
        _file = file;
        _mine = mine;
    }

    /// <summary>Takes the lease, waiting for it if asked to.</summary>
    /// <param name="folder">Shared by all who use the devices.</param>
    /// <param name="deviceClass">Letters, digits, hyphens and dots.</param>
    /// <param name="owner">Who asks, unique among those who may: machine and process.</param>
    /// <param name="duration">After which it ends by itself.</param>
    /// <param name="wait">How long to wait for it; zero does not.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="DeviceBusyException">Somebody else has it still.</exception>
    public static async Task<DeviceLease> TakeAsync(
        string folder, string deviceClass, string owner, TimeSpan duration, TimeSpan wait, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(clock);
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, deviceClass + ".lease");
        var start = clock.GetTimestamp();
        while (true)
        {
            var now = clock.GetUtcNow();
            var mine = new Holder(owner, now + duration);
            if (TryChange(file, held => held is null || held.Until <= now ? mine : held, out var holder) && holder == mine)
            {
                return new(file, mine);
            }

            if (clock.GetElapsedTime(start) >= wait)
            {
                throw new DeviceBusyException(deviceClass, holder?.Owner ?? "somebody who is taking it right now", holder?.Until ?? now + duration);
            }

            await Task.Delay(Again, clock, cancellationToken);
        }
    }

    /// <summary>Gives it back, unless it ran out and somebody else has it.</summary>
    public void Dispose()
    {
        // Others look at the file for an instant at a time. Should it never be free, the lease runs out by itself.
        const int Tries = 100;
        for (var attempt = 0; attempt < Tries && !TryChange(_file, held => held == _mine ? null : held, out _); attempt++)
        {
            Thread.Sleep(10);
        }
    }

    /// <summary>Changes who has it; false when somebody else is doing so at this moment.</summary>
    private static bool TryChange(string path, Func<Holder?, Holder?> change, out Holder? after)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            after = null;
            return false;
        }

        using (file)
        {
            var before = Read(file);
            after = change(before);
            if (after != before)
            {
                file.SetLength(0);
                if (after is not null)
                {
                    JsonSerializer.Serialize(file, after);
                }

                file.Flush(flushToDisk: true);
            }

            return true;
        }
    }

    private static Holder? Read(FileStream file)
    {
        try
        {
            return file.Length == 0 ? null : JsonSerializer.Deserialize<Holder>(file);
        }
        catch (JsonException)
        {
            // Whoever was taking it ended in the middle of it and never had it.
            return null;
        }
    }

    private sealed record Holder(string Owner, DateTimeOffset Until);
}
