using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Gateway.Landing;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Counts;

namespace RetailInsight.Gateway.Iot;

/// <summary>Reads what must be known to decide about counts and readings, and writes readings: one statement a table, however many rows.</summary>
internal static class CountStatements
{
    private const string Neighbours =
        """
        CROSS JOIN LATERAL (
          (SELECT * FROM gateway.counter_reading r WHERE r.series = asked.series AND r.tenant = asked.tenant AND r.read_at <= asked.read_at ORDER BY r.read_at DESC LIMIT 2)
          UNION ALL
          (SELECT * FROM gateway.counter_reading r WHERE r.series = asked.series AND r.tenant = asked.tenant AND r.read_at > asked.read_at ORDER BY r.read_at LIMIT 1)) AS n
        """;

    /// <summary>Asks for what has landed near the counts and readings of payloads.</summary>
    /// <param name="batch">Takes the statements.</param>
    /// <param name="asked">Whose they are, and what.</param>
    /// <returns>What reads the answers, in their order.</returns>
    public static List<Func<NpgsqlDataReader, LandingDecision, CancellationToken, Task>> AddNear(NpgsqlBatch batch, IReadOnlyCollection<(string Tenant, Conversion Conversion)> asked)
    {
        var answers = new List<Func<NpgsqlDataReader, LandingDecision, CancellationToken, Task>>(3);
        var intervals = asked.SelectMany(one => Spans(one.Tenant, one.Conversion)).ToArray();
        if (intervals.Length > 0)
        {
            // What ends more than the longest interval after the last of them began cannot overlap it.
            batch.BatchCommands.Add(new(
                """
                SELECT i.line_id, i.event_id, i.starts_at, i.ends_at, i.revision
                FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) AS asked(tenant, line_id, starts_at, ends_at)
                CROSS JOIN LATERAL (
                  SELECT k.line_id, k.event_id, k.starts_at, k.ends_at, k.revision FROM gateway.identity k
                  WHERE k.line_id = asked.line_id AND k.tenant = asked.tenant AND NOT k.withdrawn
                    AND k.ends_at > asked.starts_at AND k.ends_at < asked.ends_at + interval '25 hours' AND k.starts_at < asked.ends_at OFFSET 0) AS i
                """)
            {
                Parameters =
                {
                    new() { Value = Array.ConvertAll(intervals, one => one.Tenant) },
                    new() { Value = Array.ConvertAll(intervals, one => one.Interval.Line.ToGuid()) },
                    Instants(intervals.Select(one => one.Interval.From)),
                    Instants(intervals.Select(one => one.Interval.To)),
                },
            });
            answers.Add(ReadIntervalsAsync);
        }

        var readings = asked.SelectMany(one => one.Conversion.CounterReadings.Select(reading =>
            (one.Tenant, Series: LandedReading.SeriesOf(one.Tenant, reading.Record).ToGuid(), At: CountedInterval.Microseconds(reading.Record.At)))).Distinct().ToArray();
        if (readings.Length > 0)
        {
            batch.BatchCommands.Add(Near(
                $"""
                SELECT DISTINCT n.series, n.read_at, n.entered, n.exited, n.boot, n.sequence, n.event_id, n.zone, n.role, n.reversed, n.firmware, n.held
                FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS asked(tenant, series, read_at) {Neighbours}
                """,
                readings));
            answers.Add(ReadReadingsAsync);

            // The count of a successor gets a new version: its earlier ones must be known.
            batch.BatchCommands.Add(Near(
                $"""
                SELECT DISTINCT i.event_id, i.content_hash, i.revision, i.source_revision, i.store, i.business_date, i.withdrawn
                FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS asked(tenant, series, read_at) {Neighbours}
                JOIN gateway.identity i ON i.event_id = n.event_id AND i.tenant = asked.tenant WHERE n.read_at > asked.read_at
                """,
                readings));
            answers.Add(ReadVersionsAsync);
        }

        return answers;
    }

