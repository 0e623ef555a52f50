using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Csv;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Receipts;
using RetailInsight.Profiles.Text;

namespace RetailInsight.Profiles;

/// <summary>
/// Converts a CSV file of receipts piece by piece, so that it need not be in memory. It is first gone through once
/// (<see cref="Survey"/>), then converted from any place between two receipts. A piece ends where its last whole receipt does: what
/// is left of it is to stand at the beginning of the next. The records are those of <see cref="Converter.Convert"/>.
/// </summary>
public sealed class LargeFile
{
    private readonly Profile _profile;
    private readonly HashSet<ulong> _begun = [];
    private CsvHeader.Bound? _header;
    private IReadOnlyList<string> _unknownColumns = [];
    private FilePosition _surveyed;
    private int _rowsWithoutReceipt;

    /// <summary>Prepares to convert a file.</summary>
    /// <param name="profile">One that <see cref="Takes"/> says yes to.</param>
    public LargeFile(Profile profile) => _profile = profile;

    /// <summary>Whether files of the profile can be converted piece by piece.</summary>
    public static bool Takes(Profile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return profile is { Content: FeedContent.Transactions, Definition.Container: { Format: ContainerFormat.Csv, Encoding: not TextEncoding.Utf16 } };
    }

    /// <summary>Data rows of the pieces surveyed so far.</summary>
    public int Rows => _surveyed.Row;

    /// <summary>Whether the rows of some receipt do not stand together. Such a file can only be converted as a whole.</summary>
    public bool Scattered { get; private set; }

    /// <summary>Goes through the next piece.</summary>
    /// <param name="piece">Its bytes.</param>
    /// <param name="last">Whether the file ends with them.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many bytes of the piece are dealt with; 0 when it is too short for one receipt. Or why the file cannot be read.</returns>
    public Outcome<int> Survey(ReadOnlyMemory<byte> piece, bool last, CancellationToken cancellationToken)
    {
        if (_header is null && EncodingCheck.Mismatch(_profile.Definition.Container.Encoding, piece.Span) is { } mismatch)
        {
            return mismatch;
        }

        var opened = Open(piece, _surveyed, null, last);
        if (!opened.TryGet(out var csv, out var rejection))
        {
            return rejection;
        }

        _header = csv.Header;
        var receipts = new CsvReceipts(_profile.Definition, csv, null, more: !last, _begun);
        _unknownColumns = _surveyed.Offset == 0 ? csv.UnknownColumns : _unknownColumns;
        receipts.Survey(cancellationToken);
        Scattered |= receipts.Scattered;
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

    /// <summary>Converts the next piece of a file that was surveyed and is not <see cref="Scattered"/>.</summary>
    /// <param name="piece">Its bytes.</param>
    /// <param name="begin">Where they begin.</param>
    /// <param name="last">Whether the file ends with them.</param>
    /// <param name="context">The tenant and its stores.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was read, and where the next piece begins: at <paramref name="begin"/> when this one is too short for one receipt.</returns>
    /// <exception cref="InvalidOperationException">The file was not surveyed.</exception>
    public (Conversion Conversion, FilePosition End) Convert(
        ReadOnlyMemory<byte> piece, FilePosition begin, bool last, ConversionContext context, CancellationToken cancellationToken)
    {
        if (_header is null)
        {
            throw new InvalidOperationException("A large file is surveyed before it is converted.");
        }

        var known = _profile.Definition.KnownFields.Rent();
        try
        {
            if (!Open(piece, begin, known, last).TryGet(out var csv, out var rejection))
            {
                throw new InvalidOperationException($"The file is not the one that was surveyed: {rejection.Detail}");
            }

            var receipts = new CsvReceipts(_profile.Definition, csv, known, more: !last);
            var conversion = Converter.Build(_profile, context, receipts.Read(cancellationToken), () => receipts.RowsRead, receipts.Findings, cancellationToken);
            var findings = begin.Offset == 0 ? Converter.Unknown(_unknownColumns) : [];
            return (conversion.With(findings, receipts.RowsRead - begin.Row), new FilePosition(begin.Offset + receipts.End, receipts.RowsRead));
        }
        finally
        {
            _profile.Definition.KnownFields.Return(known);
        }
    }

    private Outcome<CsvPayload> Open(ReadOnlyMemory<byte> piece, FilePosition begin, KnownFields? known, bool last) => begin.Offset == 0
        ? CsvPayload.Open(_profile.Definition, piece, known, more: !last)
        : CsvPayload.OpenPart(_profile.Definition, _header!, piece, begin, known, more: !last);
}
