using System.Text.Json;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles.Counts;
using RetailInsight.Profiles.Csv;
using RetailInsight.Profiles.Declared;
using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Files;
using RetailInsight.Profiles.Json;
using RetailInsight.Profiles.Masters;
using RetailInsight.Profiles.Receipts;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Trees;
using RetailInsight.Profiles.Values;
using RetailInsight.Profiles.Xml;

namespace RetailInsight.Profiles;

/// <summary>Turns one payload into canonical records by a profile. Pure: no clock, no files, no network.</summary>
public static class Converter
{
    private const int ReceiptsPerReport = 1_024;

    /// <summary>
    /// Converts a payload. Whatever the bytes are, the answer is a value: what cannot be read is held with its reason and
    /// place, and one bad row holds its receipt, never the payload.
    /// </summary>
    /// <param name="profile">The feed's profile.</param>
    /// <param name="payload">The payload after decompression.</param>
    /// <param name="context">The tenant and its stores.</param>
    /// <param name="cancellationToken">Stops a long conversion.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Conversion Convert(Profile profile, ReadOnlyMemory<byte> payload, ConversionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        if (payload.IsEmpty)
        {
            return Conversion.Refused(new Rejection(RejectionReason.PayloadEmpty, "The payload has no bytes.", null, default));
        }

        var container = profile.Definition.Container;
        if (container.Format != ContainerFormat.Files && EncodingCheck.Mismatch(container.Encoding, payload.Span) is { } mismatch)
        {
            return Conversion.Refused(mismatch);
        }

        if (container is { Format: not ContainerFormat.Files, Encoding: TextEncoding.Utf16 })
        {
            return Utf16Text.Read(payload.Span).TryGet(out var text, out var unreadable)
                ? Relocation.Of(Decoded(profile, text.Utf8, context, cancellationToken), text)
                : Conversion.Refused(unreadable);
        }

