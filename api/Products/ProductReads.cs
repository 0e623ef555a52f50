using Npgsql;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Products;

/// <summary>An item over a span of days, or a category. Money in micros, quantity in micros of a piece.</summary>
/// <param name="Code">Item code, or the category itself.</param>
/// <param name="Name">The item's latest name; the category itself.</param>
/// <param name="Category">Its category.</param>
/// <param name="Net">Tax-exclusive sales less returns.</param>
/// <param name="Quantity">Pieces on receipts that count; those brought back are not taken off.</param>
/// <param name="Receipts">Receipts that contain it, added up over days and stores.</param>
internal sealed record ProductTotal(string Code, string Name, string Category, long Net, long Quantity, long Receipts);

/// <summary>Two items bought together over the four weeks up to a date.</summary>
/// <param name="AsOf">The last of the four weeks' days.</param>
/// <param name="CodeA">Code of one.</param>
/// <param name="NameA">Its latest name; empty where it has none.</param>
/// <param name="CodeB">Code of the other.</param>
/// <param name="NameB">Its latest name.</param>
/// <param name="Receipts">Receipts with both.</param>
/// <param name="ReceiptsA">Receipts with one.</param>
/// <param name="ReceiptsB">Receipts with the other.</param>
/// <param name="ReceiptsAll">All receipts.</param>
internal sealed record ProductPair(DateOnly AsOf, string CodeA, string NameA, string CodeB, string NameB, int Receipts, int ReceiptsA, int ReceiptsB, int ReceiptsAll)
{
    /// <summary>Pairs on fewer receipts are chance: the nightly count keeps none of them.</summary>
    public const int FewestReceipts = 5;

    /// <summary>The most pairs a store has of a night.</summary>
    public const int Most = 200;

    /// <summary>What people call one.</summary>
    public string ItemA => NameA.Length == 0 ? CodeA : NameA;

    /// <summary>What people call the other.</summary>
    public string ItemB => NameB.Length == 0 ? CodeB : NameB;

    /// <summary>How many times as often as by chance.</summary>
    public decimal Lift => (decimal)Receipts * ReceiptsAll / ((decimal)ReceiptsA * ReceiptsB);

    /// <summary>Of the receipts with the first, the share that also has the second.</summary>
    public decimal Confidence => (decimal)Receipts / ReceiptsA;
}

/// <summary>Reads of items, categories and pairs.</summary>
internal static class ProductReads
{
    /// <summary>Items of stores on some days in one currency; merchandise only, so that bags and postage head no list. A day given twice counts twice.</summary>
    public static Task<List<ProductTotal>> ItemsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, IReadOnlyCollection<DateOnly> days, string currency, CancellationToken cancellationToken) =>
        days.Count == 0 ? Task.FromResult<List<ProductTotal>>([]) : read.ListAsync(
            """
            SELECT item_code, (array_agg(item_name ORDER BY business_date DESC))[1], (array_agg(category ORDER BY business_date DESC))[1], sum(net)::bigint, sum(quantity)::bigint, sum(receipts)::bigint
            FROM mart.kpi_item_day JOIN unnest(@days) AS asked(day) ON asked.day = business_date
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to AND currency = @currency AND merchandise
            GROUP BY item_code
            """,
            row => new ProductTotal(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)),
            cancellationToken,
            Parameters(stores, days, currency));

    /// <summary>Categories of stores on some days in one currency, best sales first. A day given twice counts twice.</summary>
    public static Task<List<ProductTotal>> CategoriesAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, IReadOnlyCollection<DateOnly> days, string currency, CancellationToken cancellationToken) =>
        days.Count == 0 ? Task.FromResult<List<ProductTotal>>([]) : read.ListAsync(
            """
            SELECT category, sum(net)::bigint, sum(quantity)::bigint, sum(receipts)::bigint
            FROM mart.kpi_category_day JOIN unnest(@days) AS asked(day) ON asked.day = business_date
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to AND currency = @currency
            GROUP BY category ORDER BY sum(net) DESC, category
            """,
            row => new ProductTotal(row.GetString(0), row.GetString(0), row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
            cancellationToken,
            Parameters(stores, days, currency));

    /// <summary>The pairs of a store as of the latest date up to one that has any, those far above chance first.</summary>
    public static Task<List<ProductPair>> PairsAsync(this TenantRead read, string store, DateOnly date, int limit, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            WITH pair AS (
              SELECT * FROM mart.basket_pair
              WHERE tenant = @tenant AND store = @store
                AND business_date = (SELECT max(business_date) FROM mart.basket_pair WHERE tenant = @tenant AND store = @store AND business_date <= @date)
            ), name AS (
              SELECT DISTINCT ON (item_code) item_code, item_name FROM mart.kpi_item_day
              WHERE tenant = @tenant AND store = @store AND business_date BETWEEN @date - 28 AND @date AND item_code IN (SELECT item_a FROM pair UNION SELECT item_b FROM pair)
              ORDER BY item_code, business_date DESC
            )
            SELECT business_date, item_a, coalesce(a.item_name, ''), item_b, coalesce(b.item_name, ''), receipts, receipts_a, receipts_b, receipts_all
            FROM pair LEFT JOIN name a ON a.item_code = item_a LEFT JOIN name b ON b.item_code = item_b
            ORDER BY receipts::numeric * receipts_all / (receipts_a::numeric * receipts_b) DESC, receipts DESC, item_a, item_b LIMIT @limit
            """,
            row => new ProductPair(
                row.GetFieldValue<DateOnly>(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8)),
            cancellationToken,
            new("store", store), new("date", date), new("limit", limit));

    private static NpgsqlParameter[] Parameters(IReadOnlyCollection<string> stores, IReadOnlyCollection<DateOnly> days, string currency) =>
        [new("stores", stores.ToArray()), new("days", days.ToArray()), new("from", days.Min()), new("to", days.Max()), new("currency", currency)];
}
