namespace RetailInsight.Dags.Engine.Assets;

/// <summary>Into what an asset is cut.</summary>
internal enum PartitionGrain
{
    /// <summary>A store's trading day.</summary>
    StoreDay,

    /// <summary>A tenant's trading day, all stores together.</summary>
    Day,
}

/// <summary>What an asset is made of: the partitions of another asset, or of data that comes in, up to its own day.</summary>
/// <param name="Upstream">The asset, or one of <see cref="Core.Tenancy.Datasets"/>.</param>
/// <param name="DaysBefore">How many trading days before its own a partition reads; 0 for its own alone.</param>
internal sealed record AssetInput(string Upstream, int DaysBefore = 0);

/// <summary>
/// What one task publishes, always together. Of each partition the engine keeps the version that stands, what it was made of and whether
/// that has changed since.
/// </summary>
/// <param name="Id">Unique among all DAGs: lower-case letters, digits and underscores.</param>
/// <param name="Grain">Into what it is cut.</param>
/// <param name="Inputs">What it is made of: at least one.</param>
internal sealed record Asset(string Id, PartitionGrain Grain, IReadOnlyList<AssetInput> Inputs)
{
    /// <summary>The tables it stands in, for people who look for it.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>Brings back what stood before; null where earlier content is not kept.</summary>
    public RestoreContent? Restore { get; init; }

    /// <summary>The grain as the database names it.</summary>
    public string GrainName => Grain == PartitionGrain.Day ? "day" : "store_day";
}