        return Decoded(profile, payload, context, cancellationToken);
    }

    private static Conversion Decoded(Profile profile, ReadOnlyMemory<byte> payload, ConversionContext context, CancellationToken cancellationToken)
    {
        var definition = profile.Definition;
        context = definition.Counts is not null && FaceRemoval.IsToldIn(payload.Span) ? context with { TellsOfFaces = true } : context;
        switch (definition.Container.Format)
        {
            case ContainerFormat.Csv or ContainerFormat.Fixed:
                return FromCsv(profile, payload, context, cancellationToken);
            case ContainerFormat.Ndjson:
                return FromTree(profile, NdjsonTree.Open(payload, cancellationToken), context, cancellationToken);
            case ContainerFormat.Xml:
                return FromTree(profile, XmlTree.Open(definition, payload, definition.Receipts?.ReceiptsPath ?? definition.RecordsPath, cancellationToken), context, cancellationToken);
            case ContainerFormat.Files:
                return FromTree(profile, FilesTree.Open(definition, payload, context.UnpackLimit, cancellationToken), context, cancellationToken);
            case ContainerFormat.Json when definition.IsNested:
                return FromTree(profile, NestedRecords.Open(definition, payload, cancellationToken), context, cancellationToken);
            default:
                return FromJson(profile, payload, definition.Receipts?.ReceiptsPath ?? definition.RecordsPath, null, context, cancellationToken);
        }
    }

    private static Conversion FromTree(Profile profile, Outcome<TreeDocument> read, ConversionContext context, CancellationToken cancellationToken)
    {
        if (!read.TryGet(out var tree, out var rejection))
        {
            return Conversion.Refused(rejection);
        }

        using (tree)
        {
            // A payload of a device that only says it is there has no record, and that is no mistake.
            var conversion = tree.IsEmpty ? new Conversion() : FromJson(profile, tree.Json, TreeDocument.RecordsPath, tree, context, cancellationToken);
            return conversion.With(tree.SkippedFindings);
        }
    }

    private static Conversion FromCsv(Profile profile, ReadOnlyMemory<byte> payload, ConversionContext context, CancellationToken cancellationToken)
    {
        var known = profile.Definition.KnownFields.Rent();
        try
        {
            return CsvPayload.Open(profile.Definition, payload, known).TryGet(out var csv, out var rejection)
                ? FromCsv(profile, csv, known, context, cancellationToken)
                : Conversion.Refused(rejection);
        }
        finally
        {
            profile.Definition.KnownFields.Return(known);
        }
    }

    private static Conversion FromCsv(Profile profile, CsvPayload csv, KnownFields known, ConversionContext context, CancellationToken cancellationToken)
    {
        Conversion conversion;
        if (profile.Content == FeedContent.Transactions)
        {
            var receipts = new CsvReceipts(profile.Definition, csv, known);
            conversion = Build(profile, context, receipts.Read(cancellationToken), csv.LikelyReceipts, () => receipts.RowsRead, receipts.Findings, cancellationToken);
            if (receipts.Scattered)
            {
                receipts = new CsvReceipts(profile.Definition, csv, known);
                conversion = Build(profile, context, receipts.ReadAll(cancellationToken), csv.LikelyReceipts, () => receipts.RowsRead, receipts.Findings, cancellationToken);
            }
            conversion = receipts.Refused is { } refused ? Conversion.Refused(refused) : conversion;
        }
        else
        {
            var fields = new FieldReader(profile.Definition.Numbers, known);
            var records = RecordsOf(profile, context, fields);
            var broken = 0;
            while (csv.Read(fields))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!csv.HasShape && ++broken > HoldLimits.RowsWithoutReceipt)
                {
                    return Conversion.Refused(HoldLimits.Refuse());
                }

                records.Add(csv.Row, csv.Row.Location);
            }

            conversion = records.Result();
        }

        return conversion.Unreadable is not null ? conversion
            : conversion.RowsRead == 0
            ? Conversion.Refused(new Rejection(RejectionReason.PayloadEmpty, "The payload has a header but no data row.", null, default))
            : conversion.With(Unknown(csv.UnknownColumns));
    }

    private static Conversion FromJson(Profile profile, ReadOnlyMemory<byte> payload, string[] path, TreeDocument? tree, ConversionContext context, CancellationToken cancellationToken)
    {
        var definition = profile.Definition;
        if (!JsonPayload.Open(definition, payload, path, tree).TryGet(out var json, out var rejection))
        {
            return Conversion.Refused(rejection);
        }

        using (json)
        {
            if (profile.Content == FeedContent.Transactions)
            {
                var schema = new JsonSchema(definition);
                var receipts = new JsonReceipts(definition, json, schema);
                var conversion = Build(profile, context, receipts.Read(cancellationToken), likelyReceipts: 0, () => receipts.RowsRead, receipts.Findings, cancellationToken);
                return schema.Refused is { } changed ? Conversion.Refused(changed) : conversion;
            }

            return FromJsonRecords(profile, json, context, cancellationToken);
        }
    }

    private static Conversion FromJsonRecords(Profile profile, JsonPayload json, ConversionContext context, CancellationToken cancellationToken)
    {
        var definition = profile.Definition;
        var fields = new FieldReader(definition.Numbers);
        var records = RecordsOf(profile, context, fields);
        var schema = new JsonSchema(definition);
        var wholly = context.TellsOfFaces && !json.Each().Any(FaceRemoval.Concerns);
        foreach (var element in json.Each())
        {
            cancellationToken.ThrowIfCancellationRequested();
            schema.AddRecord(element, isRead: !NestedRecords.IsEmptyFrame(element));
            var at = json.LocationOf(element, schema.Elements);
            if (schema.IsRubbish)
            {
                return Conversion.Refused(HoldLimits.Refuse());
            }

            fields.At = at;
            if (json.ProblemOf(element) is { } problem)
            {
                fields.Reject(problem.Reason, problem.Field, problem.Detail);
            }

            if (wholly || (context.TellsOfFaces && FaceRemoval.Concerns(element)))
            {
                fields.Reject(RejectionReason.FaceData, null, "A picture, a face, or a template or vector of one, came with the record; it was taken out before anything was stored.");
            }

            records.Add(element.ValueKind == JsonValueKind.Object ? new JsonRow(json.Root, element, element, schema.Seen) : null, at);
        }

        return schema.Refused is { } changed ? Conversion.Refused(changed) : records.Result();
    }

    private static (Action<FieldSource?, SourceLocation> Add, Func<Conversion> Result) RecordsOf(Profile profile, ConversionContext context, FieldReader fields)
    {
        if (profile.Content == FeedContent.PeopleCounts)
        {
            var counts = new PeopleCounts(profile, context, fields);
            return (counts.Add, () => counts.Result);
        }

        if (profile.Definition.Counts?.Visitors?.Tracks is not null)
        {
            var tracks = new VisitorTracks(profile, context, fields);
            return (tracks.Add, tracks.Result);
        }

        if (profile.Content == FeedContent.VisitorEvents)
        {
            var visitors = new VisitorEvents(profile, context, fields);
            return (visitors.Add, () => visitors.Result);
        }

        if (profile.Content == FeedContent.DeclaredTotals)
        {
            var declared = new DeclaredRecords(profile, context, fields);
            return (declared.Add, () => declared.Result);
        }

        var master = new PosMaster(profile, context, fields);
        return (master.Add, () => master.Result);
    }

    /// <summary>Says of columns that the profile does not know them.</summary>
    internal static IEnumerable<Finding> Unknown(IReadOnlyList<string> columns) => columns.Select(column => new Finding(
        FindingCode.ColumnUnknown, column, 1, $"Column '{column}' is new to the profile; nothing of it is read.", default));

    /// <summary>Builds the receipts that were gathered.</summary>
    internal static Conversion Build(
        Profile profile, ConversionContext context, IEnumerable<ReceiptDraft> drafts, int likelyReceipts, Func<int> rowsRead, FindingTally findings, CancellationToken cancellationToken)
    {
        var builder = new ReceiptBuilder(profile.Vendor, profile.Definition, context, findings);
        var returned = profile.Definition.Returned is { } back ? new ReceiptBuilder(profile.Vendor, back, context, findings) : builder;
        var transactions = new List<Converted<Transaction>>(likelyReceipts);
        var held = new List<Held>();
        var contents = context.Scrutiny ? new Dictionary<Id128, Id128>() : null;
        var (receipts, rows) = (0, 0);
        foreach (var draft in drafts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (receipts++ % ReceiptsPerReport == 0)
            {
                context.OnRows?.Invoke(rows, Math.Max(rows, rowsRead()));
            }

            rows += draft.Rows.Count;
            switch ((draft.Returned ? returned : builder).Build(draft))
            {
                case ({ } transaction, _):
                    var converted = new Converted<Transaction>(transaction, draft.Rows.Count, ContentHash.Of(transaction));
                    transactions.Add(converted);
                    LookForReplaced(contents, profile, draft, converted, findings);
                    break;
                case (_, { } hold):
                    held.Add(hold);
                    break;
            }
        }

        return new Conversion { RowsRead = rowsRead(), Transactions = transactions, Held = held, Findings = findings.All };
    }

    // Corrections within one file are rare without a count of versions; a profile that parts receipts wrongly makes many.
    private static void LookForReplaced(Dictionary<Id128, Id128>? contents, Profile profile, ReceiptDraft draft, Converted<Transaction> converted, FindingTally findings)
    {
        var (transaction, _, content) = converted;
        if (contents is null || transaction.SourceRevision != 0)
        {
            return;
        }

        if (!contents.TryAdd(transaction.EventId, content) && contents[transaction.EventId] != content)
        {
            contents[transaction.EventId] = content;
            findings.Add(
                FindingCode.ReceiptReplaced,
                profile.Definition.Head.GetValueOrDefault(CanonicalFields.ReceiptNumber)?.VendorName,
                "It stands in the file again and says something else; the later takes the place of the earlier.",
                transaction.Source,
                draft.Key,
                unasked: true);
        }
    }
}
