using Npgsql;

namespace RetailInsight.Dags.Engine;

/// <summary>What whoever asks for an effect does in its transaction beside it: it is there together with the effect or not at all.</summary>
/// <param name="Before">Comes first; throws to prevent the effect.</param>
/// <param name="After">Comes last, and only when there is an effect.</param>
public sealed record Alongside<T>(Func<NpgsqlConnection, CancellationToken, Task> Before, Func<NpgsqlConnection, T, CancellationToken, Task> After);
