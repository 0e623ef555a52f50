using Dapper;
using Npgsql;

namespace RetailInsight.Dags.Engine.Approvals;

/// <summary>The questions of tasks, inside the transaction that would publish.</summary>
internal static class Questions
{
    /// <summary>Whether somebody has said yes to exactly this; if not, the question is put and an older one of the task is void.</summary>
    public static async Task<bool> IsApprovedAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, ClaimedTask task, ApprovalQuestion question, CancellationToken cancellationToken)
    {
        var approved = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM dags.approval WHERE ti_id = @TiId AND digest = @Digest AND state = 'approved')",
            new { task.TiId, question.Digest },
            transaction,
            cancellationToken: cancellationToken));
        if (!approved)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                """
                UPDATE dags.approval SET state = 'void', answered_at = now() WHERE ti_id = @TiId AND state = 'open';
                INSERT INTO dags.approval (tenant, run_id, ti_id, digest, question, detail) VALUES (@Tenant, @RunId, @TiId, @Digest, @Question, @Detail::jsonb);
                """,
                new { task.Tenant, task.RunId, task.TiId, question.Digest, question.Question, question.Detail },
                transaction,
                cancellationToken: cancellationToken));
        }

        return approved;
    }
}
