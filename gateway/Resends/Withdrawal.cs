using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Quarantine;
using RetailInsight.Gateway.Reconciliation;

namespace RetailInsight.Gateway.Resends;

/// <summary>A receipt an operator has confirmed to be gone.</summary>
/// <param name="Event">The version that counted when the omission was found.</param>
/// <param name="IsMissing">Whether it counts still and the newest file of its store-day does not have it.</param>
/// <param name="Counts">Whether it is a sale or return.</param>
/// <param name="Money">Micros.</param>
/// <param name="Rows">Its source rows in <paramref name="Payload"/>, with what landing made of them; null where that is not known.</param>
/// <param name="Payload">The payload it came in; null for versions older than that column.</param>
internal sealed record ConfirmedReceipt(ReplayEvent Event, bool IsMissing, bool Counts, (long Net, long Tax, long Gross) Money, (int Count, string Verdict)? Rows, Guid? Payload);

/// <summary>
/// Withdraws receipts that the newest file of a feed that replaces no longer contains. Every version of them is withdrawn, so that none
/// is a duplicate when it is sent again.
/// </summary>
internal sealed class Withdrawal(ReplayTask task, IReadOnlyList<ConfirmedReceipt> receipts)
{
    /// <summary>The versions withdrawn; that which counted has the revision of the withdrawal, the others their own.</summary>
    public List<ReplayEvent> Events { get; } = [];

    /// <summary>Rows that move to the column withdrawn: two lines a receipt that add up to nothing.</summary>
    public (Ingestion Payload, LedgerDraft.LineKey Key, LedgerDraft.LineSum Sum)[] Lines { get; private set; } = [];

    /// <summary>What it changes, summed.</summary>
    public EffectSums Effects { get; } = new();

    /// <summary>Decides about every receipt.</summary>
    /// <param name="decision">Knows what landed before.</param>
    /// <returns>The messages.</returns>
    public IReadOnlyList<(Id128 Id, byte[] Message)> Decide(LandingDecision decision)
    {
        var chunks = new BatchChunks(task.Ingestion, task.Replay);
        var lines = new List<(Ingestion, LedgerDraft.LineKey, LedgerDraft.LineSum)>();
        foreach (var receipt in receipts)
        {
            var (candidate, currency) = (receipt.Event.Candidate, receipt.Event.Currency);
            if (!receipt.IsMissing)
            {
                Effects.Add("kept", candidate.Store, candidate.BusinessDate, currency, null, null, 0, default);
                continue;
            }

            var versions = decision.VersionsOf(candidate.EventId);
            var revision = versions.Max(version => version.Revision) + 1;
            ReplayUndo.Withdraw(chunks, receipt.Event, revision, decision);
            Events.AddRange(versions.Where(version => !version.Withdrawn).Select(version => receipt.Event with
            {
                Candidate = candidate with { ContentHash = version.ContentHash, Store = version.Store, BusinessDate = version.BusinessDate, SourceRevision = version.SourceRevision },
                Revision = version.ContentHash == candidate.ContentHash ? revision : version.Revision,
            }));
            Effects.Add("withdrawn", candidate.Store, candidate.BusinessDate, currency, null, null, receipt.Rows?.Count ?? 0, receipt.Counts ? receipt.Money : default);
            if (receipt is { Rows: { } rows, Payload: { } payload })
            {
                var (from, money) = (task.Ingestion with { Id = payload }, receipt.Counts ? receipt.Money : default);
                var of = receipt.Counts ? currency : null;
                lines.Add((from, new(candidate.Store, candidate.BusinessDate, rows.Verdict, of), new(-rows.Count, -1, -money.Net, -money.Tax, -money.Gross)));
                lines.Add((from, new(candidate.Store, candidate.BusinessDate, "withdrawn", of), new(rows.Count, 1, money.Net, money.Tax, money.Gross)));
            }
        }

        Lines = [.. lines];
        return chunks.Close();
    }

    /// <summary>Whether an undo takes back a withdrawal.</summary>
    public static async Task<bool> IsUndoneByAsync(NpgsqlConnection connection, ReplayTask undo, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT kind = 'withdrawal' FROM gateway.replay WHERE tenant = $1 AND id = $2", connection);
        command.Parameters.Add(new() { Value = undo.Ingestion.Tenant });
        command.Parameters.Add(new() { Value = undo.Undoes!.Value });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The receipts of the omission that a withdrawal is about, as they stand now.</summary>
    public static async Task<List<ConfirmedReceipt>> OmittedAsync(NpgsqlConnection connection, ReplayTask withdrawal, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT e.event_id, e.content_hash, e.original_event_id, e.store, e.business_date, e.source_revision, e.revision, e.terminal, e.receipt_number, e.occurred_at, e.currency,
              {LedgerSql.IsCurrent("e")} AND NOT EXISTS (
                SELECT 1 FROM gateway.generation_receipt g WHERE g.tenant = o.tenant AND g.event_id = e.event_id AND g.ingestion_id = (
                  SELECT n.ingestion_id FROM gateway.generation n WHERE n.tenant = o.tenant AND n.feed = o.feed AND n.store = o.store AND n.business_date = o.business_date
                  ORDER BY n.received_at DESC, n.ingestion_id DESC LIMIT 1)),
              e.kind IN (1, 2), e.net, e.tax, e.gross, g.rows, g.verdict, e.ingestion_id
            FROM gateway.omission o JOIN gateway.omitted_receipt r ON r.omission_id = o.id AND r.tenant = o.tenant
            JOIN gateway.identity e ON e.tenant = o.tenant AND e.store = o.store AND e.business_date = o.business_date AND e.event_id = r.event_id AND e.content_hash = r.content_hash
            LEFT JOIN gateway.generation_receipt g ON g.tenant = o.tenant AND g.ingestion_id = e.ingestion_id AND g.event_id = e.event_id AND g.verdict IN ('accepted', 'superseding')
            WHERE o.tenant = $1 AND o.replay_id = $2 ORDER BY e.event_id
            """,
            connection);
        command.Parameters.Add(new() { Value = withdrawal.Ingestion.Tenant });
        command.Parameters.Add(new() { Value = withdrawal.Replay });
        var receipts = new List<ConfirmedReceipt>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var candidate = new Candidate(
                Id128.FromGuid(reader.GetGuid(0)),
                Id128.FromGuid(reader.GetGuid(1)),
                reader.GetInt64(5),
                reader.IsDBNull(2) ? Id128.None : Id128.FromGuid(reader.GetGuid(2)),
                reader.GetString(3),
                reader.GetFieldValue<DateOnly>(4));
            receipts.Add(new ConfirmedReceipt(
                new ReplayEvent(
                    candidate, "transaction", reader.GetInt32(6), reader.GetString(7), reader.GetString(8), reader.GetFieldValue<DateTimeOffset>(9), reader.GetString(10), new SourceLocation(0, 0, 0)),
                reader.GetBoolean(11),
                reader.GetBoolean(12),
                (reader.GetInt64(13), reader.GetInt64(14), reader.GetInt64(15)),
                reader.IsDBNull(16) ? null : (reader.GetInt32(16), reader.GetString(17)),
                reader.IsDBNull(18) ? null : reader.GetGuid(18)));
        }

        return receipts;
    }
}
