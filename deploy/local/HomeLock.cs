namespace RetailInsight.Local;

/// <summary>Keeps a second host away from a home directory; the operating system releases it when the process dies.</summary>
internal sealed class HomeLock : IDisposable
{
    private readonly FileStream _file;

    private HomeLock(FileStream file) => _file = file;

    /// <summary>The lock, or null when another process holds it.</summary>
    public static HomeLock? TryTake(string home)
    {
        try
        {
            return new(new FileStream(Path.Combine(home, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
