using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>
/// Takes a large file to its outcome in parts, so that memory does not grow with it. Each part lands in a transaction of its own
/// that also notes how far the file has come: whatever dies, it goes on from there.
/// </summary>
internal sealed class LargeFileLanding(
    RawStore raw,
    StoreMaster master,
    LandingTransaction landing,
    OutboxSignal outbox,
    ConversionProgress progress,
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database,
    IOptions<GatewayOptions> options)
{
    /// <summary>Whether a payload is large and of a kind that can be landed in parts.</summary>
    public bool Takes(Ingestion ingestion, Profile profile) =>
        LargeFile.Takes(profile) && ingestion.Raw.Length > options.Value.PartBytes / (IsPacked(ingestion) ? options.Value.UsualPackRatio : 1);

    /// <summary>Converts and lands a payload.</summary>
    /// <param name="ingestion">The payload's row in the ledger.</param>
    /// <param name="profile">Reads it.</param>
    /// <param name="cancellationToken">Stops between two parts.</param>
    /// <returns>The row with its outcome; null when the file can only be converted as a whole.</returns>
    public async Task<Ingestion?> RunAsync(Ingestion ingestion, Profile profile, CancellationToken cancellationToken)
    {
        progress.Converting(ingestion.Id, 0, null);
        var file = new LargeFile(profile);
        var (refusal, length) = await SurveyAsync(file, ingestion, cancellationToken);
        refusal ??= file.WholeOnly is { } wholeOnly && length > options.Value.MaxUnpackedBytes ? TooLarge(wholeOnly) : null;
        if (refusal is not null)
        {
            return await landing.LandAsync(ingestion, profile, new Conversion { Unreadable = refusal }, await landing.GenerationAsync(ingestion, cancellationToken));
        }

        return file.WholeOnly is not null ? null : await LandAsync(file, ingestion, profile, cancellationToken);
    }

    /// <summary>Converts a payload that is not to land here, part by part; its place is held until the last was taken.</summary>
    /// <param name="ingestion">The payload's row in the ledger.</param>
    /// <param name="profile">Reads it.</param>
    /// <param name="cancellationToken">Stops between two parts.</param>
    /// <returns>The parts, or the one refusal; null when the file can only be converted as a whole.</returns>
    public async Task<IAsyncEnumerable<Conversion>?> ReadAsync(Ingestion ingestion, Profile profile, CancellationToken cancellationToken)
    {
        var file = new LargeFile(profile);
        var (refusal, length) = await SurveyAsync(file, ingestion, cancellationToken);
        refusal ??= file.WholeOnly is { } wholeOnly && length > options.Value.MaxUnpackedBytes ? TooLarge(wholeOnly) : null;
        return refusal is null && file.WholeOnly is not null ? null
            : refusal is null ? PartsAsync(file, ingestion, default, cancellationToken).Select(part => part.Conversion)
            : new[] { new Conversion { Unreadable = refusal } }.ToAsyncEnumerable();
    }

    private async Task<(Rejection? Refusal, long Length)> SurveyAsync(LargeFile file, Ingestion ingestion, CancellationToken cancellationToken)
    {
        var limit = IsPacked(ingestion)
            ? Math.Min(options.Value.MaxPayloadBytes, Math.Max(options.Value.UnpackRatioFloorBytes, ingestion.Raw.Length * options.Value.MaxUnpackRatio))
            : long.MaxValue;
        await using var reader = await OpenAsync(ingestion, cancellationToken);
        var dealtWith = 0;
        try
        {
            do
            {
                if (!await reader.NextAsync(dealtWith, cancellationToken))
                {
                    return (Unpacking.Corrupt(reader.Offset + reader.Piece.Length), 0);
                }

                if (reader.Offset + reader.Piece.Length > limit)
                {
                    return (Refuse($"{ingestion.Raw.Length} bytes of gzip unpack to more than {limit}. Send the payload in parts."), 0);
                }

                if (reader.Piece.Length > options.Value.MaxUnpackedBytes)
                {
                    return (Refuse($"Behind byte {reader.Offset} no receipt ends within {options.Value.MaxUnpackedBytes} bytes. Send receipts of a usual length."), 0);
                }

                if (!file.Survey(reader.Piece, reader.Last, cancellationToken).TryGet(out dealtWith, out var rejection))
                {
                    return (rejection, 0);
                }
            }
            while (!reader.Last);
        }
        catch (InvalidDataException) when (IsPacked(ingestion))
        {
            return (Unpacking.Corrupt(reader.Offset), 0);
        }

        return (null, reader.Offset + reader.Piece.Length);
    }

    private async Task<Ingestion> LandAsync(LargeFile file, Ingestion ingestion, Profile profile, CancellationToken cancellationToken)
    {
        var reached = await PartialLanding.FindAsync(database, ingestion, cancellationToken);
        progress.Converting(ingestion.Id, reached.Next.Row, file.Rows);
        await foreach (var (conversion, end, last) in PartsAsync(file, ingestion, reached.Next, cancellationToken))
        {
            var (row, next) = await landing.LandPartAsync(ingestion, profile, conversion, new FilePart(reached, end, last));
            outbox.Set();
            if (next is null)
            {
                return row;
            }

            reached = next;
            progress.Converting(ingestion.Id, reached.Next.Row, file.Rows);
        }

        throw new InvalidDataException("The file has no end.");
    }

    private async IAsyncEnumerable<(Conversion Conversion, FilePosition End, bool Last)> PartsAsync(
        LargeFile file, Ingestion ingestion, FilePosition begin, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var reader = await OpenAsync(ingestion, cancellationToken);
        await reader.SkipToAsync(begin.Offset, cancellationToken);
        var dealtWith = 0;
        do
        {
            if (!await reader.NextAsync(dealtWith, cancellationToken))
            {
                throw new InvalidDataException("The payload is not the one that was gone through before.");
            }

            var stores = await master.GetAsync(ingestion.Tenant, ingestion.Vendor, ingestion.ReceivedAt, cancellationToken);
            var context = new ConversionContext(ingestion.Tenant, stores.Within(ingestion.Stores), ingestion.ReceivedAt);
            var (conversion, end) = file.Convert(reader.Piece, begin, reader.Last, context, cancellationToken);
            dealtWith = checked((int)(end.Offset - begin.Offset));
            if (dealtWith > 0 || reader.Last)
            {
                yield return (conversion, end, reader.Last);
                begin = end;
            }
        }
        while (!reader.Last);
    }

    private async Task<PieceReader> OpenAsync(Ingestion ingestion, CancellationToken cancellationToken)
    {
        var stream = await raw.OpenAsync(ingestion.Raw, cancellationToken);
        return new PieceReader(IsPacked(ingestion) ? Unpacking.Open(stream) : stream, options.Value.PartBytes, IsPacked(ingestion));
    }

    private Rejection TooLarge(string wholeOnly) => Refuse($"In a file of more than {options.Value.MaxUnpackedBytes} bytes {wholeOnly}");

    private static Rejection Refuse(FormattableString detail) =>
        new(RejectionReason.PayloadTooLarge, detail.ToString(CultureInfo.InvariantCulture), null, default);

    private static bool IsPacked(Ingestion ingestion) => ingestion.ContentEncoding == "gzip";
}
