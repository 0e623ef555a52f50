namespace RetailInsight.Cli;

/// <summary>A line of the gateway's reconciliation, of a feed or of a file.</summary>
internal sealed record ReconciledCounts
{
    public required string Feed { get; init; }

    public string? ReceiptId { get; init; }

    public string? FileName { get; init; }

    public string? State { get; init; }

    public int? Files { get; init; }

    public required long RowsRead { get; init; }

    public required long Accepted { get; init; }

    public required long Duplicate { get; init; }

    public required long Superseding { get; init; }

    public required long Quarantined { get; init; }

    /// <summary>What the gateway says.</summary>
    public required bool Balanced { get; init; }

    public IReadOnlyList<MoneyTotal> Totals { get; init; } = [];

    /// <summary>Rows that have no verdict, or more than one.</summary>
    public long Difference => RowsRead - Accepted - Duplicate - Superseding - Quarantined;

    /// <summary>Whether the gateway says so and the tool finds the same.</summary>
    public bool Holds => Balanced && Difference == 0;
}
