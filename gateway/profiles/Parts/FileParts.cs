using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Text;

namespace RetailInsight.Profiles.Parts;

/// <summary>Reads a file of one kind of container piece by piece; see <see cref="LargeFile"/>, which hands it the pieces.</summary>
internal abstract class FileParts
{
    /// <summary>Data rows of the pieces surveyed so far.</summary>
    public abstract int Rows { get; }

    /// <summary>Why the file can only be converted as a whole, and what would change that; null where it can be converted in parts.</summary>
    public string? WholeOnly { get; protected set; }

    /// <summary>As <see cref="LargeFile.Survey"/>.</summary>
    public abstract Outcome<int> Survey(ReadOnlyMemory<byte> piece, bool last, CancellationToken cancellationToken);

    /// <summary>As <see cref="LargeFile.Convert"/>.</summary>
    public abstract (Conversion Conversion, FilePosition End) Convert(
        ReadOnlyMemory<byte> piece, FilePosition begin, bool last, ConversionContext context, CancellationToken cancellationToken);

    /// <summary>The first piece of a file up to a place where no character is cut in two, by which its encoding is told.</summary>
    protected static ReadOnlySpan<byte> Beginning(ReadOnlySpan<byte> piece, bool last)
    {
        // In either encoding a character ends with each byte below 0x80.
        var end = last ? piece.Length : piece.LastIndexOfAnyInRange((byte)0, (byte)0x7F) + 1;
        return end == 0 ? piece : piece[..end];
    }

    /// <summary>Why the first piece is in another encoding than the profile expects; null where it may be the one.</summary>
    protected static Rejection? Mismatch(Profile profile, ReadOnlyMemory<byte> piece, bool last) =>
        EncodingCheck.Mismatch(profile.Definition.Container.Encoding, Beginning(piece.Span, last));
}
