namespace RetailInsight.Local.Simulation;

/// <summary>How much to simulate. The same options give the same bytes.</summary>
internal sealed record SimulationOptions
{
    /// <summary>Seed of everything drawn.</summary>
    public int Seed { get; init; } = 20261101;

    /// <summary>First business date.</summary>
    public DateOnly FirstDate { get; init; } = new(2026, 11, 1);

    /// <summary>Number of business dates.</summary>
    public int Days { get; init; } = 14;

    /// <summary>Days the mean of <see cref="ReceiptsPerStoreDay"/> is taken over; further ones leave the receipts of these as they are. Null: all of them.</summary>
    public int? MeanOverDays { get; init; }

    /// <summary>The stores' wall clock at which the simulation stands still: nothing later was recorded yet. Null: every day is over.</summary>
    public DateTime? Until { get; init; }

    /// <summary>Number of stores, 1–20, half of them of each vendor.</summary>
    public int Stores { get; init; } = 20;

    /// <summary>Mean receipts of a store and day over all stores and days.</summary>
    public int ReceiptsPerStoreDay { get; init; } = 120;

    /// <summary>Whether the files state their taxes; without, they have to be derived.</summary>
    public bool StateTaxes { get; init; } = true;

    /// <summary>Whether deliveries go wrong the way real ones do.</summary>
    public bool Imperfections { get; init; } = true;
}
