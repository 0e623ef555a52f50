using System.Runtime.InteropServices;

namespace RetailInsight.Platform.Local.PrivatePostgres;

/// <summary>
/// The operating-system user the server runs as. PostgreSQL refuses root, so root hands it to an unprivileged account; anybody
/// else runs it as himself.
/// </summary>
internal sealed partial record ServerAccount(string? UserName, uint UserId, uint GroupId)
{
    /// <summary>The account for the current process.</summary>
    public static ServerAccount Current()
    {
        if (!OperatingSystem.IsLinux() || GetEffectiveUserId() != 0)
        {
            return new(null, 0, 0);
        }

        var accounts = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToDictionary(fields => fields[0]);
        foreach (var name in (string[])["postgres", "nobody"])
        {
            if (accounts.TryGetValue(name, out var fields))
            {
                return new(name, uint.Parse(fields[2], System.Globalization.CultureInfo.InvariantCulture), uint.Parse(fields[3], System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException("PostgreSQL does not run as root, and neither 'postgres' nor 'nobody' exists to run it. Start as an ordinary user.");
    }

    /// <summary>Makes the account the owner of a file or directory; nothing to do when the server runs as the current user.</summary>
    public void Own(string path)
    {
        if (UserName is not null && ChangeOwner(path, UserId, GroupId) != 0)
        {
            throw new IOException($"'{path}' could not be given to {UserName} (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint owner, uint group);
}
