using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml.Targets;

namespace RetailInsight.Ml.Outlook;

/// <summary>A version of a store's target that is to be kept.</summary>
internal sealed record PlannedTarget(string Store, DateOnly Month, TargetVersion Version);

/// <summary>What stands for a month, and what the company asks of all stores.</summary>
/// <param name="Stores">Store → its plan.</param>
/// <param name="Policy">How much is asked.</param>
/// <param name="Totals">Currency → what the stores must come to, where head office said so.</param>
internal sealed record MonthPlans(IReadOnlyDictionary<string, TargetPlan> Stores, TargetPolicy Policy, IReadOnlyDictionary<string, Money> Totals);

/// <summary>Keeps the versions of month targets. None is ever changed.</summary>
internal sealed class TargetPlans([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database)
{
    private const string NetSales = "net_sales";

    private const string SelectDays = "SELECT store, version, business_date, amount FROM mart.month_target_day WHERE tenant = $1 AND month = $2 ORDER BY store, version, business_date";

    private const string SelectVersions = """
        SELECT store, version, state, amount, currency, explanation::text, reason, decided_by, decided_at
        FROM mart.month_target WHERE tenant = $1 AND month = $2 ORDER BY store, version
        """;

    private const string SelectPolicy = "SELECT ambition, start_probability, least_probability FROM tenancy.target_policy WHERE tenant = $1 AND $2 IS NOT NULL";

    private const string SelectTotals = "SELECT currency, amount FROM tenancy.company_target WHERE tenant = $1 AND month = $2";

    // Who revised a target meanwhile was first: the version of the night gives way.
    private const string InsertVersions = """
        INSERT INTO mart.month_target (tenant, store, month, version, state, amount, currency, explanation, reason, decided_by, decided_at)
        SELECT $1, store, month, version, state, amount, currency, explanation, reason, decided_by, decided_at
        FROM unnest($2::text[], $3::date[], $4::int[], $5::text[], $6::bigint[], $7::text[], $8::jsonb[], $9::text[], $10::text[], $11::timestamptz[])
          AS new (store, month, version, state, amount, currency, explanation, reason, decided_by, decided_at)
        ON CONFLICT DO NOTHING RETURNING store, month, version
        """;

    private const string InsertDays = """
        INSERT INTO mart.month_target_day (tenant, store, month, version, business_date, amount)
        SELECT $1, store, month, version, business_date, amount
        FROM unnest($2::text[], $3::date[], $4::int[], $5::date[], $6::bigint[]) AS new (store, month, version, business_date, amount)
        """;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new MicrosConverter() },
    };

    /// <summary>What stands for a month.</summary>
    /// <param name="tenant">Tenant id.</param>
    /// <param name="month">Its first day.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async Task<MonthPlans> ReadAsync(string tenant, DateOnly month, CancellationToken cancellationToken)
    {
        var days = (await ListAsync(SelectDays, row => (Key: (row.GetString(0), row.GetInt32(1)), Day: row.GetFieldValue<DateOnly>(2), Micros: row.GetInt64(3)), tenant, month, cancellationToken)).ToLookup(row => row.Key);
        var versions = await ListAsync(
            SelectVersions,
            row => (Store: row.GetString(0), Version: new TargetVersion(
                row.GetInt32(1), Enum.Parse<TargetState>(row.GetString(2), ignoreCase: true), new Money(row.GetInt64(3), row.GetString(4)),
                [.. days[(row.GetString(0), row.GetInt32(1))].Select(day => new DayTarget(day.Day, new Money(day.Micros, row.GetString(4))))],
                JsonSerializer.Deserialize<TargetExplanation>(row.GetString(5), Json)!, row.IsDBNull(6) ? null : row.GetString(6),
                new Decision(row.GetString(7), row.GetFieldValue<DateTimeOffset>(8)))),
            tenant, month, cancellationToken);
        var policy = await ListAsync(SelectPolicy, row => new TargetPolicy(row.GetDouble(0), row.GetDouble(1), row.GetDouble(2)), tenant, month, cancellationToken);
        var totals = await ListAsync(SelectTotals, row => new Money(row.GetInt64(1), row.GetString(0)), tenant, month, cancellationToken);
        return new MonthPlans(
            versions.GroupBy(one => one.Store, StringComparer.Ordinal).ToDictionary(one => one.Key, one => TargetPlan.Restore(one.Key, month, NetSales, [.. one.Select(version => version.Version)]), StringComparer.Ordinal),
            policy.FirstOrDefault() ?? TargetPolicy.Default,
            totals.ToDictionary(total => total.Currency, StringComparer.Ordinal));
    }

    /// <summary>Adds versions inside the caller's transaction; one that is there already stays as it is.</summary>
    /// <returns>How many were added.</returns>
    public static async Task<int> AddAsync(string tenant, IReadOnlyList<PlannedTarget> targets, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var added = new HashSet<(string, DateOnly, int)>();
        await using (var versions = new NpgsqlCommand(InsertVersions, connection, transaction))
        {
            With(versions, tenant,
                targets.Select(target => target.Store).ToArray(), targets.Select(target => target.Month).ToArray(), targets.Select(target => target.Version.Number).ToArray(),
                targets.Select(target => JsonNamingPolicy.SnakeCaseLower.ConvertName(target.Version.State.ToString())).ToArray(), targets.Select(target => target.Version.Amount.Micros).ToArray(),
                targets.Select(target => target.Version.Amount.Currency).ToArray(), targets.Select(target => JsonSerializer.Serialize(target.Version.Explanation, Json)).ToArray(),
                targets.Select(target => target.Version.Reason).ToArray(), targets.Select(target => target.Version.Decided.By).ToArray(),
                targets.Select(target => target.Version.Decided.At.UtcDateTime).ToArray());
            await using var row = await versions.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                added.Add((row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetInt32(2)));
            }
        }

        var days = targets.Where(target => added.Contains((target.Store, target.Month, target.Version.Number))).SelectMany(target => target.Version.Days.Select(day => (Target: target, Day: day))).ToList();
        await using var command = new NpgsqlCommand(InsertDays, connection, transaction);
        With(command, tenant,
            days.Select(one => one.Target.Store).ToArray(), days.Select(one => one.Target.Month).ToArray(), days.Select(one => one.Target.Version.Number).ToArray(),
            days.Select(one => one.Day.Day).ToArray(), days.Select(one => one.Day.Amount.Micros).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
        return added.Count;
    }

    private static void With(NpgsqlCommand command, string tenant, params ReadOnlySpan<Array> columns)
    {
        command.Parameters.Add(new() { Value = tenant });
        foreach (var column in columns)
        {
            command.Parameters.Add(new() { Value = column });
        }
    }

    private async Task<List<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> read, string tenant, DateOnly month, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = month });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(read(row));
        }

        return rows;
    }

    // Money inside an explanation is {"micros": …, "currency": "JPY"}: an amount is never a binary fraction.
    private sealed class MicrosConverter : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var value = JsonDocument.ParseValue(ref reader);
            return new Money(value.RootElement.GetProperty("micros").GetInt64(), value.RootElement.GetProperty("currency").GetString()!);
        }

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteNumber("micros", value.Micros);
            writer.WriteString("currency", value.Currency);
            writer.WriteEndObject();
        }
    }
}
