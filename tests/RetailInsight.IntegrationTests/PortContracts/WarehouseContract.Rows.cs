using RetailInsight.Core.Ports;

namespace RetailInsight.IntegrationTests.PortContracts;

// The tables the contract is tried on, and how their rows are made and read.
public abstract partial class WarehouseContract
{
    private const string Tenant = "acme";

    private static readonly TableSpec Sales = new(
        "sales",
        "Test sales. One row per tenant and line.",
        [
            new("tenant", ColumnType.String, false, "Tenant."),
            new("business_date", ColumnType.Date, false, "Day."),
            new("line", ColumnType.Int64, false, "Line."),
            new("name", ColumnType.String, true, "Name."),
            new("amount", ColumnType.Numeric, true, "Amount."),
            new("share", ColumnType.Float64, true, "Share."),
            new("sold_at", ColumnType.Timestamp, true, "When."),
            new("is_return", ColumnType.Bool, true, "Return."),
        ],
        "business_date",
        ["tenant"]);

    private static readonly TableSpec Totals = new(
        "totals",
        "Test totals. One row per tenant and business_date.",
        [
            new("tenant", ColumnType.String, false, "Tenant."),
            new("business_date", ColumnType.Date, false, "Day."),
            new("net", ColumnType.Int64, false, "Net."),
        ],
        "business_date",
        ["tenant"]);

    /// <summary>A batch of sales lines: line n is of day n, costs n.5, is sold n hours after 1970, and every odd one is a return.</summary>
    protected static WarehouseBatch Batch(string id, params long[] lines) => new(id, Tenant, Rows(SalesRows(Tenant, lines)));

    /// <summary>Lines in the warehouse, sorted.</summary>
    protected Task<List<long>> LinesAsync() => LinesAsync("TRUE");

    private static Dictionary<string, RowBlock> Rows(RowBlock sales) => new() { ["sales"] = sales };

    private static RowBlock SalesRows(string tenant, long[] lines)
    {
        int[] small = [.. lines.Select(line => (int)(line % 1_000_000))];
        return new RowBlock([
            ColumnData.String("tenant", [.. lines.Select(_ => tenant)]),
            ColumnData.Date("business_date", small),
            ColumnData.Int64("line", lines),
            ColumnData.String("name", [.. lines.Select(line => $"line {line}")]),
            ColumnData.Numeric("amount", [.. small.Select(line => line + 0.5m)]),
            ColumnData.Float64("share", [.. small.Select(line => line / 4d)]),
            ColumnData.Timestamp("sold_at", [.. small.Select(line => line * 3_600_000_000L)]),
            ColumnData.Bool("is_return", [.. small.Select(line => line % 2 == 1)]),
        ]);
    }

    private static int Days(int year, int month, int day) => new DateOnly(year, month, day).DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    private static long Micros(DateTimeOffset instant) => (instant.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static WarehouseQuery Query(string sql, params (string Name, object Value)[] parameters) =>
        new(sql, parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value), Tenant);

    /// <summary>Blocks of a query's result.</summary>
    protected Task<List<RowBlock>> QueryAsync(string sql, params (string Name, object Value)[] parameters) => QueryAsync(Query(sql, parameters));

    private async Task<List<RowBlock>> QueryAsync(WarehouseQuery query, CancellationToken cancellationToken = default)
    {
        var blocks = new List<RowBlock>();
        await foreach (RowBlock block in _warehouse.QueryAsync(query, cancellationToken))
        {
            blocks.Add(block);
        }

        return blocks;
    }

    private async Task<List<long>> LinesAsync(string condition, object? value = null)
    {
        (string, object)[] parameters = value is null ? [] : [("v", value)];
        List<RowBlock> blocks = await QueryAsync($"SELECT line FROM sales WHERE tenant = @tenant AND {condition} ORDER BY line", parameters);
        return [.. blocks.SelectMany(block => (long[])block["line"].Values)];
    }

    private async Task<List<long>> TotalsAsync() =>
        [.. (await QueryAsync("SELECT net FROM totals WHERE tenant = @tenant ORDER BY net")).SelectMany(block => (long[])block["net"].Values)];

    /// <summary>Replaces the totals of a day by one row.</summary>
    protected Task<long> ReplaceTotalsAsync(int day, string net, string condition = "")
    {
        DateOnly date = new DateOnly(1970, 1, 1).AddDays(day);
        return _warehouse.ReplacePartitionAsync(
            Totals,
            new Dictionary<string, object> { ["tenant"] = Tenant, ["business_date"] = date },
            Query($"SELECT {net} AS net, business_date, tenant FROM sales WHERE tenant = @tenant AND business_date = @day {condition} GROUP BY tenant, business_date", ("day", date)),
            default);
    }
}
