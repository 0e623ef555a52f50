using System.Reflection;
using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles;

/// <summary>The profiles a process knows, by id and version. It grows; what it has never changes.</summary>
public sealed class ProfileCatalog
{
    private readonly Lock _adding = new();
    private volatile IReadOnlyList<Profile> _profiles;

    private ProfileCatalog(IReadOnlyList<Profile> profiles) => _profiles = profiles;

    /// <summary>Every profile, by id and then version.</summary>
    public IReadOnlyList<Profile> All => _profiles;

    /// <summary>Loads the profiles shipped with the product.</summary>
    /// <exception cref="ProfileException">One of them is wrong.</exception>
    public static ProfileCatalog LoadEmbedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return Load(assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".yaml", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (name, Read(assembly, name))));
    }

    /// <summary>Loads and lints profiles.</summary>
    /// <param name="sources">File name (for the error messages) and text of each.</param>
    /// <exception cref="ProfileException">At least one is wrong; it lists every error of every file.</exception>
    public static ProfileCatalog Load(IEnumerable<(string Name, string Yaml)> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var errors = new List<ProfileMistake>();
        var profiles = new List<Profile>();
        foreach (var (name, yaml) in sources)
        {
            if (ProfileReader.Read(name, yaml, errors) is not { } profile)
            {
                continue;
            }

            if (profiles.Exists(known => known.Id == profile.Id && known.Version == profile.Version))
            {
                errors.Add(new ProfileMistake(name, "id", 1, ProfileMistakeKind.Contradiction, $"version {profile.Version} of '{profile.Id}' is already defined by another file"));
            }

            profiles.Add(profile);
        }

        return errors.Count == 0 ? new ProfileCatalog(InOrder(profiles)) : throw new ProfileException(errors);
    }

    /// <summary>Lints a profile that may be added.</summary>
    /// <param name="name">File name, for the error messages.</param>
    /// <param name="yaml">Its text.</param>
    /// <exception cref="ProfileException">It is wrong; it lists every error.</exception>
    public static Profile Read(string name, string yaml) => Load([(name, yaml)]).All[0];

    /// <summary>Adds a profile.</summary>
    /// <returns>False when there is one of its id and version already; that one stays.</returns>
    public bool TryAdd(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        lock (_adding)
        {
            if (Find(profile.Id, profile.Version) is not null)
            {
                return false;
            }

            _profiles = InOrder(_profiles.Append(profile));
            return true;
        }
    }

    /// <summary>The newest version of a profile, or null.</summary>
    public Profile? Find(string id) => _profiles.LastOrDefault(profile => profile.Id == id);

    /// <summary>One version of a profile, or null.</summary>
    public Profile? Find(string id, int version) => _profiles.FirstOrDefault(profile => profile.Id == id && profile.Version == version);

    private static Profile[] InOrder(IEnumerable<Profile> profiles) =>
        [.. profiles.OrderBy(profile => profile.Id, StringComparer.Ordinal).ThenBy(profile => profile.Version)];

    private static string Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
