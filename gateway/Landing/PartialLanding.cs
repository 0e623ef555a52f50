using System.Text.Json;
using Npgsql;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Landing;

/// <summary>How far a large file has landed.</summary>
/// <param name="Next">Where its next part begins.</param>
/// <param name="Chunks">Messages written so far.</param>
/// <param name="Held">Items put into the quarantine so far.</param>
/// <param name="Receipt">The receipt over the parts so far; null before the first.</param>
internal sealed record PartialLanding(FilePosition Next, int Chunks, int Held, Receipt? Receipt)
{
    /// <summary>Nothing has landed.</summary>
    public static readonly PartialLanding None = new(default, 0, 0, null);

    /// <summary>How far a payload has landed.</summary>
    public static async Task<PartialLanding> FindAsync(NpgsqlDataSource database, Ingestion ingestion, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT next_offset, next_row, chunks, held, receipt FROM gateway.partial_landing WHERE tenant = $1 AND ingestion_id = $2");
        command.Parameters.Add(new() { Value = ingestion.Tenant });
        command.Parameters.Add(new() { Value = ingestion.Id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(new(reader.GetInt64(0), reader.GetInt32(1)), reader.GetInt32(2), reader.GetInt32(3), JsonSerializer.Deserialize(reader.GetString(4), GatewayJson.Plain.Receipt))
            : None;
    }

    /// <summary>Writes how far it has landed now. Does nothing where it is not as far as it was read, or farther.</summary>
    /// <param name="ingestion">The payload.</param>
    /// <param name="reached">How far now; null when the file is at its end.</param>
    public NpgsqlBatchCommand MoveOn(Ingestion ingestion, PartialLanding? reached)
    {
        var command = new NpgsqlBatchCommand(
            reached is null ? "DELETE FROM gateway.partial_landing WHERE tenant = $1 AND ingestion_id = $2 AND next_offset = $3"
            : Receipt is null ? """
                INSERT INTO gateway.partial_landing (tenant, ingestion_id, next_offset, next_row, chunks, held, receipt)
                SELECT $1, $2, $4, $5, $6, $7, $8 WHERE $3 = 0::bigint ON CONFLICT (tenant, ingestion_id) DO NOTHING
                """
            : """
                UPDATE gateway.partial_landing SET next_offset = $4, next_row = $5, chunks = $6, held = $7, receipt = $8
                WHERE tenant = $1 AND ingestion_id = $2 AND next_offset = $3
                """)
        {
            Parameters = { new() { Value = ingestion.Tenant }, new() { Value = ingestion.Id }, new() { Value = Next.Offset } },
        };
        if (reached is not null)
        {
            command.Parameters.Add(new() { Value = reached.Next.Offset });
            command.Parameters.Add(new() { Value = reached.Next.Row });
            command.Parameters.Add(new() { Value = reached.Chunks });
            command.Parameters.Add(new() { Value = reached.Held });
            command.Parameters.Add(new() { Value = ReceiptDraft.Json(reached.Receipt!) });
        }

        return command;
    }
}

/// <summary>One part of a large file on its way.</summary>
/// <param name="Before">How far the file had landed before it.</param>
/// <param name="End">Where the part ends.</param>
/// <param name="Last">Whether the file ends there too.</param>
internal sealed record FilePart(PartialLanding Before, FilePosition End, bool Last);
