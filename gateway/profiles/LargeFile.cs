using System.Globalization;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Parts;

namespace RetailInsight.Profiles;

/// <summary>
/// Converts a file of receipts piece by piece, so that it need not be in memory. It is first gone through once
/// (<see cref="Survey"/>), then converted from any place between two receipts. A piece ends where its last whole receipt does: what
/// is left of it is to stand at the beginning of the next. The records are those of <see cref="Converter.Convert"/>.
/// </summary>
public sealed class LargeFile
{
    private readonly FileParts _parts;
    private bool _surveyed;

    /// <summary>Prepares to convert a file.</summary>
    /// <param name="profile">One that <see cref="Takes"/> says yes to.</param>
    public LargeFile(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        _parts = profile.Definition.Container.Format switch
        {
            ContainerFormat.Ndjson => new LineParts(profile),
            ContainerFormat.Json => new ArrayParts(profile),
            ContainerFormat.Xml => new ElementParts(profile),
            _ => new RowParts(profile),
        };
    }

    /// <summary>Whether files of the profile can be converted piece by piece.</summary>
    public static bool Takes(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile is not { Content: FeedContent.Transactions, Definition: { Container: { Encoding: not TextEncoding.Utf16 } container } definition })
        {
            return false;
        }

        return container.Format switch
        {
            ContainerFormat.Csv or ContainerFormat.Fixed or ContainerFormat.Ndjson => true,
            ContainerFormat.Json => KindStandsInReceipt(definition) && !definition.Receipts!.ReceiptsPath.Any(IsIndex) && !Array.Exists([.. definition.Bindings], LooksIntoReceipts),
            ContainerFormat.Xml => KindStandsInReceipt(definition) && definition.Receipts!.ReceiptsPath.Length > 1,
            _ => false,
        };

        // Whether a receipt has lines must be known before the end of the file is.
        static bool KindStandsInReceipt(ProfileDefinition definition) =>
            definition.Head[CanonicalFields.Kind] is var kind && (kind.Decision?.Fields ?? [kind]).All(field => field.Root == PathRoot.Element);

        static bool IsIndex(string step) => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out _);

        bool LooksIntoReceipts(Binding binding) =>
            binding.Root == PathRoot.Payload && binding.From is not null && binding.Path.AsSpan().StartsWith(definition.Receipts!.ReceiptsPath);
    }

    /// <summary>Data rows of the pieces surveyed so far.</summary>
    public int Rows => _parts.Rows;

    /// <summary>
    /// Why the file can only be converted as a whole, and what the sender can do about that, as the end of an English sentence; null
    /// where it can be converted in parts. Known when the last piece was surveyed.
    /// </summary>
    public string? WholeOnly => _parts.WholeOnly;

    /// <summary>Goes through the next piece.</summary>
    /// <param name="piece">Its bytes.</param>
    /// <param name="last">Whether the file ends with them.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many bytes of the piece are dealt with; 0 when it is too short for one receipt. Or why the file cannot be read.</returns>
    public Outcome<int> Survey(ReadOnlyMemory<byte> piece, bool last, CancellationToken cancellationToken)
    {
        _surveyed = true;
        return _parts.Survey(piece, last, cancellationToken);
    }

    /// <summary>Converts the next piece of a file that was surveyed and is not for <see cref="WholeOnly"/>.</summary>
    /// <param name="piece">Its bytes.</param>
    /// <param name="begin">Where they begin.</param>
    /// <param name="last">Whether the file ends with them.</param>
    /// <param name="context">The tenant and its stores.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was read, and where the next piece begins: at <paramref name="begin"/> when this one is too short for one receipt.</returns>
    /// <exception cref="InvalidOperationException">The file was not surveyed, or is another one.</exception>
    public (Conversion Conversion, FilePosition End) Convert(
        ReadOnlyMemory<byte> piece, FilePosition begin, bool last, ConversionContext context, CancellationToken cancellationToken) =>
        _surveyed ? _parts.Convert(piece, begin, last, context, cancellationToken)
        : throw new InvalidOperationException("A large file is surveyed before it is converted.");
}