    /// <summary>Writes readings; one that is there already takes the new values.</summary>
    public static void AddReadings(NpgsqlBatch batch, IReadOnlyList<(Ingestion Ingestion, LandedReading Reading)> landed)
    {
        // One statement may write a row once only: the last word counts.
        var rows = landed.GroupBy(one => (one.Ingestion.Tenant, one.Reading.Series, one.Reading.Point.At)).Select(same => same.Last()).OrderBy(one => one.Reading.Series.ToGuid()).ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        batch.BatchCommands.Add(new(
            """
            INSERT INTO gateway.counter_reading (tenant, series, read_at, entered, exited, boot, sequence, event_id, zone, role, reversed, firmware, held, ingestion_id)
            SELECT * FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::uuid[], $9::text[], $10::smallint[], $11::boolean[], $12::text[], $13::boolean[], $14::uuid[])
            ON CONFLICT (series, read_at, tenant) DO UPDATE SET entered = excluded.entered, exited = excluded.exited, boot = excluded.boot, sequence = excluded.sequence, zone = excluded.zone,
              role = excluded.role, reversed = excluded.reversed, firmware = excluded.firmware, held = excluded.held, ingestion_id = excluded.ingestion_id
            """)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(rows, row => row.Ingestion.Tenant) },
                new() { Value = Array.ConvertAll(rows, row => row.Reading.Series.ToGuid()) },
                Instants(rows.Select(row => row.Reading.Point.At)),
                new() { Value = Array.ConvertAll(rows, row => (long)row.Reading.Point.Entered) },
                new() { Value = Array.ConvertAll(rows, row => (long)row.Reading.Point.Left) },
                new() { Value = Array.ConvertAll(rows, row => row.Reading.Point.Boot) },
                new() { Value = Array.ConvertAll(rows, row => (long)row.Reading.Point.Sequence) },
                new() { Value = Array.ConvertAll(rows, row => row.Reading.EventId.ToGuid()) },
                new() { Value = Array.ConvertAll(rows, row => row.Reading.Zone) },
                new() { Value = Array.ConvertAll(rows, row => (short)row.Reading.Role) },
                new() { Value = Array.ConvertAll(rows, row => row.Reading.Reversed) },
                new() { Value = Array.ConvertAll(rows, row => row.Reading.Firmware) },
                new() { Value = Array.ConvertAll(rows, row => row.Reading.Held) },
                new() { Value = Array.ConvertAll(rows, row => row.Ingestion.Id) },
            },
        });
    }

    // Of a file with many intervals of a line one span is asked for, of a report its own interval.
    private static IEnumerable<(string Tenant, CountedInterval Interval)> Spans(string tenant, Conversion conversion) =>
        conversion.PeopleCounts.Select(count => CountedInterval.Of(tenant, count.Record)).OfType<CountedInterval>().GroupBy(interval => interval.Line)
            .Select(line => (tenant, new CountedInterval(line.Key, line.Min(one => one.From), line.Max(one => one.To))));

    private static NpgsqlBatchCommand Near(string sql, (string Tenant, Guid Series, DateTimeOffset At)[] readings) => new(sql)
    {
        Parameters =
        {
            new() { Value = Array.ConvertAll(readings, one => one.Tenant) },
            new() { Value = Array.ConvertAll(readings, one => one.Series) },
            Instants(readings.Select(one => one.At)),
        },
    };

    private static NpgsqlParameter Instants(IEnumerable<DateTimeOffset> instants) => new() { Value = instants.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    private static async Task ReadIntervalsAsync(NpgsqlDataReader reader, LandingDecision decision, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            decision.Intervals.Know(
                new(Id128.FromGuid(reader.GetGuid(0)), reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3)), Id128.FromGuid(reader.GetGuid(1)), reader.GetInt32(4));
        }
    }

    private static async Task ReadReadingsAsync(NpgsqlDataReader reader, LandingDecision decision, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            var point = new CounterPoint(reader.GetFieldValue<DateTimeOffset>(1), (uint)reader.GetInt64(2), (uint)reader.GetInt64(3), reader.GetString(4), (ulong)reader.GetInt64(5));
            decision.Counters.Know(new LandedReading(
                Id128.FromGuid(reader.GetGuid(0)), point, Id128.FromGuid(reader.GetGuid(6)), reader.GetString(7), (CountRole)reader.GetInt16(8), reader.GetBoolean(9), reader.GetString(10), reader.GetBoolean(11)));
        }
    }

    private static async Task ReadVersionsAsync(NpgsqlDataReader reader, LandingDecision decision, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            decision.Know(
                Id128.FromGuid(reader.GetGuid(0)),
                new KnownVersion(Id128.FromGuid(reader.GetGuid(1)), reader.GetInt32(2), reader.GetInt64(3), reader.GetString(4), reader.GetFieldValue<DateOnly>(5), reader.GetBoolean(6)));
        }
    }
}
