namespace RetailInsight.Core.Benchmarks;

/// <summary>A ratio companies are compared by.</summary>
/// <param name="Code">As stored and in answers.</param>
/// <param name="Step">What quartiles are rounded to.</param>
public sealed record BenchmarkFigure(string Code, decimal Step)
{
    /// <summary>Net sales against the same weekdays of the year before.</summary>
    public static readonly BenchmarkFigure SalesGrowth = new("sales_growth", 0.01m);

    /// <summary>Receipts against the same weekdays of the year before.</summary>
    public static readonly BenchmarkFigure ReceiptsGrowth = new("receipts_growth", 0.01m);

    /// <summary>Items of a receipt.</summary>
    public static readonly BenchmarkFigure ItemsPerReceipt = new("items_per_receipt", 0.05m);

    /// <summary>Receipts of a visitor.</summary>
    public static readonly BenchmarkFigure Conversion = new("conversion", 0.01m);

    /// <summary>All of them, in the order they are shown.</summary>
    public static readonly IReadOnlyList<BenchmarkFigure> All = [SalesGrowth, ReceiptsGrowth, ItemsPerReceipt, Conversion];
}
