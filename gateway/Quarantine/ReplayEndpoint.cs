using System.Globalization;
using System.Text.Json;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Problems;
using RetailInsight.Gateway.Resends;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>Preview, replay, undo, and the audit of all of them. Only operators' keys come in.</summary>
internal sealed class ReplayEndpoint([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, ReplayLedger ledger, OmissionRegister omissions, ReplaySignal signal, TimeProvider clock)
{
    private const int MostBody = 1 << 20;
    private const int MostEffects = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    private const string Columns = """
        r.id, r.kind, r.undoes, (SELECT u.id FROM gateway.replay u WHERE u.undoes = r.id), r.state, r.scope::text, r.requested_by, r.requested_at, r.finished_at,
          r.items, r.payloads, r.payloads_done, r.payloads_failed,
          (SELECT jsonb_object_agg(o.outcome, o.n) FROM (SELECT i.outcome, count(*) AS n FROM gateway.replay_item i WHERE i.replay_id = r.id AND i.outcome IS NOT NULL GROUP BY i.outcome) o)::text
        FROM gateway.replay r
        """;

    /// <summary><c>POST /v1/quarantine/previews</c> and <c>/replays</c>: 200 when done within ten seconds, else 202 and Location.</summary>
    public async Task<IResult> OpenAsync(string kind, HttpContext context)
    {
        var caller = Caller.Of(context);
        if (Refusal(caller) is { } refusal)
        {
            return refusal;
        }

        var scope = await ReadAsync(context);
        var id = await ledger.OpenAsync(caller.Tenant, kind, caller.Within(scope.Feed), scope, caller.Label, context.RequestAborted);
        return await FollowAsync(caller, id, context);
    }

    /// <summary><c>POST /v1/quarantine/replays/{id}/undo</c>: takes a replay back; a second time gives the first undo.</summary>
    public async Task<IResult> UndoAsync(long id, HttpContext context)
    {
        var caller = Caller.Of(context);
        if (Refusal(caller) is { } refusal)
        {
            return refusal;
        }

        if (await FindAsync(caller, id, context.RequestAborted) is not { } found)
        {
            return Unknown();
        }

        if (found is { Kind: "withdrawal", State: "done" })
        {
            return await FollowAsync(caller, await omissions.OpenUndoAsync(caller, id, context.RequestAborted), context);
        }

        if (found.Kind is not ("replay" or "release") || found.State != "done")
        {
            return Problem.Of(StatusCodes.Status409Conflict, "undo_impossible", "Nothing to undo", "Only a replay, release or withdrawal that is done can be undone; an undo is undone by another replay.");
        }

        if (await BringsRegistersAsync(caller, id, context.RequestAborted))
        {
            return Problem.Of(
                StatusCodes.Status409Conflict, "undo_of_master", "A register master is not undone", "The replay brought in register assignments. Push a corrected master; sales that came by it keep their stores.");
        }

        return await FollowAsync(caller, await ledger.OpenUndoAsync(caller.Tenant, id, caller.Feeds, caller.Label, context.RequestAborted), context);
    }

    /// <summary><c>GET /v1/quarantine/replays/{id}</c>.</summary>
    public async Task<IResult> GetAsync(long id, HttpContext context) =>
        await FindAsync(Caller.Of(context), id, context.RequestAborted) is { } found ? TypedResults.Json(found, GatewayJson.Plain.ReplayView) : Unknown();

    /// <summary><c>GET /v1/quarantine/replays</c>: the audit, newest first.</summary>
    public async Task<IResult> ListAsync(string? cursor, int? limit, HttpContext context)
    {
        var caller = Caller.Of(context);
        var size = Page.Limit(limit);
        await using var command = database.CreateCommand($"SELECT {Columns} WHERE r.tenant = $1 AND r.feeds <@ $2 AND r.id < $3 ORDER BY r.id DESC LIMIT $4");
        command.Parameters.Add(new() { Value = caller.Tenant });
        command.Parameters.Add(new() { Value = caller.Feeds });
        command.Parameters.Add(new() { Value = Page.After(cursor)?.Sort ?? long.MaxValue });
        command.Parameters.Add(new() { Value = size + 1 });
        var items = new List<ReplayView>();
        await using var reader = await command.ExecuteReaderAsync(context.RequestAborted);
        while (await reader.ReadAsync(context.RequestAborted))
        {
            items.Add(Read(reader));
        }

        var more = items.Count > size;
        return TypedResults.Json(new ReplayPage([.. items.Take(size)], more ? Page.Cursor(items[size - 1].Id) : null), GatewayJson.Plain.ReplayPage);
    }

    private static Problem? Refusal(Caller caller) => caller.IsOperator
        ? null
        : Problem.Of(StatusCodes.Status403Forbidden, "operator_only", "The key is no operator's", "Previews, replays and undos ask for a key of an operator. Nothing was changed.");

    private static Problem Unknown() => Problem.Of(StatusCodes.Status404NotFound, "replay_unknown", "Unknown replay", "There is no preview, replay, release or undo of that number.");

    private static async Task<ReplayScope> ReadAsync(HttpContext context)
    {
        var scope = await JsonBody.ReadAsync(
            context,
            GatewayJson.Default.ReplayScope,
            MostBody,
            "The scope is longer than 1 MiB; state a cause or a payload instead of items.",
            "scope",
            "items, reason, field, receipt_id, feed, store, store_as_sent, from and to");
        return scope.Mistake() is { } mistake ? throw new BadHttpRequestException(mistake) : scope;
    }

    /// <summary>Waits for a replay to be done, ten seconds at most: 200, or 202 and Location.</summary>
    public async Task<IResult> FollowAsync(Caller caller, long id, HttpContext context)
    {
        signal.Set();
        var until = clock.GetUtcNow() + Patience;
        while (true)
        {
            var found = (await FindAsync(caller, id, context.RequestAborted))!;
            if (found.State == "done" || clock.GetUtcNow() >= until)
            {
                context.Response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"/v1/quarantine/replays/{id}");
                return TypedResults.Json(found, GatewayJson.Plain.ReplayView, statusCode: found.State == "done" ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
            }

            await Task.Delay(Look, clock, context.RequestAborted);
        }
    }

    private async Task<bool> BringsRegistersAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "SELECT EXISTS (SELECT 1 FROM gateway.replay_item s JOIN gateway.pos_assignment a ON a.tenant = s.tenant AND a.ingestion_id = s.ingestion_id WHERE s.tenant = $1 AND s.replay_id = $2)");
        command.Parameters.Add(new() { Value = caller.Tenant });
        command.Parameters.Add(new() { Value = id });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<ReplayView?> FindAsync(Caller caller, long id, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new($"SELECT {Columns} WHERE r.tenant = $1 AND r.feeds <@ $2 AND r.id = $3")
        {
            Parameters = { new() { Value = caller.Tenant }, new() { Value = caller.Feeds }, new() { Value = id } },
        });
        batch.BatchCommands.Add(new(
            """
            SELECT e.effect, e.store, e.business_date, e.currency, e.reason, e.field, sum(e.receipts)::bigint, sum(e.rows)::bigint,
              trim_scale(sum(e.net) / 1000000)::text, trim_scale(sum(e.tax) / 1000000)::text, trim_scale(sum(e.gross) / 1000000)::text
            FROM gateway.replay_effect e WHERE e.tenant = $1 AND e.replay_id = $2
            GROUP BY e.effect, e.store, e.business_date, e.currency, e.reason, e.field ORDER BY e.effect, e.store, e.business_date, e.currency, e.reason, e.field LIMIT $3
            """)
        {
            Parameters = { new() { Value = caller.Tenant }, new() { Value = id }, new() { Value = MostEffects + 1 } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var view = Read(reader);
        await reader.NextResultAsync(cancellationToken);
        var effects = new List<ReplayEffect>();
        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        while (await reader.ReadAsync(cancellationToken))
        {
            effects.Add(new ReplayEffect(
                reader.GetString(0),
                Text(1),
                reader.IsDBNull(2) ? null : reader.GetFieldValue<DateOnly>(2),
                Text(3),
                Text(4),
                Text(5),
                reader.GetInt64(6),
                reader.GetInt64(7),
                reader.GetString(8),
                reader.GetString(9),
                reader.GetString(10)));
        }

        return view with { Effects = [.. effects.Take(MostEffects)], EffectsTruncated = effects.Count > MostEffects };
    }

    private static ReplayView Read(NpgsqlDataReader reader)
    {
        using var scope = JsonDocument.Parse(reader.GetString(5));
        return new ReplayView
        {
            Id = reader.GetInt64(0),
            Kind = reader.GetString(1),
            Undoes = reader.IsDBNull(2) ? null : reader.GetInt64(2),
            UndoneBy = reader.IsDBNull(3) ? null : reader.GetInt64(3),
            State = reader.GetString(4),
            Scope = scope.RootElement.Clone(),
            RequestedBy = reader.GetString(6),
            RequestedAt = reader.GetFieldValue<DateTimeOffset>(7),
            FinishedAt = reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8),
            Items = reader.GetInt32(9),
            Payloads = reader.GetInt32(10),
            PayloadsDone = reader.GetInt32(11),
            PayloadsFailed = reader.GetInt32(12),
            Outcomes = reader.IsDBNull(13) ? new Dictionary<string, int>() : JsonSerializer.Deserialize(reader.GetString(13), GatewayJson.Plain.DictionaryStringInt32)!,
            Effects = [],
            EffectsTruncated = false,
        };
    }
}
