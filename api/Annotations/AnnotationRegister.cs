using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Alerts;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Annotations;

/// <summary>Annotations as people see them: the chain's, those of stores they may see, and their own. Every statement names the tenant.</summary>
internal sealed class AnnotationRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, AuditLog audit)
{
    /// <summary>The most annotations of one person, so that none can fill everybody's charts.</summary>
    public const int MostOfPerson = 2_000;

    /// <summary>The most one list holds.</summary>
    public const int MostListed = 500;

    private const string Columns = "annotation_id, kind, text, visibility, store, owner, from_date, to_date, from_hour, to_hour";

    // A personal one about a store goes with the right to see the store.
    private const string Visible = "tenant = $1 AND (visibility <> 'personal' OR owner = $2) AND (store IS NULL OR $3::text[] IS NULL OR store = ANY($3))";

    /// <summary>Who may change one: who wrote it, and head office and administrators what others see too.</summary>
    public static bool MayChange(Annotation one, SessionUser user) => one.Owner == user.Login || (one.Visibility != "personal" && AlertRule.MayMakeForChain(user));

    /// <summary>Those that touch a span of business dates, of some stores or of all; those without a store are about every one.</summary>
    public Task<List<Annotation>> ListAsync(SessionUser user, IReadOnlyCollection<string>? stores, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        ListAsync(user, stores, from, to, null, null, cancellationToken);

    /// <summary>Those of one kind or visibility among them; null is every one.</summary>
    public Task<List<Annotation>> ListAsync(
        SessionUser user, IReadOnlyCollection<string>? stores, DateOnly from, DateOnly to, string? kind, string? visibility, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command(
            $"""
            SELECT {Columns} FROM api.annotation
            WHERE {Visible} AND from_date <= $5 AND to_date >= $4 AND (store IS NULL OR $6::text[] IS NULL OR store = ANY($6))
              AND ($7::text IS NULL OR kind = $7) AND ($8::text IS NULL OR visibility = $8)
            ORDER BY from_date, coalesce(from_hour, 0), created_at, annotation_id LIMIT {MostListed}
            """,
            user.Tenant, user.Login, Texts(user.Stores), from, to, Texts(stores), PositionalParameters.OrNull(NpgsqlDbType.Text, kind), PositionalParameters.OrNull(NpgsqlDbType.Text, visibility));
        return await ReadAsync(command, token);
    }, cancellationToken);

    /// <summary>One; null when the person sees none of that id.</summary>
    public Task<Annotation?> FindAsync(SessionUser user, Guid id, CancellationToken cancellationToken) => DatabaseOutage.AskAsync(async token =>
    {
        await using var command = database.Command($"SELECT {Columns} FROM api.annotation WHERE {Visible} AND annotation_id = $4", user.Tenant, user.Login, Texts(user.Stores), id);
        return (await ReadAsync(command, token)).SingleOrDefault();
    }, cancellationToken);

    /// <summary>Makes one; null when the person has as many as may be.</summary>
    public async Task<Annotation?> CreateAsync(HttpContext context, SessionUser user, Annotation draft, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        await connection.TakeTurnAsync("annotation", user.Tenant, cancellationToken);
        await using var command = connection.Command(
            $"""
            INSERT INTO api.annotation (tenant, owner, kind, text, visibility, store, from_date, to_date, from_hour, to_hour)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 WHERE (SELECT count(*) FROM api.annotation WHERE tenant = $1 AND owner = $2) < {MostOfPerson}
            RETURNING {Columns}
            """,
            [user.Tenant, user.Login, .. Values(draft)]);
        return await FinishAsync(context, user, "annotation.create", connection, transaction, command, cancellationToken);
    }

    /// <summary>Changes one the person may change; null when it is gone.</summary>
    public async Task<Annotation?> UpdateAsync(HttpContext context, SessionUser user, Guid id, Annotation draft, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(
            $"""
            UPDATE api.annotation SET kind = $3, text = $4, visibility = $5, store = $6, from_date = $7, to_date = $8, from_hour = $9, to_hour = $10, changed_at = now()
            WHERE tenant = $1 AND annotation_id = $2 RETURNING {Columns}
            """,
            [user.Tenant, id, .. Values(draft)]);
        return await FinishAsync(context, user, "annotation.change", connection, transaction, command, cancellationToken);
    }

    /// <summary>Takes one away; false when it is gone already.</summary>
    public async Task<bool> RemoveAsync(HttpContext context, SessionUser user, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command($"DELETE FROM api.annotation WHERE tenant = $1 AND annotation_id = $2 RETURNING {Columns}", user.Tenant, id);
        return await FinishAsync(context, user, "annotation.remove", connection, transaction, command, cancellationToken) is not null;
    }

    private async Task<Annotation?> FinishAsync(
        HttpContext context, SessionUser user, string action, NpgsqlConnection connection, NpgsqlTransaction transaction, NpgsqlCommand command, CancellationToken cancellationToken)
    {
        if ((await ReadAsync(command, cancellationToken)).SingleOrDefault() is not { } done)
        {
            return null;
        }

        await context.KeepAnswerAsync(connection, StatusCodes.Status201Created, AnnotationEndpoints.Location(done), AnnotationView.Of(done, user), cancellationToken);
        await audit.WriteAsync(connection, AuditEntry.Of(context, user, action, done.Id.ToString("N"), new { done.Kind, done.Text, done.Visibility, done.Store, done.From, done.To }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return done;
    }

    private static object[] Values(Annotation draft) =>
    [
        draft.Kind, draft.Text, draft.Visibility, PositionalParameters.OrNull(NpgsqlDbType.Text, draft.Store), draft.From, draft.To,
        Hour(draft.FromHour), Hour(draft.ToHour),
    ];

    private static NpgsqlParameter Hour(int? hour) => PositionalParameters.OrNull(NpgsqlDbType.Integer, hour);

    private static NpgsqlParameter Texts(IEnumerable<string>? values) => PositionalParameters.OrNull(NpgsqlDbType.Array | NpgsqlDbType.Text, values?.ToArray());

    private static async Task<List<Annotation>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<Annotation>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new Annotation(
                row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), row.GetString(5),
                row.GetFieldValue<DateOnly>(6), row.GetFieldValue<DateOnly>(7), row.IsDBNull(8) ? null : row.GetInt16(8), row.IsDBNull(9) ? null : row.GetInt16(9)));
        }

        return found;
    }
}
