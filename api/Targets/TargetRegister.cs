using Npgsql;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Targets;

/// <summary>A change of a target that holds, as a person asks for it.</summary>
/// <param name="Store">A store the person may see.</param>
/// <param name="Month">First day.</param>
/// <param name="Amount">Net sales in currency units, as written.</param>
/// <param name="ExpectedVersion">The version the person saw.</param>
/// <param name="Reason">Why, not empty.</param>
/// <param name="Today">The store's trading day: what was asked of days before it stays.</param>
internal sealed record TargetRevision(string Store, DateOnly Month, string Amount, int ExpectedVersion, string Reason, DateOnly Today);

/// <summary>What became of a change.</summary>
/// <param name="Refusal">null when it was made, else unknown, changed, proposed, over, amount or below_past.</param>
/// <param name="Version">The version that counts now.</param>
/// <param name="Least">Of below_past: what the days gone by were asked for, micros.</param>
/// <param name="Made">What was made; null for a refusal.</param>
internal sealed record RevisionOutcome(string? Refusal, int Version, long Least = 0, RevisedView? Made = null);

/// <summary>Sets what head office asks, together with its entry in the audit; every change raises the data version, as figures rest on it.</summary>
internal sealed class TargetRegister([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, AuditLog audit, TimeProvider clock)
{
    /// <summary>Characters of a reason.</summary>
    public const int LongestReason = 400;

    private const string Latest = "SELECT version, state, currency, explanation::text FROM mart.month_target WHERE tenant = $1 AND store = $2 AND month = $3 ORDER BY version DESC LIMIT 1";

    // What is expected of a day as of the last night; what was asked of it where nothing is known.
    private const string Days = """
        SELECT d.business_date, d.amount, f.expected FROM mart.month_target_day AS d
        LEFT JOIN mart.sales_forecast AS f ON f.tenant = $1 AND f.store = d.store AND f.business_date = d.business_date AND f.metric = 'net_sales'
          AND f.as_of = (SELECT max(as_of) FROM mart.sales_forecast WHERE tenant = $1)
        WHERE d.tenant = $1 AND d.store = $2 AND d.month = $3 AND d.version = $4 ORDER BY d.business_date
        """;

    /// <summary>Adds a version to a target that holds. The days from the trading day on share what is left, and all add up to the amount exactly.</summary>
    /// <param name="context">The request; its key has one effect.</param>
    /// <param name="user">Who may set targets.</param>
    /// <param name="asked">The change.</param>
    /// <param name="location">Where it can be seen.</param>
    /// <param name="cancellationToken">Stops before it is made.</param>
    /// <exception cref="NpgsqlException">The database cannot be reached; nothing was changed.</exception>
    public async Task<RevisionOutcome> ReviseAsync(HttpContext context, SessionUser user, TargetRevision asked, string location, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        await connection.TakeTurnAsync("month_target", user.Tenant, cancellationToken);
        if (await LatestAsync(connection, user.Tenant, asked, cancellationToken) is not { } latest)
        {
            return new RevisionOutcome("unknown", 0);
        }

        var refusal = latest.Version != asked.ExpectedVersion ? "changed" : latest.State == TargetVersion.Proposed ? "proposed" : asked.Today >= asked.Month.AddMonths(1) ? "over" : null;
        if (refusal is not null || AskedAmount.Micros(asked.Amount, latest.Currency) is not { } amount)
        {
            return new RevisionOutcome(refusal ?? "amount", latest.Version);
        }

        var days = await DaysAsync(connection, user.Tenant, asked, latest.Version, cancellationToken);
        var least = days.Where(day => day.Date < asked.Today).Sum(day => day.Asked);
        if (amount < least)
        {
            return new RevisionOutcome("below_past", latest.Version, least);
        }

        var shares = Shares(days, asked.Today, amount, latest.Currency);
        var version = latest.Version + 1;
        await ExecuteAsync(
            connection,
            """
            INSERT INTO mart.month_target (tenant, store, month, version, state, amount, currency, explanation, reason, decided_by, decided_at)
            VALUES ($1, $2, $3, $4, 'revised', $5, $6, $7::jsonb, $8, $9, $10)
            """,
            [user.Tenant, asked.Store, asked.Month, version, amount, latest.Currency, latest.Explanation, asked.Reason, user.Login, clock.GetUtcNow().UtcDateTime], cancellationToken);
        await ExecuteAsync(
            connection,
            "INSERT INTO mart.month_target_day (tenant, store, month, version, business_date, amount) SELECT $1, $2, $3, $4, day, amount FROM unnest($5::date[], $6::bigint[]) AS new (day, amount)",
            [user.Tenant, asked.Store, asked.Month, version, days.Select(day => day.Date).ToArray(), shares], cancellationToken);
        var made = RevisedView.Of(asked, amount, latest.Currency, version);
        await RaiseAsync(connection, user.Tenant, cancellationToken);
        await context.KeepAnswerAsync(connection, StatusCodes.Status201Created, location, made, cancellationToken);
        await audit.WriteAsync(
            connection,
            AuditEntry.Of(context, user, "month_target.revise", $"{asked.Store}/{asked.Month:yyyy-MM}", new { asked.Store, Month = $"{asked.Month:yyyy-MM}", Version = version, Amount = Money.Format(amount), latest.Currency, asked.Reason }),
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RevisionOutcome(null, version, Made: made);
    }

    /// <summary>Sets how much is asked, whole.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who may set targets.</param>
    /// <param name="seen">When what the person saw was set, UTC; null where it was the usual one.</param>
    /// <param name="policy">What is asked from now on.</param>
    /// <param name="cancellationToken">Stops before it is set.</param>
    /// <returns>False when somebody was faster; nothing was set then.</returns>
    /// <exception cref="NpgsqlException">The database cannot be reached; nothing was set.</exception>
    public Task<bool> SetPolicyAsync(HttpContext context, SessionUser user, DateTimeOffset? seen, TargetPolicy policy, CancellationToken cancellationToken) => SetAsync(
        context, user, ("SELECT max(changed_at) FROM tenancy.target_policy WHERE tenant = $1", [user.Tenant]), seen, "target_policy.set", user.Tenant, new { policy.Ambition, policy.StartProbability, policy.LeastProbability },
        connection => ExecuteAsync(
            connection,
            """
            INSERT INTO tenancy.target_policy (tenant, ambition, start_probability, least_probability, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (tenant) DO UPDATE SET ambition = excluded.ambition, start_probability = excluded.start_probability, least_probability = excluded.least_probability,
              changed_by = excluded.changed_by, changed_at = excluded.changed_at
            """,
            [user.Tenant, (double)policy.Ambition, (double)policy.StartProbability, (double)policy.LeastProbability, user.Login, policy.ChangedAt!.Value.UtcDateTime], cancellationToken),
        cancellationToken);

    /// <summary>Sets what a month must come to, whole; a currency that is not named has no total any more.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who may set targets.</param>
    /// <param name="month">First day.</param>
    /// <param name="seen">When what the person saw was set, UTC; null where there was no total.</param>
    /// <param name="totals">What it must come to from now on.</param>
    /// <param name="cancellationToken">Stops before it is set.</param>
    /// <returns>When it was set, UTC; null when somebody was faster and nothing was set.</returns>
    /// <exception cref="NpgsqlException">The database cannot be reached; nothing was set.</exception>
    public async Task<DateTimeOffset?> SetCompanyAsync(
        HttpContext context, SessionUser user, DateOnly month, DateTimeOffset? seen, IReadOnlyList<Money> totals, CancellationToken cancellationToken)
    {
        var now = Now();
        var detail = new { Month = $"{month:yyyy-MM}", Targets = totals.Select(total => total.ToString()) };
        var isSet = await SetAsync(context, user, ("SELECT max(changed_at) FROM tenancy.company_target WHERE tenant = $1 AND month = $2", [user.Tenant, month]), seen, "company_target.set", detail.Month, detail, async connection =>
        {
            await ExecuteAsync(connection, "DELETE FROM tenancy.company_target WHERE tenant = $1 AND month = $2", [user.Tenant, month], cancellationToken);
            await ExecuteAsync(
                connection,
                "INSERT INTO tenancy.company_target (tenant, month, currency, amount, changed_by, changed_at) SELECT $1, $2, currency, amount, $5, $6 FROM unnest($3::text[], $4::bigint[]) AS new (currency, amount)",
                [user.Tenant, month, totals.Select(total => total.Currency).ToArray(), totals.Select(total => total.Micros).ToArray(), user.Login, now.UtcDateTime], cancellationToken);
        }, cancellationToken);
        return isSet ? now : null;
    }

    /// <summary>The moment, UTC, as exactly as the database keeps it: what stands is recognised by it.</summary>
    public DateTimeOffset Now()
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>What each day is asked for: days before a trading day as they were, the others their share of the rest by what is expected of them.</summary>
    public static long[] Shares(IReadOnlyList<(DateOnly Date, long Asked, double? Expected)> days, DateOnly today, long amount, string currency)
    {
        var left = amount - days.Where(day => day.Date < today).Sum(day => day.Asked);
        var open = days.Where(day => day.Date >= today).ToList();
        var isKnown = open.Exists(day => day.Expected > 0);
        var shares = Allocation.ByEstimate(left, [.. open.Select(day => isKnown ? day.Expected ?? 0 : day.Asked)], Money.MinorUnitMicros(currency));
        return [.. days.Where(day => day.Date < today).Select(day => day.Asked), .. shares];
    }

    private async Task<bool> SetAsync(
        HttpContext context, SessionUser user, (string Sql, object[] Of) setAt, DateTimeOffset? seen, string action, string id, object detail, Func<NpgsqlConnection, Task> set, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.TakeTurnAsync("target_policy", user.Tenant, cancellationToken);
        await using var stands = connection.Command(setAt.Sql, setAt.Of);
        if (await stands.ExecuteScalarAsync(cancellationToken) as DateTime? != seen?.UtcDateTime)
        {
            return false;
        }

        await set(connection);
        await RaiseAsync(connection, user.Tenant, cancellationToken);
        await audit.WriteAsync(connection, AuditEntry.Of(context, user, action, id, detail), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<(int Version, string State, string Currency, string Explanation)?> LatestAsync(
        NpgsqlConnection connection, string tenant, TargetRevision asked, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(Latest, tenant, asked.Store, asked.Month);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetString(3)) : null;
    }

    private static async Task<List<(DateOnly Date, long Asked, double? Expected)>> DaysAsync(
        NpgsqlConnection connection, string tenant, TargetRevision asked, int version, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(Days, tenant, asked.Store, asked.Month, version);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<(DateOnly, long, double?)>();
        while (await row.ReadAsync(cancellationToken))
        {
            days.Add((row.GetFieldValue<DateOnly>(0), row.GetInt64(1), row.IsDBNull(2) ? null : (double)row.GetDecimal(2)));
        }

        return days;
    }

    private static Task RaiseAsync(NpgsqlConnection connection, string tenant, CancellationToken cancellationToken) => ExecuteAsync(
        connection,
        """
        INSERT INTO mart.data_version AS current (tenant, version) VALUES ($1, 1)
        ON CONFLICT (tenant) DO UPDATE SET version = current.version + 1, changed_at = now()
        """,
        [tenant], cancellationToken);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
