using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles;

/// <summary>A linted vendor profile: how the payloads of one feed become canonical records. Immutable and safe to share.</summary>
public sealed class Profile
{
    internal Profile(string id, int version, string vendor, FeedContent content, ProfileDefinition definition)
    {
        Id = id;
        Version = version;
        Vendor = vendor;
        Content = content;
        Definition = definition;
    }

    /// <summary>The profile's id, such as <c>vendor-a</c>.</summary>
    public string Id { get; }

    /// <summary>Its version, from 1. A version once used never changes.</summary>
    public int Version { get; }

    /// <summary>The vendor; part of every event id.</summary>
    public string Vendor { get; }

    /// <summary>What its records are.</summary>
    public FeedContent Content { get; }

    internal ProfileDefinition Definition { get; }
}
