namespace RetailInsight.Gateway.Reconciliation;

/// <summary>Pieces of SQL the readings of the ledger have in common.</summary>
internal static class LedgerSql
{
    /// <summary>No batch: an outdated version travels in none and never counts.</summary>
    private const string NoBatch = "'00000000-0000-0000-0000-000000000000'";

    /// <summary>
    /// Whether the version <c>e</c> of a receipt is the one that counts: the newest revision, unless that was withdrawn. The same
    /// rule as the warehouse's.
    /// </summary>
    public static string IsCurrent(string e) =>
        $"""
        NOT {e}.withdrawn AND {e}.batch_id <> {NoBatch}
        AND NOT EXISTS (SELECT 1 FROM gateway.identity n WHERE n.tenant = {e}.tenant AND n.event_id = {e}.event_id AND n.batch_id <> {NoBatch} AND n.revision > {e}.revision)
        """;

    /// <summary>Whether <c>e</c> is a sale or return that counts: current, and no current void takes it back.</summary>
    public static string Counts(string e) =>
        $"""
        {e}.kind IN (1, 2) AND {IsCurrent(e)}
        AND NOT EXISTS (SELECT 1 FROM gateway.identity v WHERE v.tenant = {e}.tenant AND v.original_event_id = {e}.event_id AND v.kind = 3 AND {IsCurrent("v")})
        """;

    /// <summary>Every row of the ledger with its column: lines of payloads and held receipts.</summary>
    public const string Rows =
        """
        SELECT l.tenant, l.feed, l.ingestion_id, l.store, l.business_date, l.verdict AS landed_as, l.rows, NULL::bigint AS at_risk, NULL::text AS currency
        FROM gateway.ledger_line l WHERE NOT l.withdrawn
        UNION ALL
        SELECT q.tenant, q.feed, q.ingestion_id, CASE WHEN q.business_date IS NOT NULL THEN q.store END, CASE WHEN q.store IS NOT NULL THEN q.business_date END,
          CASE WHEN q.state = 'replayed' THEN 'released' WHEN q.state = 'resolved' THEN 'resolved' WHEN q.awaits_operator THEN 'withdrawn' ELSE 'quarantined' END, q.rows,
          CASE WHEN q.state = 'open' THEN q.money_at_risk END, CASE WHEN q.state = 'open' THEN q.currency END
        FROM gateway.quarantine q WHERE q.state <> 'discarded' AND q.ordinal > 0
        """;

    /// <summary>The columns of a reading of <see cref="Rows"/>, summed.</summary>
    public const string Columns =
        """
        coalesce(sum(r.rows), 0)::bigint, coalesce(sum(r.rows) FILTER (WHERE r.landed_as = 'accepted'), 0)::bigint, coalesce(sum(r.rows) FILTER (WHERE r.landed_as = 'duplicate'), 0)::bigint,
        coalesce(sum(r.rows) FILTER (WHERE r.landed_as = 'superseding'), 0)::bigint, coalesce(sum(r.rows) FILTER (WHERE r.landed_as = 'outdated'), 0)::bigint,
        coalesce(sum(r.rows) FILTER (WHERE r.landed_as = 'quarantined'), 0)::bigint, coalesce(sum(r.rows) FILTER (WHERE r.landed_as = 'withdrawn'), 0)::bigint,
        coalesce(sum(r.rows) FILTER (WHERE r.landed_as = 'released'), 0)::bigint, coalesce(sum(r.rows) FILTER (WHERE r.landed_as = 'resolved'), 0)::bigint
        """;
}
