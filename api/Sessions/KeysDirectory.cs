namespace RetailInsight.Api.Sessions;

/// <summary>Where the keys lie that sign session cookies and seal the secrets of webhooks.</summary>
internal static class KeysDirectory
{
    /// <summary>
    /// The directory, made where it was not there. What cannot be written must be noticed at the start: later it would fail at the first sign-in,
    /// and for everybody.
    /// </summary>
    /// <exception cref="InvalidOperationException">Nothing can be written there.</exception>
    public static DirectoryInfo Open(string path)
    {
        try
        {
            var directory = Directory.CreateDirectory(path);
            using var probe = new FileStream(Path.Combine(directory.FullName, ".writable"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.DeleteOnClose);
            probe.WriteByte(1);
            return directory;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidOperationException($"Api:KeysDirectory is '{path}', and the keys of sessions cannot be written there: {exception.Message}", exception);
        }
    }
}
