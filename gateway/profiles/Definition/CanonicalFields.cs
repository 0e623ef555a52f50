namespace RetailInsight.Profiles.Definition;

/// <summary>A field of the canonical schema a profile can bind.</summary>
/// <param name="Name">Canonical name.</param>
/// <param name="Types">Types that can carry it.</param>
/// <param name="MustBind">Whether every profile of that content has to bind it.</param>
internal sealed record CanonicalField(string Name, ValueType[] Types, bool MustBind);

/// <summary>What can be bound, by content.</summary>
internal static class CanonicalFields
{
    public const string Store = "store";
    public const string Terminal = "terminal";
    public const string ReceiptNumber = "receipt_number";
    public const string OriginalReceiptNumber = "original_receipt_number";
    public const string Kind = "kind";
    public const string BusinessDate = "business_date";
    public const string OccurredAt = "occurred_at";
    public const string Guests = "guests";
    public const string Customer = "customer";
    public const string Discount = "discount";
    public const string Total = "total";
    public const string SourceRevision = "source_revision";
    public const string ItemCode = "item_code";
    public const string ItemName = "item_name";
    public const string Category = "category";
    public const string Quantity = "quantity";
    public const string UnitPrice = "unit_price";
    public const string Amount = "amount";
    public const string TaxRate = "tax_rate";
    public const string TaxCategory = "tax_category";
    public const string LineTaxBasis = "tax_basis";
    public const string LineTax = "tax";
    public const string Device = "device";
    public const string CountingLine = "line";
    public const string From = "from";
    public const string To = "to";
    public const string Entered = "entered";
    public const string Left = "left";
    public const string At = "at";
    public const string Date = "date";
    public const string Hour = "hour";
    public const string Staff = "staff";
    public const string Occupancy = "occupancy";
    public const string Sequence = "sequence";
    public const string Boot = "boot";
    public const string Firmware = "firmware";
    public const string DeviceTime = "device_time";
    public const string UtcOffset = "utc_offset";
    public const string Track = "track";
    public const string Person = "person";
    public const string Duration = "duration";
    public const string X = "x";
    public const string Y = "y";
    public const string Object = "object";
    public const string ValidFrom = "valid_from";
    public const string ValidTo = "valid_to";
    public const string ReportNumber = "report_number";
    public const string Gross = "gross";
    public const string Net = "net";
    public const string Receipts = "receipts";

    public static readonly CanonicalField[] Receipt =
    [
        new(Store, [ValueType.Code], false),
        new(Terminal, [ValueType.Code], true),
        new(ReceiptNumber, [ValueType.Code], true),
        new(OriginalReceiptNumber, [ValueType.Code], false),
        new(Kind, [ValueType.Code], true),
        new(BusinessDate, [ValueType.Date], false),
        new(OccurredAt, [ValueType.Time, ValueType.Timestamp], true),
        new(Guests, [ValueType.Integer], false),
        new(Customer, [ValueType.Code], false),
        new(Discount, [ValueType.Money], false),
        new(Total, [ValueType.Money], false),
        new(SourceRevision, [ValueType.Integer, ValueType.Timestamp], false),
    ];

    public static readonly CanonicalField[] ReceiptLine =
    [
        new(ItemCode, [ValueType.Code], true),
        new(ItemName, [ValueType.Text], false),
        new(Category, [ValueType.Code], false),
        new(Quantity, [ValueType.Decimal], true),
        new(UnitPrice, [ValueType.Money], true),
        new(Amount, [ValueType.Money], false),
        new(Discount, [ValueType.Money], false),
        new(TaxRate, [ValueType.Decimal], false),
        new(TaxCategory, [ValueType.Code], false),
        new(LineTaxBasis, [ValueType.Code], false),
        new(LineTax, [ValueType.Money], false),
    ];

    public static readonly CanonicalField[] PeopleCount =
    [
        new(Store, [ValueType.Code], false),
        new(Device, [ValueType.Code], false),
        new(CountingLine, [ValueType.Code], false),
        new(From, [ValueType.Timestamp], false),
        new(To, [ValueType.Timestamp], false),
        new(At, [ValueType.Timestamp], false),
        new(Date, [ValueType.Date], false),
        new(Hour, [ValueType.Time, ValueType.Integer], false),
        new(Entered, [ValueType.Integer], false),
        new(Left, [ValueType.Integer], false),
        new(Staff, [ValueType.Integer], false),
        new(Occupancy, [ValueType.Integer], false),
        new(Sequence, [ValueType.Integer], false),
        new(Boot, [ValueType.Code], false),
        new(Firmware, [ValueType.Code], false),
        new(DeviceTime, [ValueType.Timestamp], false),
        new(UtcOffset, [ValueType.Code], false),
    ];

    /// <summary>What is read of a line that stands beside others in a row.</summary>
    public static readonly CanonicalField[] CountingLineFigures =
    [
        new(Entered, [ValueType.Integer], false),
        new(Left, [ValueType.Integer], false),
        new(Staff, [ValueType.Integer], false),
    ];

    public static readonly CanonicalField[] VisitorEvent =
    [
        new(Store, [ValueType.Code], false),
        new(Device, [ValueType.Code], false),
        new(CountingLine, [ValueType.Code], true),
        new(Kind, [ValueType.Code], true),
        new(At, [ValueType.Timestamp], true),
        new(Track, [ValueType.Code], true),
        new(Person, [ValueType.Code], false),
        new(Duration, [ValueType.Decimal], false),
        new(Staff, [ValueType.Code, ValueType.Flag], false),
        new(Firmware, [ValueType.Code], false),
        new(DeviceTime, [ValueType.Timestamp], false),
        new(UtcOffset, [ValueType.Code], false),
    ];

    public static readonly CanonicalField[] TrackPlace =
    [
        .. VisitorEvent.Where(field => field.Name is not (CountingLine or Kind or Duration)),
        new(X, [ValueType.Decimal], true),
        new(Y, [ValueType.Decimal], true),
        new(Object, [ValueType.Code], false),
    ];

    public static readonly CanonicalField[] PosAssignment =
    [
        new(Terminal, [ValueType.Code], true),
        new(Store, [ValueType.Code], true),
        new(ValidFrom, [ValueType.Date], true),
        new(ValidTo, [ValueType.Date], false),
    ];

    public static readonly CanonicalField[] DeclaredTotals =
    [
        new(Store, [ValueType.Code], false),
        new(Terminal, [ValueType.Code], false),
        new(BusinessDate, [ValueType.Date], true),
        new(ReportNumber, [ValueType.Code], false),
        new(Gross, [ValueType.Money], false),
        new(Net, [ValueType.Money], false),
        new(LineTax, [ValueType.Money], false),
        new(Receipts, [ValueType.Integer], false),
        new(SourceRevision, [ValueType.Integer, ValueType.Timestamp], false),
    ];
}
