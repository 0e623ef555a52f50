using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Dags.Engine.Backfills;

/// <summary>Plans backfills: says which days they would compute and what that costs, and makes exactly these or says what has changed.</summary>
public sealed class BackfillPlans
{
    /// <summary>The most days a backfill may have.</summary>
    public const int MostDays = 100_000;

    /// <summary>The most runs it may have under way at once.</summary>
    public const int MostActiveRuns = 16;

    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(30);

    // Which data the assets of the DAG are made of in the end.
    private const string Sources = """
        RECURSIVE up AS (
          SELECT a.asset, a.grain, i.upstream FROM dags.asset a JOIN dags.asset_input i USING (asset) WHERE a.dag_id = @DagId
          UNION
          SELECT up.asset, up.grain, i.upstream FROM up JOIN dags.asset_input i ON i.asset = up.upstream),
        source AS (
          SELECT DISTINCT up.asset, up.grain, p.business_date, CASE WHEN up.grain = 'day' THEN '' ELSE p.store END AS store
          FROM up JOIN dags.asset s ON s.asset = up.upstream AND s.dag_id IS NULL
          JOIN dags.asset_partition p ON p.tenant = @Tenant AND p.asset = up.upstream AND p.business_date BETWEEN @From AND @To
          WHERE @stores::text[] IS NULL OR p.store = ANY(@stores))
        """;

    private readonly NpgsqlDataSource _database;
    private readonly DagCatalogue _catalogue;
    private readonly EngineSignals _signals;

    internal BackfillPlans(NpgsqlDataSource database, DagCatalogue catalogue, EngineSignals signals) => (_database, _catalogue, _signals) = (database, catalogue, signals);

