using System.Reflection;
using System.Text.Json;

namespace RetailInsight.Platform.Local.PrivatePostgres;

/// <summary>The PostgreSQL programs to run: an installed server where there is one, else the packaged one.</summary>
internal sealed record PostgresBinaries(string Directory, int Major)
{
    private const int OldestMajor = 15;

    /// <summary>
    /// Chooses the programs. A cluster that exists decides the major version; a new one takes the newest installed.
    /// </summary>
    /// <param name="clusterMajor">Major version of the existing cluster, or null.</param>
    /// <param name="unpackTo">Where the packaged server is copied to if it is needed: its package may lie where the server's user cannot enter.</param>
    /// <exception cref="InvalidOperationException">No server of a fitting version can be had.</exception>
    public static PostgresBinaries Find(int? clusterMajor, string unpackTo)
    {
        var installed = Installed().Where(found => clusterMajor is null || found.Major == clusterMajor).MaxBy(found => found.Major);
        if (installed is not null)
        {
            return installed;
        }

        var packaged = Packaged(unpackTo);
        if (packaged is null || (clusterMajor is not null && packaged.Major != clusterMajor))
        {
            throw new InvalidOperationException(
                $"No PostgreSQL {clusterMajor?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? ""} server was found in /usr/lib/postgresql "
                + "or among the packages of platform/Native. Install one, or delete the local data directory to start afresh.");
        }

        return packaged;
    }

    private static IEnumerable<PostgresBinaries> Installed()
    {
        const string Debian = "/usr/lib/postgresql";
        if (!System.IO.Directory.Exists(Debian))
        {
            yield break;
        }

        foreach (var version in System.IO.Directory.GetDirectories(Debian))
        {
            var bin = Path.Combine(version, "bin");
            if (int.TryParse(Path.GetFileName(version), out var major) && major >= OldestMajor
                && File.Exists(Path.Combine(bin, "postgres")) && File.Exists(Path.Combine(bin, "initdb")))
            {
                yield return new(bin, major);
            }
        }
    }

    private static PostgresBinaries? Packaged(string unpackTo)
    {
        var package = typeof(PostgresBinaries).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == "PostgresPackage")?.Value;
        var native = package is null ? null : Path.Combine(package, "native");
        if (native is null || !System.IO.Directory.Exists(native))
        {
            return null;
        }

        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(package!, "package.json")));
        var version = manifest.RootElement.GetProperty("version").GetString()!;
        var target = Path.Combine(unpackTo, "postgresql-" + version);
        var done = Path.Combine(target, ".complete");
        if (!File.Exists(done))
        {
            Copy(native, target);
            RestoreLinks(target);
            File.WriteAllText(done, version);
        }

        return new(Path.Combine(target, "bin"), int.Parse(version.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static void Copy(string from, string to)
    {
        System.IO.Directory.CreateDirectory(to);
        foreach (var directory in System.IO.Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
        {
            System.IO.Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, directory)));
        }

        foreach (var file in System.IO.Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            File.Copy(file, target, overwrite: true);
            if (!OperatingSystem.IsWindows() && Path.GetDirectoryName(file)!.EndsWith("/bin", StringComparison.Ordinal))
            {
                File.SetUnixFileMode(target, (UnixFileMode)0b111_101_101);
            }
        }
    }

    // Packages cannot carry symbolic links; the shared libraries' names are listed beside them instead.
    private static void RestoreLinks(string root)
    {
        using var links = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "pg-symlinks.json")));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = Inside(root, link.GetProperty("source").GetString()!);
            var target = Inside(root, link.GetProperty("target").GetString()!);
            if (!File.Exists(target))
            {
                File.CreateSymbolicLink(target, Path.GetFileName(source));
            }
        }
    }

    private static string Inside(string root, string path) =>
        Path.Combine(root, path.StartsWith("native/", StringComparison.Ordinal) ? path["native/".Length..] : path);
}
