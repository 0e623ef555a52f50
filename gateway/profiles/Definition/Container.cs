using RetailInsight.Profiles.Csv;

namespace RetailInsight.Profiles.Definition;

/// <summary>What the bytes of a payload are.</summary>
/// <param name="Format">How records and fields are told apart.</param>
/// <param name="Encoding">Decoded strictly.</param>
/// <param name="Delimiter">Between the fields of a CSV row.</param>
/// <param name="Quote">Around a CSV field; 0 where the feed does not quote.</param>
internal sealed record Container(ContainerFormat Format, TextEncoding Encoding, byte Delimiter, byte Quote)
{
    /// <summary>Whether records are rows of columns; otherwise they are objects with arrays.</summary>
    public bool IsRows => Format is ContainerFormat.Csv or ContainerFormat.Fixed;

    /// <summary>JSON: of a member that stands twice in an object the last holds; else such a payload is refused.</summary>
    public bool LastOfDoubled { get; init; }

    /// <summary>Lines above the header row.</summary>
    public int PreambleRows { get; init; }

    /// <summary>What the rows below the data begin with.</summary>
    public IReadOnlyList<string> Footer { get; init; } = [];

    /// <summary>Columns the profile knows and does not bind.</summary>
    public IReadOnlyList<string> Unused { get; init; } = [];

    /// <summary>Only for <see cref="ContainerFormat.Fixed"/>.</summary>
    public FixedLayout? Fixed { get; init; }

    /// <summary>XML: what the prefixes of the profile's paths stand for.</summary>
    public IReadOnlyDictionary<string, string> Namespaces { get; init; } = new Dictionary<string, string>();

    /// <summary>Only for <see cref="ContainerFormat.Files"/>.</summary>
    public IReadOnlyList<FileRole> Files { get; init; } = [];
}

internal enum ContainerFormat
{
    /// <summary>Rows with a delimiter; TSV too.</summary>
    Csv,

    /// <summary>Rows with fixed widths.</summary>
    Fixed,

    /// <summary>One document.</summary>
    Json,

    /// <summary>One JSON document a line.</summary>
    Ndjson,

    /// <summary>One document of elements.</summary>
    Xml,

    /// <summary>A zip archive of CSV files that belong together.</summary>
    Files,
}

internal enum TextEncoding
{
    Cp932,
    Utf8,

    /// <summary>Either byte order; the payload begins with the mark that says which.</summary>
    Utf16,
}

/// <summary>What the rows of a file in an archive are.</summary>
internal enum FileRoleKind
{
    /// <summary>One row a receipt.</summary>
    Heads,

    /// <summary>One row a line of a receipt.</summary>
    Lines,

    /// <summary>One row a payment.</summary>
    Tenders,

    /// <summary>Columns that are added to the line with the same key.</summary>
    Master,

    /// <summary>Not read.</summary>
    Ignored,
}

/// <summary>Files of an archive that mean the same.</summary>
/// <param name="Kind">What their rows are.</param>
/// <param name="Name">Pattern of the file name with <c>*</c> and <c>?</c>.</param>
/// <param name="Key">Columns that say which receipt (a master: which line) a row belongs to.</param>
/// <param name="LineKey">A master's key as the lines call it.</param>
internal sealed record FileRole(FileRoleKind Kind, string Name, IReadOnlyList<string> Key, IReadOnlyList<string> LineKey);
