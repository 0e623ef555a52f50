using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Json;
using RetailInsight.Profiles.Trees;

namespace RetailInsight.Profiles.Parts;

/// <summary>A file with one JSON object a line piece by piece: a piece ends with its last whole line.</summary>
internal sealed class LineParts(Profile profile) : TreeParts(profile)
{
    private readonly Profile _profile = profile;

    /// <inheritdoc/>
    protected override Rejection? NoRecord => NdjsonTree.NoRecord;

    // A line that is no text is held alone.
    /// <inheritdoc/>
    protected override Outcome<int> Decodable(ReadOnlyMemory<byte> piece, long begin, bool last) => piece.Length;

    /// <inheritdoc/>
    protected override Outcome<TreePart?> Open(ReadOnlyMemory<byte> piece, FilePosition begin, bool last, bool survey, CancellationToken cancellationToken)
    {
        var end = last ? piece.Length : piece.Span.LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
        if (end == 0 && !last)
        {
            return (TreePart?)null;
        }

        if (!NdjsonTree.Read(piece[..end], begin.Offset, cancellationToken).TryGet(out var tree, out var refused))
        {
            return refused;
        }

        if (!JsonPayload.OpenPart(_profile.Definition, tree.Json, TreeDocument.RecordsPath, tree, 0, complete: true).TryGet(out var json, out var rejection))
        {
            tree.Dispose();
            return rejection;
        }

        return new TreePart(json, tree, end);
    }
}
