using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Products;

/// <summary>An item over a span of days, or a category. Money in micros, quantity in micros of a piece.</summary>
/// <param name="Code">Item code, or the category itself.</param>
/// <param name="Name">The item's latest name; the category itself.</param>
/// <param name="Category">Its category.</param>
/// <param name="Net">Tax-exclusive sales less returns.</param>
/// <param name="Quantity">Pieces sold less those brought back.</param>
/// <param name="Receipts">Receipts that contain it, added up over days and stores.</param>
internal sealed record ProductTotal(string Code, string Name, string Category, long Net, long Quantity, long Receipts);

/// <summary>Two items bought together over the four weeks up to a date.</summary>
/// <param name="ItemA">Name of one, or its code where it has none.</param>
/// <param name="ItemB">Name of the other.</param>
/// <param name="Receipts">Receipts with both.</param>
/// <param name="ReceiptsA">Receipts with one.</param>
/// <param name="ReceiptsB">Receipts with the other.</param>
/// <param name="ReceiptsAll">All receipts.</param>
internal sealed record ProductPair(string ItemA, string ItemB, long Receipts, long ReceiptsA, long ReceiptsB, long ReceiptsAll)
{
    /// <summary>How many times as often as by chance.</summary>
    public decimal Lift => (decimal)Receipts * ReceiptsAll / ((decimal)ReceiptsA * ReceiptsB);

    /// <summary>Of the receipts with the first, the share that also has the second.</summary>
    public decimal Confidence => (decimal)Receipts / ReceiptsA;
}

/// <summary>Reads of items, categories and pairs.</summary>
internal static class ProductReads
{
    /// <summary>Items of stores over a span in one currency; merchandise only, so that bags and postage head no list.</summary>
    public static Task<List<ProductTotal>> ItemsAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, string currency, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT item_code, (array_agg(item_name ORDER BY business_date DESC))[1], (array_agg(category ORDER BY business_date DESC))[1], sum(net)::bigint, sum(quantity)::bigint, sum(receipts)::bigint
            FROM mart.kpi_item_day
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to AND currency = @currency AND merchandise
            GROUP BY item_code
            """,
            row => new ProductTotal(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)),
            cancellationToken,
            new("stores", stores.ToArray()), new("from", from), new("to", to), new("currency", currency));

    /// <summary>Categories of stores over a span in one currency, best sales first.</summary>
    public static Task<List<ProductTotal>> CategoriesAsync(
        this TenantRead read, IReadOnlyCollection<string> stores, DateOnly from, DateOnly to, string currency, CancellationToken cancellationToken) =>
        read.ListAsync(
            """
            SELECT category, sum(net)::bigint, sum(quantity)::bigint, sum(receipts)::bigint
            FROM mart.kpi_category_day
            WHERE tenant = @tenant AND store = ANY(@stores) AND business_date BETWEEN @from AND @to AND currency = @currency
            GROUP BY category ORDER BY sum(net) DESC, category
            """,
            row => new ProductTotal(row.GetString(0), row.GetString(0), row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
            cancellationToken,
            new("stores", stores.ToArray()), new("from", from), new("to", to), new("currency", currency));

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
            SELECT coalesce(nullif(a.item_name, ''), item_a), coalesce(nullif(b.item_name, ''), item_b), receipts, receipts_a, receipts_b, receipts_all
            FROM pair LEFT JOIN name a ON a.item_code = item_a LEFT JOIN name b ON b.item_code = item_b
            ORDER BY receipts::numeric * receipts_all / (receipts_a::numeric * receipts_b) DESC, receipts DESC, item_a, item_b LIMIT @limit
            """,
            row => new ProductPair(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5)),
            cancellationToken,
            new("store", store), new("date", date), new("limit", limit));
}
