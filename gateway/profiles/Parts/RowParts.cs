using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Csv;
using RetailInsight.Profiles.Receipts;
using RetailInsight.Profiles.Text;

namespace RetailInsight.Profiles.Parts;

/// <summary>A file of rows, with a delimiter or fixed widths, piece by piece: a piece ends where the rows of its last whole receipt do.</summary>
internal sealed class RowParts(Profile profile) : FileParts
{
    private readonly HashSet<ulong> _begun = [];
    private CsvHeader.Bound? _header;
    private IReadOnlyList<string> _unknownColumns = [];
    private FilePosition _surveyed;
    private int _rowsWithoutReceipt;

    /// <inheritdoc/>
    public override int Rows => _surveyed.Row;

    /// <inheritdoc/>
    public override Outcome<int> Survey(ReadOnlyMemory<byte> piece, bool last, CancellationToken cancellationToken)
    {
        if (_header is null && Mismatch(profile, piece, last) is { } mismatch)
        {
            return mismatch;
        }

        if (!Open(piece, _surveyed, null, last).TryGet(out var csv, out var rejection))
        {
            return IsTooShort(rejection, last) ? 0 : rejection;
        }

        _header = csv.Header;
        var receipts = new CsvReceipts(profile.Definition, csv, null, more: !last, _begun);
        _unknownColumns = _surveyed.Offset == 0 ? csv.UnknownColumns : _unknownColumns;
        receipts.Survey(cancellationToken);
        if (receipts.Scattered)
        {
            WholeOnly ??= "the rows of each receipt must stand together. Sort the file by receipt, or send it in parts.";
        }

        _rowsWithoutReceipt += receipts.RowsWithoutReceipt;
        if (_rowsWithoutReceipt > HoldLimits.RowsWithoutReceipt)
        {
            return HoldLimits.Refuse();
        }

        _surveyed = new FilePosition(_surveyed.Offset + receipts.End, receipts.RowsRead);
        return last && _surveyed.Row == 0
            ? new Rejection(RejectionReason.PayloadEmpty, "The payload has a header but no data row.", null, default)
            : receipts.End;
    }

    /// <inheritdoc/>
    public override (Conversion Conversion, FilePosition End) Convert(
        ReadOnlyMemory<byte> piece, FilePosition begin, bool last, ConversionContext context, CancellationToken cancellationToken)
    {
        var known = profile.Definition.KnownFields.Rent();
        try
        {
            if (!Open(piece, begin, known, last).TryGet(out var csv, out var rejection))
            {
                return IsTooShort(rejection, last) ? (new Conversion(), begin)
                    : throw new InvalidOperationException($"The file is not the one that was surveyed: {rejection.Detail}");
            }

            var receipts = new CsvReceipts(profile.Definition, csv, known, more: !last);
            var conversion = Converter.Build(profile, context, receipts.Read(cancellationToken), csv.LikelyReceipts, () => receipts.RowsRead, receipts.Findings, cancellationToken);
            var findings = begin.Offset == 0 ? Converter.Unknown(_unknownColumns) : [];
            return (conversion.With(findings, receipts.RowsRead - begin.Row), new FilePosition(begin.Offset + receipts.End, receipts.RowsRead));
        }
        finally
        {
            profile.Definition.KnownFields.Return(known);
        }
    }

    // A header that does not end in the piece is none yet.
    private static bool IsTooShort(Rejection rejection, bool last) => !last && rejection.Reason == RejectionReason.PayloadEmpty;

    private Outcome<CsvPayload> Open(ReadOnlyMemory<byte> piece, FilePosition begin, KnownFields? known, bool last) => begin.Offset == 0
        ? CsvPayload.Open(profile.Definition, piece, known, more: !last)
        : CsvPayload.OpenPart(profile.Definition, _header!, piece, begin, known, more: !last);
}
