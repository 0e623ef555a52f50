namespace RetailInsight.Etl.Datamart;

/// <summary>
/// The part of <see cref="PartitionSwap"/> that keeps was and is of store-days. A row is kept when net, receipts or visitors
/// changed; sales of a day without any receipt are null in it, as nobody knows them. Its reason is <c>first</c> for a store-day nothing was kept of before; where receipts, returns or visitors grew,
/// <c>late_data</c> when the business day was over by then, else <c>new_data</c>; and <c>correction</c> for everything else: what
/// was there was corrected, voided or withdrawn.
/// </summary>
internal static class KpiChanges
{
    /// <summary>Columns the difference needs besides those of the new rows.</summary>
    public const string Was =
        ", CASE WHEN old.sales_reported THEN old.net END AS net_was, CASE WHEN old.sales_reported THEN old.receipts END AS receipts_was, old.returns AS returns_was, old.visitors AS visitors_was";

    private const string NetIs = "CASE WHEN sales_reported THEN net END";
    private const string ReceiptsAre = "CASE WHEN sales_reported THEN receipts END";

    /// <summary>The common table expression that writes the rows, with the comma before it.</summary>
    public static string Noted(string table) => $"""
        , changed AS (
          SELECT difference.*, coalesce(difference.store, store_was) AS changed_store,
            place IS NULL AND NOT EXISTS (
              SELECT FROM {table} AS before
              WHERE before.tenant = $1 AND before.business_date = $2 AND before.store = difference.store) AS is_first,
            coalesce({ReceiptsAre} > coalesce(receipts_was, -1), false) OR coalesce(returns > coalesce(returns_was, 0)
              OR visitors > coalesce(visitors_was, -1), false) AS has_grown
          FROM difference
          WHERE place IS NULL OR ({NetIs}, {ReceiptsAre}, visitors) IS DISTINCT FROM (net_was, receipts_was, visitors_was)
        ), noted AS (
          INSERT INTO {table} (tenant, store, business_date, net_was, net_is, receipts_was, receipts_is, visitors_was, visitors_is,
            first, reason, dag_run)
          SELECT $1, changed_store, $2, net_was, {NetIs}, receipts_was, {ReceiptsAre}, visitors_was, visitors, is_first,
            CASE WHEN is_first THEN 'first' WHEN NOT has_grown THEN 'correction'
              WHEN {BusinessDay.IsOver("changed_store")} THEN 'late_data' ELSE 'new_data' END,
            $5
          FROM changed
          ORDER BY changed_store
        )
        """;
}
