using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>Something a model was unsure of, for a person to look at.</summary>
/// <param name="CaseId">Names it.</param>
/// <param name="Reason">low_confidence, wide_range, missed_range, group_change, far_from_group, fallback or outside_training.</param>
/// <param name="Store">Store code.</param>
/// <param name="Subject">net_sales, visitors or group.</param>
/// <param name="BusinessDate">The trading day it is about.</param>
/// <param name="AsOf">The night it was collected of.</param>
/// <param name="Chance">How likely it was to be picked, up to 1.</param>
/// <param name="Detail">What is known of it, a JSON object.</param>
/// <param name="State">open, decided or expired.</param>
/// <param name="ExpiresOn">The last day it can be decided.</param>
/// <param name="Label">right, wrong, data_fault or known_event; null where nobody decided.</param>
/// <param name="Note">What was said; empty for nothing.</param>
/// <param name="DecidedBy">Who; null likewise.</param>
/// <param name="DecidedAt">When, UTC; null likewise.</param>
public sealed record ReviewCase(
    long CaseId, string Reason, string Store, string Subject, DateOnly BusinessDate, DateOnly AsOf, double Chance, JsonElement Detail, string State, DateOnly ExpiresOn, string? Label, string Note, string? DecidedBy,
    DateTimeOffset? DecidedAt);

/// <summary>Where people of the data team look at what models were unsure of, and say what it was.</summary>
/// <param name="database">Connects as <see cref="DatabaseRole.Job"/>; every statement names the tenant.</param>
/// <param name="clock">Says when.</param>
public sealed class ReviewDesk([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>What a case can turn out to be.</summary>
    public static IReadOnlyList<string> Labels { get; } = ["right", "wrong", "data_fault", "known_event"];

    /// <summary>States of cases.</summary>
    public static IReadOnlyList<string> States { get; } = ["open", "decided", "expired"];

    /// <summary>Why there are cases.</summary>
    public static IReadOnlyList<string> Reasons { get; } = ["missed_range", "wide_range", "low_confidence", "group_change", "far_from_group", "fallback", "outside_training"];

    private const string Columns = "case_id, reason, store, subject, business_date, as_of, chance, detail::text, state, expires_on, label, note, decided_by, decided_at";

    /// <summary>Cases, the newest night first and of it the most uncertain.</summary>
    /// <param name="tenant">Tenant id.</param>
    /// <param name="state">One of <see cref="States"/>; null for all.</param>
    /// <param name="reason">One of <see cref="Reasons"/>; null for all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<IReadOnlyList<ReviewCase>> ListAsync(string tenant, string? state, string? reason, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(
            connection,
            $"""
            SELECT {Columns} FROM ml.review_case WHERE tenant = @tenant AND (@state::text IS NULL OR state = @state) AND (@reason::text IS NULL OR reason = @reason)
            ORDER BY coalesce(decided_at, 'infinity'::timestamptz) DESC, as_of DESC, reason, uncertainty DESC, case_id LIMIT @limit
            """,
            new { tenant, state, reason, limit }, cancellationToken);
    }

    /// <summary>One case; null where the tenant has none of this number.</summary>
    public async Task<ReviewCase?> FindAsync(string tenant, long number, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await ReadAsync(connection, $"SELECT {Columns} FROM ml.review_case WHERE tenant = @tenant AND case_id = @number", new { tenant, number }, cancellationToken)).SingleOrDefault();
    }

    /// <summary>Says what a case was; it is recorded in the tenant's audit chain.</summary>
    /// <param name="tenant">Tenant id.</param>
    /// <param name="number">The case.</param>
    /// <param name="label">One of <see cref="Labels"/>.</param>
    /// <param name="note">For whoever reads it later; empty for nothing.</param>
    /// <param name="actor">Who says so.</param>
    /// <param name="alongside">What belongs into the same transaction.</param>
    /// <param name="cancellationToken">Nothing is decided.</param>
    /// <returns>Whether it was open, and is decided now.</returns>
    public async Task<bool> DecideAsync(string tenant, long number, string label, string note, string actor, Alongside<ReviewCase> alongside, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(alongside);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await alongside.Before(connection, cancellationToken);
        var decided = await ReadAsync(
            connection,
            $"""
            UPDATE ml.review_case SET state = 'decided', label = @label, note = @note, decided_by = @actor, decided_at = @at
            WHERE tenant = @tenant AND case_id = @number AND state = 'open' RETURNING {Columns}
            """,
            new { tenant, number, label, note, actor, at = clock.GetUtcNow() }, cancellationToken);
        if (decided.Count == 0)
        {
            return false;
        }

        await alongside.After(connection, decided[0], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<List<ReviewCase>> ReadAsync(NpgsqlConnection connection, string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var row = await connection.ExecuteReaderAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        var cases = new List<ReviewCase>();
        while (await row.ReadAsync(cancellationToken))
        {
            cases.Add(new ReviewCase(
                row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateOnly>(4), row.GetFieldValue<DateOnly>(5), row.GetDouble(6), JsonElement.Parse(row.GetString(7)),
                row.GetString(8), row.GetFieldValue<DateOnly>(9), row.IsDBNull(10) ? null : row.GetString(10), row.GetString(11), row.IsDBNull(12) ? null : row.GetString(12),
                row.IsDBNull(13) ? null : new DateTimeOffset(row.GetDateTime(13), TimeSpan.Zero)));
        }

        return cases;
    }
}