    /// <summary>Makes a plan.</summary>
    /// <param name="request">What to compute again.</param>
    /// <param name="actor">Who plans it.</param>
    /// <param name="alongside">What belongs into the same transaction; null for nothing.</param>
    /// <param name="cancellationToken">Nothing is planned.</param>
    /// <exception cref="ArgumentException">There is no such DAG, its runs do not work on days, or the span or the number of runs cannot be.</exception>
    public async Task<BackfillPlan> PlanAsync(BackfillRequest request, string actor, Alongside<BackfillPlan>? alongside, CancellationToken cancellationToken)
    {
        var dag = _catalogue.Dags.FirstOrDefault(one => one.Id == request.DagId) ?? throw new ArgumentException($"There is no DAG '{request.DagId}'.");
        if (!dag.Tasks.Any(task => task.Produces is not null))
        {
            throw new ArgumentException($"{dag.Id} does not work on trading days: there is nothing to fill.");
        }

        if (request.To < request.From || request.To.DayNumber - request.From.DayNumber >= MostDays)
        {
            throw new ArgumentException($"From {request.From:yyyy-MM-dd} to {request.To:yyyy-MM-dd} must be 1 to {MostDays} days.");
        }

        if (request.MaxActiveRuns is < 1 or > MostActiveRuns)
        {
            throw new ArgumentException($"{request.MaxActiveRuns} runs at once cannot be: 1 to {MostActiveRuns}.");
        }

        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (alongside is not null)
        {
            await alongside.Before(connection, cancellationToken);
        }

        var days = await DaysAsync(connection, transaction, request, cancellationToken);
        var estimate = await EstimateAsync(connection, transaction, dag, request, days, cancellationToken);
        var (plan, expires) = await connection.QuerySingleAsync<(long, DateTime)>(new CommandDefinition(
            """
            INSERT INTO dags.plan (kind, tenant, selection, state_hash, touched, estimate, actor, expires_at)
            VALUES ('backfill', @Tenant, @selection::jsonb, @hash, @touched::jsonb, @estimate::jsonb, @actor, now() + @Validity) RETURNING plan_id, expires_at
            """,
            new
            {
                request.Tenant,
                selection = JsonSerializer.Serialize(request),
                hash = HashOf(days),
                touched = JsonSerializer.Serialize(days),
                estimate = JsonSerializer.Serialize(estimate),
                actor,
                Validity,
            },
            transaction,
            cancellationToken: cancellationToken));
        var made = new BackfillPlan(plan, request, days, estimate, new DateTimeOffset(expires, TimeSpan.Zero));
        if (alongside is not null)
        {
            await alongside.After(connection, made, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return made;
    }

    /// <summary>How many days each selector would choose at this moment.</summary>
    /// <param name="request">Of which days; its own selector does not matter.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<IReadOnlyDictionary<BackfillSelector, int>> CountAsync(BackfillRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var counts = new Dictionary<BackfillSelector, int>();
        foreach (var selector in Enum.GetValues<BackfillSelector>())
        {
            counts[selector] = (await DaysAsync(connection, transaction, request with { Selector = selector }, cancellationToken)).Count;
        }

        return counts;
    }

    /// <summary>A plan that was made.</summary>
    /// <param name="plan">The plan's number.</param>
    /// <param name="tenant">Whose it has to be; null for anybody's.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Null where there is no such plan of a backfill, or it is another tenant's.</returns>
    public async Task<KeptBackfillPlan?> FindAsync(long plan, string? tenant, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<KeptRow>(new CommandDefinition(
            """
            SELECT selection::text AS Selection, touched::text AS Touched, estimate::text AS Estimate, applied_at IS NOT NULL AS Applied, expires_at AS ExpiresAt, expires_at < now() AS Expired
            FROM dags.plan WHERE plan_id = @plan AND kind = 'backfill' AND (@tenant::text IS NULL OR tenant = @tenant)
            """,
            new { plan, tenant },
            cancellationToken: cancellationToken));
        return row is null ? null : new KeptBackfillPlan(
            new BackfillPlan(
                plan, JsonSerializer.Deserialize<BackfillRequest>(row.Selection)!, JsonSerializer.Deserialize<List<BackfillDay>>(row.Touched)!,
                JsonSerializer.Deserialize<BackfillEstimate>(row.Estimate)!, new DateTimeOffset(row.ExpiresAt, TimeSpan.Zero)),
            row.Applied, row.Expired);
    }

    /// <summary>Whether there is such a plan of a backfill, of this tenant or of any.</summary>
    public async Task<bool> HasAsync(long plan, string? tenant, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM dags.plan WHERE plan_id = @plan AND kind = 'backfill' AND (@tenant::text IS NULL OR tenant = @tenant))",
            new { plan, tenant },
            cancellationToken: cancellationToken));
    }

    /// <summary>Makes the backfill a plan describes, if the same days would be chosen now.</summary>
    /// <param name="plan">The plan's number.</param>
    /// <param name="tenant">Who may: people of this tenant; null for all.</param>
    /// <param name="actor">Who applies it.</param>
    /// <param name="reason">Why; shown with every run.</param>
    /// <param name="alongside">What belongs into the same transaction; null for nothing.</param>
    /// <param name="cancellationToken">Stops before anything is done.</param>
    public async Task<BackfillResult> ApplyAsync(long plan, string? tenant, string actor, string reason, Alongside<long>? alongside, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (alongside is not null)
        {
            await alongside.Before(connection, cancellationToken);
        }

        var row = await connection.QuerySingleOrDefaultAsync<PlanRow>(new CommandDefinition(
            """
            SELECT selection::text AS Selection, state_hash AS Hash, touched::text AS Touched, applied_at IS NOT NULL AS Applied, expires_at < now() AS Expired
            FROM dags.plan WHERE plan_id = @plan AND kind = 'backfill' AND (@tenant::text IS NULL OR tenant = @tenant) FOR NO KEY UPDATE
            """,
            new { plan, tenant },
            transaction,
            cancellationToken: cancellationToken));
        if (row is null || row.Applied || row.Expired)
        {
            return new BackfillResult(null, row is null ? "There is no such plan." : row.Applied ? "The plan was applied already." : "The plan has expired; make a new one.", []);
        }

        var request = JsonSerializer.Deserialize<BackfillRequest>(row.Selection)!;
        var days = await DaysAsync(connection, transaction, request, cancellationToken);
        if (HashOf(days) != row.Hash)
        {
            return new BackfillResult(null, "The days stand otherwise than when the plan was made.", Differences(JsonSerializer.Deserialize<List<BackfillDay>>(row.Touched)!, days));
        }

        if (days.Count == 0)
        {
            return new BackfillResult(null, "The plan touches nothing.", []);
        }

        var backfill = await connection.QuerySingleAsync<long>(new CommandDefinition(
            """
            UPDATE dags.plan SET applied_at = now() WHERE plan_id = @plan;
            WITH made AS (
              INSERT INTO dags.backfill (tenant, dag_id, first_date, last_date, selector, ordering, max_active_runs, state, actor, reason)
              VALUES (@Tenant, @DagId, @From, @To, @selector, @ordering, @most, 'running', @actor, @reason) RETURNING backfill_id),
            slots AS (
              INSERT INTO dags.backfill_slot (backfill_id, tenant, position, partition_key, conf)
              SELECT made.backfill_id, @Tenant, s.position, s.key, s.conf::jsonb FROM made, unnest(@keys, @confs) WITH ORDINALITY AS s(key, conf, position)),
            entry AS (
              INSERT INTO dags.action (actor, kind, tenant, dag_id, plan_id, reason, after)
              SELECT @actor, 'backfill', @Tenant, @DagId, @plan, @reason,
                jsonb_build_object('backfill', made.backfill_id, 'from', @From, 'to', @To, 'selector', @selector, 'days', cardinality(@keys)) FROM made)
            SELECT backfill_id FROM made;
            """,
            new
            {
                plan,
                request.Tenant,
                request.DagId,
                request.From,
                request.To,
                selector = Snake(request.Selector.ToString()),
                ordering = Snake(request.Order.ToString()),
                most = request.Order == BackfillOrder.Sequential ? 1 : request.MaxActiveRuns,
                actor,
                reason,
                keys = days.Select(day => new DayPartition(request.Tenant, day.BusinessDate).ToString()).ToArray(),
                confs = days.Select(day => day.Stores is { } stores ? JsonSerializer.Serialize(new { stores }) : "{}").ToArray(),
            },
            transaction,
            cancellationToken: cancellationToken));
        if (alongside is not null)
        {
            await alongside.After(connection, backfill, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        _signals.RingAll();
        return new BackfillResult(backfill, "", []);
    }

    private static async Task<List<BackfillDay>> DaysAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, BackfillRequest request, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(DateOnly BusinessDate, string[]? Stores)>(new CommandDefinition(
            request.Selector switch
            {
                BackfillSelector.All => $"WITH {Sources} SELECT business_date, @stores::text[] FROM source GROUP BY 1",
                BackfillSelector.Missing => $"""
                    WITH {Sources}
                    SELECT s.business_date, array_agg(DISTINCT s.store ORDER BY s.store) FILTER (WHERE s.store <> '') FROM source s
                    WHERE NOT EXISTS (SELECT FROM dags.asset_partition p WHERE p.tenant = @Tenant AND p.asset = s.asset AND p.business_date = s.business_date AND p.store = s.store)
                    GROUP BY 1
                    """,
                BackfillSelector.Stale => """
                    SELECT p.business_date, array_agg(DISTINCT p.store ORDER BY p.store) FILTER (WHERE p.store <> '') FROM dags.asset_partition p JOIN dags.asset a USING (asset)
                    WHERE a.dag_id = @DagId AND p.tenant = @Tenant AND p.business_date BETWEEN @From AND @To AND p.stale_since IS NOT NULL
                      AND (@stores::text[] IS NULL OR p.store = '' OR p.store = ANY(@stores))
                    GROUP BY 1
                    """,
                _ => """
                    SELECT right(partition_key, 10)::date, CASE WHEN conf ? 'stores' THEN ARRAY(
                      SELECT s FROM jsonb_array_elements_text(conf -> 'stores') s WHERE @stores::text[] IS NULL OR s = ANY(@stores) ORDER BY s) ELSE @stores::text[] END
                    FROM (
                      SELECT DISTINCT ON (partition_key) partition_key, state, conf FROM dags.dag_run
                      WHERE dag_id = @DagId AND tenant = @Tenant AND partition_key BETWEEN @first AND @last ORDER BY partition_key, run_id DESC) latest
                    WHERE state IN ('failed', 'canceled')
                    """,
            },
            new
            {
                request.Tenant,
                request.DagId,
                request.From,
                request.To,
                stores = request.Stores?.ToArray(),
                first = new DayPartition(request.Tenant, request.From).ToString(),
                last = new DayPartition(request.Tenant, request.To).ToString(),
            },
            transaction,
            cancellationToken: cancellationToken));

        // A day of which only what stands for all stores together is concerned is computed without touching a store.
        var partly = request.Selector is BackfillSelector.Missing or BackfillSelector.Stale;
        var days = rows.Select(row => new BackfillDay(row.BusinessDate, row.Stores ?? (partly ? [] : null)));
        return [.. request.Order == BackfillOrder.NewestFirst ? days.OrderByDescending(day => day.BusinessDate) : days.OrderBy(day => day.BusinessDate)];
    }

    private static async Task<BackfillEstimate> EstimateAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Dag dag, BackfillRequest request, List<BackfillDay> days, CancellationToken cancellationToken)
    {
        var (half, most, waiting) = await connection.QuerySingleAsync<(double? Half, double? Most, long Waiting)>(new CommandDefinition(
            """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds),
              (SELECT count(*) FROM dags.dag_run WHERE dag_id = @DagId AND tenant = @Tenant AND state = 'queued')
            FROM (
              SELECT extract(epoch FROM ended_at - started_at)::float8 AS seconds FROM dags.dag_run
              WHERE dag_id = @DagId AND tenant = @Tenant AND state = 'success' ORDER BY run_id DESC LIMIT 200) latest
            """,
            new { request.DagId, request.Tenant },
            transaction,
            cancellationToken: cancellationToken));
        var (rows, bytes) = dag.Volume is { } volume
            ? await volume(connection, transaction, request.Tenant, [.. days.Select(day => day.BusinessDate)], cancellationToken) : ((long?)null, (long?)null);
        var lanes = request.Order == BackfillOrder.Sequential ? 1 : request.MaxActiveRuns;
        TimeSpan? Over(double? seconds) => seconds is { } one ? TimeSpan.FromSeconds(one * ((days.Count + lanes - 1) / lanes)) : null;
        return new BackfillEstimate(days.Count, (long)days.Count * dag.Tasks.Count, Over(half), Over(most), rows, bytes, waiting);
    }

    private static string HashOf(List<BackfillDay> days) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(days))));

    private static List<string> Differences(List<BackfillDay> planned, List<BackfillDay> now)
    {
        static string Text(BackfillDay? day) => day is null ? "not concerned" : day.Stores is null ? "all stores" : day.Stores.Count == 0 ? "the day as a whole" : string.Join(", ", day.Stores);
        var was = planned.ToDictionary(day => day.BusinessDate);
        var stands = now.ToDictionary(day => day.BusinessDate);
        return [.. was.Keys.Union(stands.Keys).Order()
            .Select(date => (Date: date, Was: Text(was.GetValueOrDefault(date)), Is: Text(stands.GetValueOrDefault(date)))).Where(day => day.Was != day.Is)
            .Select(day => string.Create(CultureInfo.InvariantCulture, $"{day.Date:yyyy-MM-dd} was {day.Was}, is {day.Is}."))];
    }

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private sealed record KeptRow(string Selection, string Touched, string Estimate, bool Applied, DateTime ExpiresAt, bool Expired);

    private sealed record PlanRow(string Selection, string Hash, string Touched, bool Applied, bool Expired);
}
