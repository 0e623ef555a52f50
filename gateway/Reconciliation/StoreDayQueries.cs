using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>What of the ledger a caller asks for.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Feeds">The feeds the caller sees.</param>
/// <param name="Stores">The stores the caller sees; null for every store.</param>
/// <param name="Store">One store.</param>
/// <param name="From">First business date.</param>
/// <param name="To">Last business date.</param>
internal sealed record StoreDayScope(string Tenant, string[] Feeds, string[]? Stores, string? Store, DateOnly From, DateOnly To);

/// <summary>Reads the ledger by store-day.</summary>
internal sealed class StoreDayQueries([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const int MostPayloads = 1_000;
    private const string Seen = "r.tenant = $1 AND r.feed = ANY($2) AND ($3::text[] IS NULL OR r.store = ANY($3)) AND ($4::text IS NULL OR r.store = $4)";

    /// <summary>Store-days, newest first and by store, behind a place.</summary>
    public async Task<List<(string Store, DateOnly Date)>> DaysAsync(StoreDayScope scope, (DateOnly Date, string Store)? after, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT DISTINCT r.business_date, r.store FROM ({LedgerSql.Rows}) r
            WHERE {Seen} AND r.business_date BETWEEN $5 AND $6 AND r.store IS NOT NULL AND ($7::date IS NULL OR r.business_date < $7 OR (r.business_date = $7 AND r.store > $8))
            ORDER BY r.business_date DESC, r.store LIMIT $9
            """);
        Add(command.Parameters, scope);
        command.Parameters.Add(new() { Value = (object?)after?.Date ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = after?.Store ?? "" });
        command.Parameters.Add(new() { Value = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var days = new List<(string Store, DateOnly Date)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            days.Add((reader.GetString(1), reader.GetFieldValue<DateOnly>(0)));
        }

        return days;
    }

    /// <summary>The feeds of store-days: rows, what counts, money at risk.</summary>
    public async Task<Dictionary<(string Store, DateOnly Date), List<StoreDayFeed>>> FeedsAsync(
        StoreDayScope scope, IReadOnlyList<(string Store, DateOnly Date)> days, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(OfDays(
            $"SELECT r.store, r.business_date, r.feed, count(DISTINCT r.ingestion_id), {LedgerSql.Columns} FROM ({LedgerSql.Rows}) r JOIN unnest($3::text[], $4::date[]) AS d(store, business_date) ON r.store = d.store AND r.business_date = d.business_date WHERE r.tenant = $1 AND r.feed = ANY($2) GROUP BY 1, 2, 3 ORDER BY 3",
            scope,
            days));
        batch.BatchCommands.Add(OfDays(
            $"""
            WITH counted AS MATERIALIZED (
              SELECT e.store, e.business_date, e.feed, e.currency, e.net, e.tax, e.gross, e.detail
              FROM unnest($3::text[], $4::date[]) AS d(store, business_date) JOIN gateway.identity e ON e.kind IS NOT NULL AND e.tenant = $1 AND e.store = d.store AND e.business_date = d.business_date
              WHERE e.feed = ANY($2) AND {LedgerSql.Counts("e")})
            SELECT c.store, c.business_date, c.feed, c.currency, NULL::int, count(*), sum(c.net), sum(c.tax), sum(c.gross) FROM counted c GROUP BY 1, 2, 3, 4
            UNION ALL
            SELECT c.store, c.business_date, c.feed, c.currency, (t.value ->> 0)::int, count(*), sum((t.value ->> 1)::bigint), sum((t.value ->> 2)::bigint), sum((t.value ->> 3)::bigint)
            FROM counted c CROSS JOIN LATERAL jsonb_array_elements(c.detail::jsonb -> 't') AS t(value) GROUP BY 1, 2, 3, 4, 5
            ORDER BY 4, 5 NULLS FIRST
            """,
            scope,
            days));
        batch.BatchCommands.Add(OfDays(
            $"SELECT r.store, r.business_date, r.feed, r.currency, sum(r.at_risk) FROM ({LedgerSql.Rows}) r JOIN unnest($3::text[], $4::date[]) AS d(store, business_date) ON r.store = d.store AND r.business_date = d.business_date WHERE r.tenant = $1 AND r.feed = ANY($2) AND r.at_risk IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 4",
            scope,
            days));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadFeedsAsync(reader, cancellationToken);
    }

    /// <summary>Rows that are of no store-day.</summary>
    public async Task<List<StoreDayFeed>> UnassignedAsync(StoreDayScope scope, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT r.feed, count(DISTINCT r.ingestion_id), {LedgerSql.Columns} FROM ({LedgerSql.Rows}) r
            WHERE {Seen} AND (r.business_date IS NULL OR r.store IS NULL) GROUP BY 1 ORDER BY 1
            """);
        Add(command.Parameters, scope);
        command.Parameters.RemoveAt(5);
        command.Parameters.RemoveAt(4);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var feeds = new List<StoreDayFeed>();
        while (await reader.ReadAsync(cancellationToken))
        {
            feeds.Add(new StoreDayFeed(reader.GetString(0), reader.GetInt64(1), RowsAt(reader, 2), [], []));
        }

        return feeds;
    }

    /// <summary>The payloads of a store-day, oldest first; one more than are shown where there are more.</summary>
    public async Task<(List<StoreDayPayload> Payloads, bool Truncated)> PayloadsAsync(StoreDayScope scope, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            SELECT i.id, i.feed, i.file_name, i.received_at, {LedgerSql.Columns} FROM ({LedgerSql.Rows}) r JOIN gateway.ingestion i ON i.id = r.ingestion_id AND i.tenant = r.tenant
            WHERE {Seen} AND r.business_date BETWEEN $5 AND $6 GROUP BY i.id ORDER BY i.received_at, i.id LIMIT {MostPayloads + 1}
            """);
        Add(command.Parameters, scope);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var payloads = new List<StoreDayPayload>();
        while (await reader.ReadAsync(cancellationToken))
        {
            payloads.Add(new StoreDayPayload(
                Id128.FromGuid(reader.GetGuid(0)).ToString(), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3), RowsAt(reader, 4)));
        }

        return ([.. payloads.Take(MostPayloads)], payloads.Count > MostPayloads);
    }

    /// <summary>An amount of micros as it stands in answers.</summary>
    public static string Text(decimal micros) => (micros / Money.MicrosPerUnit).ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>A rate of basis points as a fraction.</summary>
    public static string Rate(int basisPoints) => (basisPoints / 10_000m).ToString("0.####", CultureInfo.InvariantCulture);

    private static async Task<Dictionary<(string Store, DateOnly Date), List<StoreDayFeed>>> ReadFeedsAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(string Store, DateOnly Date), List<StoreDayFeed>>();
        StoreDayFeed? Change(Func<StoreDayFeed, StoreDayFeed> change)
        {
            var feeds = found.GetValueOrDefault((reader.GetString(0), reader.GetFieldValue<DateOnly>(1)));
            var at = feeds?.FindIndex(feed => feed.Feed == reader.GetString(2)) ?? -1;
            return at < 0 ? null : feeds![at] = change(feeds[at]);
        }

        while (await reader.ReadAsync(cancellationToken))
        {
            var key = (reader.GetString(0), reader.GetFieldValue<DateOnly>(1));
            if (!found.TryGetValue(key, out var feeds))
            {
                found.Add(key, feeds = []);
            }

            feeds.Add(new StoreDayFeed(reader.GetString(2), reader.GetInt64(3), RowsAt(reader, 4), [], []));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var currency = reader.GetString(3);
            var (net, tax, gross) = (Text(reader.GetDecimal(6)), Text(reader.GetDecimal(7)), Text(reader.GetDecimal(8)));
            Change(feed => reader.IsDBNull(4)
                ? feed with { Totals = [.. feed.Totals, new StoreDayTotal(currency, reader.GetInt64(5), net, tax, gross, [])] }
                : feed with
                {
                    Totals = [.. feed.Totals.Select(total => total.Currency == currency
                        ? total with { Taxes = [.. total.Taxes, new StoreDayTax(Rate(reader.GetInt32(4)), net, tax, gross)] }
                        : total)],
                });
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            Change(feed => feed with { MoneyAtRisk = [.. feed.MoneyAtRisk, new MoneyAtRisk(reader.IsDBNull(3) ? "" : reader.GetString(3), Text(reader.GetDecimal(4)))] });
        }

        return found;
    }

    private static RowColumns RowsAt(NpgsqlDataReader reader, int column) => new(
        reader.GetInt64(column),
        reader.GetInt64(column + 1),
        reader.GetInt64(column + 2),
        reader.GetInt64(column + 3),
        reader.GetInt64(column + 4),
        reader.GetInt64(column + 5),
        reader.GetInt64(column + 6),
        reader.GetInt64(column + 7),
        reader.GetInt64(column + 8));

    private static void Add(NpgsqlParameterCollection parameters, StoreDayScope scope)
    {
        parameters.Add(new() { Value = scope.Tenant });
        parameters.Add(new() { Value = scope.Feeds });
        parameters.Add(new() { Value = (object?)scope.Stores ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        parameters.Add(new() { Value = (object?)scope.Store ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        parameters.Add(new() { Value = scope.From });
        parameters.Add(new() { Value = scope.To });
    }

    private static NpgsqlBatchCommand OfDays(string sql, StoreDayScope scope, IReadOnlyList<(string Store, DateOnly Date)> days) => new(sql)
    {
        Parameters =
        {
            new() { Value = scope.Tenant },
            new() { Value = scope.Feeds },
            new() { Value = days.Select(day => day.Store).ToArray() },
            new() { Value = days.Select(day => day.Date).ToArray() },
        },
    };
}
