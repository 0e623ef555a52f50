using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Gateway.Iot;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Gateway.Quarantine;

/// <summary>A reading of a running counter that a replay brought in.</summary>
/// <param name="Reading">The reading; of its line only what counting needs.</param>
/// <param name="Before">What stood in its place; null where nothing did.</param>
/// <param name="BeforeCameIn">The payload that came in; none where nothing did.</param>
internal sealed record ReplayedReading(CounterReading Reading, LandedReading? Before, Guid BeforeCameIn)
{
    /// <summary>Notes readings that a replay brings in, with what stands in their places. The readings themselves are to be written afterwards.</summary>
    public static void Add(NpgsqlBatch batch, ReplayTask task, IReadOnlyList<CounterReading> brought)
    {
        // One statement may write a row once only: the last word counts.
        var rows = brought.GroupBy(one => (LandedReading.SeriesOf(task.Ingestion.Tenant, one), CountedInterval.Microseconds(one.At))).Select(same => same.Last()).ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.replay_reading (tenant, replay_id, ingestion_id, series, read_at, event_id, store, device, line, entered, exited, boot, sequence, resets, source_row, source_offset, before)
            SELECT $1, $2, $3, r.series, r.read_at, r.event_id, r.store, r.device, r.line, r.entered, r.exited, r.boot, r.sequence, r.resets::jsonb, r.source_row, r.source_offset, to_jsonb(c)
            FROM unnest($4::uuid[], $5::timestamptz[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::text[], $13::bigint[], $14::text[], $15::int[], $16::bigint[])
              AS r(series, read_at, event_id, store, device, line, entered, exited, boot, sequence, resets, source_row, source_offset)
            LEFT JOIN gateway.counter_reading AS c ON c.series = r.series AND c.read_at = r.read_at AND c.tenant = $1
            ON CONFLICT (replay_id, series, read_at) DO UPDATE SET entered = excluded.entered, exited = excluded.exited, boot = excluded.boot, sequence = excluded.sequence
            """)
        {
            Parameters =
            {
                new() { Value = task.Ingestion.Tenant },
                new() { Value = task.Replay },
                new() { Value = task.Ingestion.Id },
                new() { Value = Array.ConvertAll(rows, row => LandedReading.SeriesOf(task.Ingestion.Tenant, row).ToGuid()) },
                new() { Value = Array.ConvertAll(rows, row => CountedInterval.Microseconds(row.At)) },
                new() { Value = Array.ConvertAll(rows, row => row.EventId.ToGuid()) },
                LandingStatements.Texts(rows.Select(row => row.Store)),
                LandingStatements.Texts(rows.Select(row => StorableText.Of(row.Device))),
                LandingStatements.Texts(rows.Select(row => StorableText.Of(row.Line))),
                new() { Value = Array.ConvertAll(rows, row => (long)row.Entered) },
                new() { Value = Array.ConvertAll(rows, row => (long)row.Left) },
                LandingStatements.Texts(rows.Select(row => StorableText.Of(row.Boot))),
                new() { Value = Array.ConvertAll(rows, row => (long)row.Sequence) },
                LandingStatements.Texts(rows.Select(row => JsonSerializer.Serialize(KeptResets.Of(row.Resets)))),
                new() { Value = Array.ConvertAll(rows, row => row.Source.Row) },
                new() { Value = Array.ConvertAll(rows, row => row.Source.ByteOffset) },
            },
        });
    }

    /// <summary>What the replay that is being undone brought in of the payload.</summary>
    /// <param name="connection">In the transaction of the step.</param>
    /// <param name="task">The undo.</param>
    /// <param name="calendars">Calendars of stores, by code.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="KeyNotFoundException">A store is no more.</exception>
    public static async Task<List<ReplayedReading>> ReadAsync(NpgsqlConnection connection, ReplayTask task, IReadOnlyDictionary<string, BusinessCalendar> calendars, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT r.series, r.read_at, r.event_id, r.store, r.device, r.line, r.entered, r.exited, r.boot, r.sequence, r.resets::text, r.source_row, r.source_offset,
              r.before IS NOT NULL, b.entered, b.exited, b.boot, b.sequence, b.event_id, b.zone, b.role, b.reversed, b.firmware, b.held, b.ingestion_id
            FROM gateway.replay_reading AS r LEFT JOIN LATERAL jsonb_populate_record(NULL::gateway.counter_reading, r.before) AS b ON true
            WHERE r.tenant = $1 AND r.replay_id = $2 AND r.ingestion_id = $3 ORDER BY r.series, r.read_at
            """,
            connection);
        command.Parameters.Add(new() { Value = task.Ingestion.Tenant });
        command.Parameters.Add(new() { Value = task.Undoes!.Value });
        command.Parameters.Add(new() { Value = task.Ingestion.Id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var readings = new List<ReplayedReading>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (at, calendar) = (reader.GetFieldValue<DateTimeOffset>(1), calendars[reader.GetString(3)]);
            var reading = new CounterReading
            {
                EventId = Id128.FromGuid(reader.GetGuid(2)),
                Store = reader.GetString(3),
                Calendar = calendar,
                Device = reader.GetString(4),
                Line = reader.GetString(5),
                At = TimeZoneInfo.ConvertTime(at, calendar.Zone),
                Entered = (uint)reader.GetInt64(6),
                Left = (uint)reader.GetInt64(7),
                Boot = reader.GetString(8),
                Sequence = (ulong)reader.GetInt64(9),
                Resets = JsonSerializer.Deserialize<KeptResets>(reader.GetString(10))!.Resets(),
                Source = new SourceLocation(reader.GetInt32(11), reader.GetInt64(12), 0),
            };
            readings.Add(!reader.GetBoolean(13) ? new(reading, null, default) : new(
                reading,
                new LandedReading(
                    Id128.FromGuid(reader.GetGuid(0)),
                    new CounterPoint(at, (uint)reader.GetInt64(14), (uint)reader.GetInt64(15), reader.GetString(16), (ulong)reader.GetInt64(17)),
                    Id128.FromGuid(reader.GetGuid(18)), reader.GetString(19), (CountRole)reader.GetInt16(20), reader.GetBoolean(21), reader.GetString(22), reader.GetBoolean(23)),
                reader.GetGuid(24)));
        }

        return readings;
    }

    /// <summary>Puts back what stood in the places of readings, and writes how their successors stand now.</summary>
    public static void AddPutBack(NpgsqlBatch batch, ReplayTask task, IReadOnlyList<ReplayedReading> takenBack, IReadOnlyList<LandedReading> successors)
    {
        var gone = takenBack.Where(one => one.Before is null).Select(one => one.Reading).ToArray();
        if (gone.Length > 0)
        {
            batch.BatchCommands.Add(new(
                "DELETE FROM gateway.counter_reading AS c USING unnest($2::uuid[], $3::timestamptz[]) AS g(series, read_at) WHERE c.tenant = $1 AND c.series = g.series AND c.read_at = g.read_at")
            {
                Parameters =
                {
                    new() { Value = task.Ingestion.Tenant },
                    new() { Value = Array.ConvertAll(gone, one => LandedReading.SeriesOf(task.Ingestion.Tenant, one).ToGuid()) },
                    new() { Value = Array.ConvertAll(gone, one => CountedInterval.Microseconds(one.At)), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                },
            });
        }

        // A place that was put back may be the successor of another: how it stands now is the last word.
        CountStatements.AddReadings(
            batch,
            [
                .. takenBack.Where(one => one.Before is not null).Select(one => (task.Ingestion with { Id = one.BeforeCameIn }, one.Before!)),
                .. successors.Select(one => (task.Ingestion, one)),
            ]);
    }

    // As kept in the table: a time zone by its name.
    private sealed record KeptResets(int? DailyAt, bool WithBoot, bool WithSequence, uint? RollsOverAt, string? Zone)
    {
        public static KeptResets Of(CounterResets resets) => new(resets.DailyAt, resets.WithBoot, resets.WithSequence, resets.RollsOverAt, resets.Zone?.Id);

        public CounterResets Resets() => new(DailyAt, WithBoot, WithSequence, RollsOverAt, Zone is null ? null : TimeZoneInfo.FindSystemTimeZoneById(Zone));
    }
}
