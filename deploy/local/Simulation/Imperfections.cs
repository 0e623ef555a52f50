namespace RetailInsight.Local.Simulation;

/// <summary>How a row is broken. Each holds the receipt it belongs to and no other.</summary>
internal enum BadRow
{
    /// <summary>An amount that is a spreadsheet error.</summary>
    NonNumericAmount,

    /// <summary>A till the POS master does not know.</summary>
    UnknownPosCode,

    /// <summary>An item code a spreadsheet turned into 4.90123E+12.</summary>
    ScientificJan,

    /// <summary>Bytes that are no character of CP932 in the item name.</summary>
    InvalidBytes,

    /// <summary>A tax rate of 80 %.</summary>
    BrokenTaxRate,

    /// <summary>A total 100 yen above what the lines add up to.</summary>
    TotalMismatch,
}

/// <summary>Which deliveries go wrong, by store and index of the business date.</summary>
internal static class Imperfections
{
    /// <summary>Whole files sent again unchanged, on the next day.</summary>
    public static readonly (string Store, int Day)[] Resent = [("S002", 2), ("S012", 3)];

    /// <summary>Days sent again under another name with two receipts corrected, on the next day.</summary>
    public static readonly (string Store, int Day)[] Corrected = [("S004", 5), ("S014", 6)];

    /// <summary>Files that arrive after those of a later day.</summary>
    public static readonly (string Store, int Day, int AfterDay)[] Late = [("S005", 1, 4)];

    /// <summary>Broken rows; a day may have several.</summary>
    public static readonly (string Store, int Day, BadRow Row)[] BadRows =
    [
        ("S001", 3, BadRow.NonNumericAmount),
        ("S003", 4, BadRow.UnknownPosCode),
        ("S006", 5, BadRow.ScientificJan),
        ("S008", 6, BadRow.InvalidBytes),
        ("S009", 7, BadRow.BrokenTaxRate),
        ("S010", 8, BadRow.TotalMismatch),
        ("S013", 4, BadRow.NonNumericAmount),
        ("S017", 5, BadRow.BrokenTaxRate),
        ("S018", 9, BadRow.TotalMismatch),
        ("S007", 9, BadRow.NonNumericAmount),
        ("S007", 9, BadRow.ScientificJan),
        ("S007", 9, BadRow.TotalMismatch),
    ];

    /// <summary>The first device of that store says nothing in [FromMinute, ToMinute) of that day.</summary>
    public static readonly (string Store, int Day, int FromMinute, int ToMinute) Silent = ("S006", 4, 13 * 60, 17 * 60);
}
