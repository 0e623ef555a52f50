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

    /// <summary>ISO 4217 code of all amounts; empty where there are none.</summary>
    public string Currency => Definition.Currency;

    /// <summary>How records and fields are told apart, as the profile writes it: <c>csv</c>, <c>json</c>, <c>xml</c> …</summary>
    public string Format => Definition.Container is { Format: ContainerFormat.Csv, Delimiter: (byte)'\t' } ? "tsv" : EnumWords.Of(Definition.Container.Format);

    /// <summary>What the bytes are encoded in, as the profile writes it; <c>utf-8</c>, <c>cp932</c> or <c>utf-16</c>.</summary>
    public string Encoding => Definition.Container.Encoding switch
    {
        TextEncoding.Cp932 => "cp932",
        TextEncoding.Utf16 => "utf-16",
        _ => "utf-8",
    };

    /// <summary>The parts of the event id beside tenant and vendor; none where records have no event id.</summary>
    public IReadOnlyList<string> Identity => Definition.Identity;

    internal ProfileDefinition Definition { get; }
}
