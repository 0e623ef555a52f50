using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Bench.Conversion;

/// <summary>A line while its money is worked out, in yen.</summary>
internal sealed class EqualLine(int number, PlainConverter.Row row, int sourceRow, int sign)
{
    public int Number { get; } = number;

    public PlainConverter.Row Row { get; } = row;

    public int SourceRow { get; } = sourceRow;

    public int Rate { get; } = row.税率 * 100;

    public TaxCategory Category { get; } = row.税区分 switch
    {
        "標準" => TaxCategory.Standard,
        "軽減" => TaxCategory.Reduced,
        "非課税" => TaxCategory.Exempt,
        _ => throw new InvalidDataException($"'{row.税区分}' is no tax category."),
    };

    public long Quantity { get; } = (long)(sign * row.数量 * 1_000_000m);

    public bool Merchandise { get; } = row.部門 != "90";

    public decimal Stated { get; } = sign * row.金額;

    public decimal Payable { get; } = sign * (row.金額 - row.値引額);

    public decimal ReceiptDiscount { get; set; }

    public decimal Tax { get; set; }

    public decimal Discount => (sign * Row.値引額) + ReceiptDiscount;

    public decimal Gross => Payable - ReceiptDiscount;
}

/// <summary>What falls under one rate, in yen.</summary>
internal sealed record EqualBucket(int Rate, TaxCategory Category, decimal Net, decimal Tax, decimal Gross, bool Stated, decimal Computed);

/// <summary>A receipt worked out.</summary>
internal sealed record EqualReceipt(
    PlainConverter.Row Head, Id128 Id, TransactionKind Kind, DateOnly Date, string Store, DateTimeOffset OccurredAt, Id128 Original, EqualLine[] Lines, EqualBucket[] Buckets, Tender[] Tenders, Discount[] Discounts,
    int SourceRow, long SourceOffset);
