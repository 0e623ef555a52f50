using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Json;
using RetailInsight.Profiles.Receipts;

namespace RetailInsight.Profiles.Parts;

/// <summary>
/// A file of objects with arrays piece by piece. Each piece is put together to a document of its own with what stands around
/// the receipts, and read as a payload would be.
/// </summary>
internal abstract class TreeParts : FileParts
{
    /// <summary>Most that may stand around the receipts of a file in parts, which is read with each of them.</summary>
    public const int LongestSurroundings = 1 << 20;

    private readonly Profile _profile;
    private readonly JsonSchema _schema;
    private FilePosition _surveyed;
    private bool _begun;
    private Rejection? _fault;

    protected TreeParts(Profile profile)
    {
        _profile = profile;
        _schema = new JsonSchema(profile.Definition);
    }

    /// <inheritdoc/>
    public override int Rows => _surveyed.Row;

    /// <summary>Why a file without records is refused; null where <see cref="Open"/> says so itself.</summary>
    protected abstract Rejection? NoRecord { get; }

    /// <inheritdoc/>
    public override Outcome<int> Survey(ReadOnlyMemory<byte> piece, bool last, CancellationToken cancellationToken)
    {
        if (!_begun && Mismatch(_profile, piece, last) is { } mismatch)
        {
            return mismatch;
        }

        _begun = true;
        if (!Decodable(piece, _surveyed.Offset, last).TryGet(out var decodable, out var undecodable))
        {
            return undecodable;
        }

        var dealtWith = decodable;
        if (_fault is null && WholeOnly is null)
        {
            if (Open(piece[..decodable], _surveyed, last, survey: true, cancellationToken).TryGet(out var part, out var fault))
            {
                using (part)
                {
                    dealtWith = part?.End ?? (WholeOnly is null ? 0 : decodable);
                    _surveyed = _surveyed with { Row = part?.Json is { } json ? Skim(json, cancellationToken) : _surveyed.Row };
                }
            }
            else
            {
                // A fault further down can go before it: what no character is makes all else meaningless.
                _fault = fault;
            }
        }

        _surveyed = _surveyed with { Offset = _surveyed.Offset + dealtWith };
        return last && (_fault ?? (WholeOnly is null ? Refused : null)) is { } refused ? refused : dealtWith;
    }

    /// <inheritdoc/>
    public override (Conversion Conversion, FilePosition End) Convert(
        ReadOnlyMemory<byte> piece, FilePosition begin, bool last, ConversionContext context, CancellationToken cancellationToken)
    {
        if (!Open(piece, begin, last, survey: false, cancellationToken).TryGet(out var opened, out var rejection))
        {
            throw new InvalidOperationException($"The file is not the one that was surveyed: {rejection.Detail}");
        }

        using var part = opened;
        if (part?.Json is null)
        {
            return (new Conversion(), begin);
        }

        var receipts = new JsonReceipts(_profile.Definition, part.Json, new JsonSchema(_profile.Definition), begin.Row);
        var conversion = Converter.Build(_profile, context, receipts.Read(cancellationToken), likelyReceipts: 0, () => receipts.RowsRead, receipts.Findings, cancellationToken);
        return (conversion.With(part.Tree?.SkippedFindings ?? [], receipts.RowsRead - begin.Row), new FilePosition(begin.Offset + part.End, receipts.RowsRead));
    }

    /// <summary>Reads the records of a piece up to its last whole one.</summary>
    /// <param name="piece">The bytes.</param>
    /// <param name="begin">Where they begin.</param>
    /// <param name="last">Whether the file ends with them.</param>
    /// <param name="survey">Whether the file is being surveyed: what stands around the receipts is learnt then, and used later.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null when the piece is too short for one record, or the file turns out to be for <see cref="FileParts.WholeOnly"/>.</returns>
    protected abstract Outcome<TreePart?> Open(ReadOnlyMemory<byte> piece, FilePosition begin, bool last, bool survey, CancellationToken cancellationToken);

    /// <summary>How many bytes of a piece are whole characters, or why the file is no text; each byte is looked at once.</summary>
    protected abstract Outcome<int> Decodable(ReadOnlyMemory<byte> piece, long begin, bool last);

    private Rejection? Refused => (_schema.Elements == 0 ? NoRecord : null) ?? _schema.Refused;

    private int Skim(JsonPayload json, CancellationToken cancellationToken)
    {
        var receipts = new JsonReceipts(_profile.Definition, json, _schema, _surveyed.Row);
        if (!_schema.IsRubbish)
        {
            foreach (var _ in receipts.Read(cancellationToken))
            {
                // Which members are there and how many rows a receipt has is known once it was read.
            }
        }

        _schema.EndPart();
        return receipts.RowsRead;
    }
}

/// <summary>A piece of a file as a document of its own.</summary>
/// <param name="Json">The document; null where the file turned out to be unreadable and is only gone through.</param>
/// <param name="Tree">What it was written from, where the file is no JSON document.</param>
/// <param name="End">How many bytes of the piece it holds.</param>
internal sealed record TreePart(JsonPayload? Json, Trees.TreeDocument? Tree, int End) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Json?.Dispose();
        Tree?.Dispose();
    }
}
