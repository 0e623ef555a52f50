using Npgsql;

namespace RetailInsight.Ml.Registry;

/// <summary>Where an alias stands.</summary>
/// <param name="Sha256">The model; null for none.</param>
/// <param name="Version">How often it was moved.</param>
/// <param name="Since">When it was moved last.</param>
public sealed record AliasState(string? Sha256, long Version, DateTimeOffset Since);

/// <summary>Where both aliases of a model stand.</summary>
/// <param name="Champion">The model that is used.</param>
/// <param name="Challenger">The model that is tried beside it.</param>
public sealed record ModelStanding(AliasState Champion, AliasState Challenger)
{
    /// <summary>Of a name nobody has used yet.</summary>
    public static ModelStanding None { get; } = new(new(null, 0, DateTimeOffset.UnixEpoch), new(null, 0, DateTimeOffset.UnixEpoch));
}

/// <summary>A wish to move an alias.</summary>
/// <param name="Tenant">Whose model.</param>
/// <param name="Name">Which question it answers.</param>
/// <param name="SeenVersion">Version of the alias when the caller looked.</param>
/// <param name="By">Who or what moves it.</param>
/// <param name="Why">A sentence for the audit; not empty.</param>
public sealed record AliasMove(string Tenant, string Name, long SeenVersion, string By, string Why);

/// <summary>What became of it.</summary>
public enum AliasResult
{
    /// <summary>The alias was moved.</summary>
    Done,

    /// <summary>The gate is against it.</summary>
    Refused,

    /// <summary>Somebody moved the alias since the caller looked; nothing was done. Look again.</summary>
    Conflict,
}

/// <summary>What became of a wish.</summary>
/// <param name="Result">Done, refused or conflict.</param>
/// <param name="Standing">Where both aliases stand after it.</param>
/// <param name="Reasons">Why it was refused; empty otherwise.</param>
public sealed record AliasOutcome(AliasResult Result, ModelStanding Standing, IReadOnlyList<GateRefusal> Reasons);

/// <summary>What whoever moves an alias does in the same transaction: it is there together with the move or not at all.</summary>
/// <param name="Before">Comes first; throws to prevent the move.</param>
/// <param name="After">Comes last, and only when the alias was moved.</param>
public sealed record BesideMove(Func<NpgsqlConnection, CancellationToken, Task> Before, Func<NpgsqlConnection, AliasOutcome, CancellationToken, Task> After);
