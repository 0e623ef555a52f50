using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;

namespace RetailInsight.Api.Products;

/// <summary>The answer of <c>GET /v1/products/pairs</c>.</summary>
internal sealed record PairList(
    [property: Description("Rises with every publication to the datamart.")] long DataVersion,
    string Store,
    [property: Description("First of the four weeks' days; null where the store has no pair.")] DateOnly? From,
    [property: Description("Last of them: the latest night up to the date asked for that has pairs.")] DateOnly? To,
    [property: Description("Pairs on fewer receipts are not counted.")] int FewestReceipts,
    [property: Description("By lift, the highest first; at most 200.")] IReadOnlyList<PairView> Items,
    [property: Description("The state of the data under the four weeks.")] DataState Data)
{
    /// <summary>Days a pair is counted over.</summary>
    public const int Days = 28;

    public static PairList Of(long version, string store, IReadOnlyList<ProductPair> pairs, IReadOnlyList<PairView> items, DataState data)
    {
        DateOnly? until = pairs.Count == 0 ? null : pairs[0].AsOf;
        return new PairList(version, store, until?.AddDays(1 - Days), until, ProductPair.FewestReceipts, items, data);
    }
}

/// <summary>Two items bought together.</summary>
internal sealed record PairView(
    [property: Description("Item code of one.")] string ItemA,
    [property: Description("Its latest name; empty where none was sent.")] string NameA,
    [property: Description("Item code of the other.")] string ItemB,
    [property: Description("Its latest name; empty where none was sent.")] string NameB,
    [property: Description("Receipts with both.")] int Receipts,
    [property: Description("Receipts with the one.")] int ReceiptsA,
    [property: Description("Receipts with the other.")] int ReceiptsB,
    [property: Description("All receipts of the store.")] int ReceiptsAll,
    [property: Description("How many times as often as by chance: receipts × receipts_all ÷ (receipts_a × receipts_b), four decimals rounded half away from zero.")] string Lift,
    [property: Description("Of the receipts with the one, the share that also has the other: receipts ÷ receipts_a, four decimals.")] string Confidence)
{
    /// <summary>The columns of a file.</summary>
    public static IReadOnlyList<CsvColumn<PairView>> Columns { get; } =
    [
        new("item_a", pair => pair.ItemA, IsText: true), new("item_a_name", pair => pair.NameA, IsText: true), new("item_b", pair => pair.ItemB, IsText: true), new("item_b_name", pair => pair.NameB, IsText: true),
        new("receipts", pair => Count(pair.Receipts)), new("receipts_a", pair => Count(pair.ReceiptsA)), new("receipts_b", pair => Count(pair.ReceiptsB)), new("receipts_all", pair => Count(pair.ReceiptsAll)),
        new("lift", pair => pair.Lift), new("confidence", pair => pair.Confidence),
    ];

    public static PairView Of(ProductPair pair) => new(
        pair.CodeA, pair.NameA, pair.CodeB, pair.NameB, pair.Receipts, pair.ReceiptsA, pair.ReceiptsB, pair.ReceiptsAll, WireFigures.Ratio(pair.Lift, 4)!, WireFigures.Ratio(pair.Confidence, 4)!);

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);
}
