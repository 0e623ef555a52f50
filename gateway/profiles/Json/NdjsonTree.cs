using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Trees;

namespace RetailInsight.Profiles.Json;

/// <summary>Reads a file with one JSON object a line. A line that is none is held alone.</summary>
internal static class NdjsonTree
{
    // Two levels less than a document may have, which is put around the lines.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 30, AllowDuplicateProperties = false };

    /// <summary>Why a payload without records is refused.</summary>
    public static readonly Rejection NoRecord = new(RejectionReason.PayloadEmpty, "The payload has no line with a record.", null, default);

    /// <summary>The lines as records.</summary>
    public static Outcome<TreeDocument> Open(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!Read(payload, 0, cancellationToken).TryGet(out var tree, out var refused))
        {
            return refused;
        }

        if (tree.IsEmpty)
        {
            tree.Dispose();
            return NoRecord;
        }

        return tree;
    }

    /// <summary>The lines of a payload or of a part of it, which may have none.</summary>
    /// <param name="payload">Whole lines.</param>
    /// <param name="begin">Where they begin in the payload.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static Outcome<TreeDocument> Read(ReadOnlyMemory<byte> payload, long begin, CancellationToken cancellationToken)
    {
        var tree = new TreeDocument();
        var position = begin == 0 ? TextDecoder.BomLength(payload.Span) : 0;
        var broken = 0;
        while (position < payload.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = payload.Span[position..].IndexOfAny((byte)'\n', (byte)'\r');
            length = length < 0 ? payload.Length - position : length;
            var line = payload.Slice(position, length);
            if (line.Span.IndexOfAnyExcept(" \t\x1A"u8) >= 0)
            {
                if (Problem(line, begin + position) is { } problem)
                {
                    if (++broken > HoldLimits.RowsWithoutReceipt)
                    {
                        tree.Dispose();
                        return HoldLimits.Refuse();
                    }

                    tree.Broken(begin + position, length, problem);
                }
                else
                {
                    var blanks = line.Span.IndexOfAnyExcept((byte)' ', (byte)'\t');
                    tree.Copy(line.Span[blanks..], begin + position + blanks);
                }
            }

            position += length + 1;
        }

        tree.EndRecords();
        return tree.Finish();
    }

    private static Rejection? Problem(ReadOnlyMemory<byte> line, long offset)
    {
        if (!Utf8.IsValid(line.Span))
        {
            var target = new char[line.Length];
            var at = offset - 1 - TextDecoder.Decode(Definition.TextEncoding.Utf8, line.Span, target);
            return new Rejection(RejectionReason.RowEncoding, string.Create(CultureInfo.InvariantCulture, $"The line is not UTF-8: invalid byte at offset {at}."), null, default);
        }

        try
        {
            using var document = JsonDocument.Parse(line, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? null : Shape("The line is no JSON object.");
        }
        catch (JsonException e)
        {
            return Shape(string.Create(CultureInfo.InvariantCulture, $"The line is not JSON the profile reads (byte {e.BytePositionInLine ?? 0} of the line): {ParserMessage.Of(e)}"));
        }
        catch (InvalidOperationException)
        {
            return Shape("A member name of the line is not valid Unicode.");
        }
    }

    private static Rejection Shape(string detail) => new(RejectionReason.RowShape, detail, null, default);
}
