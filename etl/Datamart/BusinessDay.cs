namespace RetailInsight.Etl.Datamart;

/// <summary>When a store's business day is over.</summary>
internal static class BusinessDay
{
    /// <summary>
    /// An SQL expression: whether the day $2 of a store of tenant $1 is over. It is at its cut-over, or at closing time where that is later, on
    /// the store's wall clock.
    /// </summary>
    /// <param name="store">An expression for the store's code.</param>
    public static string IsOver(string store) => $"""
        (SELECT now() >= ($2::date + make_interval(mins => greatest(1440 + coalesce(moved.cut_over_minute, master.cut_over_minute, 0), coalesce(master.closes_minute, 0))))
            AT TIME ZONE coalesce(master.time_zone, company.time_zone, 'UTC')
          FROM (SELECT 1) AS one
          LEFT JOIN tenancy.tenant AS company ON company.tenant = $1
          LEFT JOIN tenancy.store AS master ON master.tenant = $1 AND master.store = {store}
          LEFT JOIN LATERAL (
            SELECT cut_over_minute FROM tenancy.store_cut_over AS history
            WHERE history.tenant = $1 AND history.store = {store} AND history.valid_from <= $2
            ORDER BY history.valid_from DESC LIMIT 1) AS moved ON true)
        """;
}
