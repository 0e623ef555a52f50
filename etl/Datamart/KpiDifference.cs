using Npgsql;
using NpgsqlTypes;

namespace RetailInsight.Etl.Datamart;

/// <summary>How a store's day would change if a staged result were published. Null is unknown: nobody has reported it.</summary>
/// <param name="Store">Store code.</param>
/// <param name="NetWas">Net sales that stand, in 1/1,000,000 of the currency.</param>
/// <param name="NetIs">Net sales that would.</param>
/// <param name="ReceiptsWas">Receipts that stand.</param>
/// <param name="ReceiptsIs">Receipts that would.</param>
/// <param name="VisitorsWas">Visitors that stand.</param>
/// <param name="VisitorsIs">Visitors that would.</param>
public sealed record KpiDifference(string Store, long? NetWas, long? NetIs, int? ReceiptsWas, int? ReceiptsIs, int? VisitorsWas, int? VisitorsIs)
{
    /// <summary>Whether one of the figures changes by more than so many thousandths of what it was, appears or vanishes.</summary>
    /// <param name="perMille">0 for any change.</param>
    public bool Exceeds(int perMille) => Exceeds(NetWas, NetIs, perMille) || Exceeds(ReceiptsWas, ReceiptsIs, perMille) || Exceeds(VisitorsWas, VisitorsIs, perMille);

    private static bool Exceeds(long? was, long? now, int perMille) =>
        was != now && (was is null || now is null || Int128.Abs((Int128)now.Value - was.Value) * 1000 > perMille * Int128.Abs(was.Value));

    /// <summary>Reads the store-days that stand and would change, of a staged <c>kpi_store_day</c>. Days that are new are no difference.</summary>
    internal static async Task<IReadOnlyList<KpiDifference>> ReadAsync(StagedModel staged, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT old.store, CASE WHEN old.sales_reported THEN old.net END, CASE WHEN new.sales_reported THEN new.net END,
              CASE WHEN old.sales_reported THEN old.receipts END, CASE WHEN new.sales_reported THEN new.receipts END, old.visitors, new.visitors
            FROM {staged.Model.Publish!.Table} AS old LEFT JOIN {staged.Table} AS new ON new.store = old.store
            WHERE old.tenant = $1 AND old.business_date = $2 AND old.store = ANY($3)
              AND (old.sales_reported, old.net, old.receipts, old.visitors) IS DISTINCT FROM (new.sales_reported, new.net, new.receipts, new.visitors)
            ORDER BY old.store
            """);
        command.Parameters.Add(new() { Value = staged.Partition.Tenant });
        command.Parameters.Add(new() { Value = staged.Partition.BusinessDate });
        command.Parameters.Add(new() { Value = staged.Partition.Stores.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var differences = new List<KpiDifference>();
        while (await reader.ReadAsync(cancellationToken))
        {
            long? Long(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
            int? Int(int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);
            differences.Add(new KpiDifference(reader.GetString(0), Long(1), Long(2), Int(3), Int(4), Int(5), Int(6)));
        }

        return differences;
    }
}
