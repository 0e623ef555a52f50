using System.Collections;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>
/// What the receipts on the bus come to: of each its newest revision, with every column that does not depend on the payload it
/// came in.
/// </summary>
internal static class CanonicalState
{
    private static readonly HashSet<string> OfThePayload = ["revision", "source_row", "source_offset", "transaction"];

    private static readonly HashSet<string> Texts =
        ["store", "store_as_sent", "terminal", "receipt_number", "currency", "customer", "item_code", "item_name", "category", "method", "label"];

    /// <summary>The receipts as lines of text, in the order of their ids. A revision given to two contents is a failure.</summary>
    public static string Of(IEnumerable<EventBatch> batches)
    {
        var newest = new SortedDictionary<(ulong, ulong), (uint Revision, string Content)>();
        var given = new Dictionary<(ulong, ulong, uint), string>();
        foreach (var batch in batches.DistinctBy(batch => batch.BatchId))
        {
            var receipts = batch.Transactions;
            for (var i = 0; i < (receipts?.Store.Count ?? 0); i++)
            {
                var id = (receipts!.EventIdHi[i], receipts.EventIdLo[i]);
                var content = Content(batch, i);
                Assert.True(given.TryAdd((id.Item1, id.Item2, receipts.Revision[i]), content), $"Revision {receipts.Revision[i]} was given away twice: {content}");
                if (!newest.TryGetValue(id, out var known) || known.Revision < receipts.Revision[i])
                {
                    newest[id] = (receipts.Revision[i], content);
                }
            }
        }

        return string.Join('\n', newest.Values.Select(one => one.Content));
    }

    private static string Content(EventBatch batch, int receipt)
    {
        var text = new StringBuilder();
        Append(text, batch, batch.Transactions, receipt);
        IEnumerable<(IMessage? Columns, IReadOnlyList<uint>? Of)> parts =
        [
            (batch.Lines, batch.Lines?.Transaction), (batch.TaxBuckets, batch.TaxBuckets?.Transaction), (batch.Tenders, batch.Tenders?.Transaction), (batch.Discounts, batch.Discounts?.Transaction),
        ];
        foreach (var (columns, of) in parts)
        {
            for (var row = 0; row < (of?.Count ?? 0); row++)
            {
                if (of![row] == receipt)
                {
                    Append(text.Append(" | "), batch, columns!, row);
                }
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, EventBatch batch, IMessage columns, int row)
    {
        foreach (var field in columns.Descriptor.Fields.InFieldNumberOrder().Where(field => !OfThePayload.Contains(field.Name)))
        {
            // A column that holds nothing but zeros may be left out.
            var values = (IList)field.Accessor.GetValue(columns);
            var value = row < values.Count ? values[row] : null;
            value = field.FieldType == FieldType.UInt32 && Texts.Contains(field.Name) ? batch.Strings[Convert.ToInt32(value, CultureInfo.InvariantCulture)] : value;
            text.Append(CultureInfo.InvariantCulture, $"{field.Name}={value};");
        }
    }
}
