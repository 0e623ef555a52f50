using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Core.Tenancy;
using RetailInsight.Ml.Registry;

namespace RetailInsight.Ml.Review;

/// <summary>A row of a question that a served model did not answer itself, or knew too little for.</summary>
/// <param name="Tenant">Whose model.</param>
/// <param name="Reason">fallback or outside_training.</param>
/// <param name="Store">Store code, as asked.</param>
/// <param name="Subject">net_sales or visitors.</param>
/// <param name="Date">The trading day asked about.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Said">The answer, in the unit of the model; null where there was none.</param>
/// <param name="Why">Of a fallback: deadline, busy, failed or no_runtime.</param>
/// <param name="Unseen">What about the day the model has never seen.</param>
/// <param name="Model">SHA-256 of the model.</param>
internal sealed record ServedCase(
    string Tenant, string Reason, string Store, string Subject, DateOnly Date, DateTimeOffset At, double? Said, string? Why, IReadOnlyList<string> Unseen, string Model);

/// <summary>
/// Keeps what served models were unsure of as candidates for review (<c>ml.review_candidate</c>), from which <see cref="ReviewCases"/> picks by night. No answer waits
/// for it: what finds the queue full is dropped and counted (<c>retailinsight.ml.review_candidates.dropped</c>), and while the database is away the queue waits. What
/// waits when the process ends is lost.
/// </summary>
internal sealed class ServedCases([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TimeProvider clock, ILogger<ServedCases> logger) : BackgroundService
{
    /// <summary>Rows that may wait.</summary>
    public const int Waiting = 2_000;

    private const int AtOnce = 500;

    // Only stores of the tenant: a question may name anything.
    private const string Upsert = """
        INSERT INTO ml.review_candidate AS c (tenant, reason, store, subject, business_date, asked_on, times, unseen, detail)
        SELECT s.tenant, new.reason, s.store, new.subject, new.business_date, (new.at AT TIME ZONE s.time_zone)::date, new.times, new.unseen, new.detail
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[], $6::timestamptz[], $7::int[], $8::int[], $9::jsonb[]) AS new (tenant, reason, store, subject, business_date, at, times, unseen, detail)
        JOIN tenancy.store s ON s.tenant = new.tenant AND s.store = new.store
        ON CONFLICT (tenant, reason, store, subject, business_date) DO UPDATE
          SET asked_on = greatest(c.asked_on, excluded.asked_on), times = least(c.times + excluded.times, 1000000), unseen = excluded.unseen, detail = excluded.detail
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly Meter Meter = new("RetailInsight.Ml");
    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "retailinsight.ml.review_candidates.dropped", "{row}", "Rows of questions that were not kept for review because too many waited, or the database refused them");

    private readonly Channel<ServedCase> _waiting = Channel.CreateBounded<ServedCase>(new BoundedChannelOptions(Waiting) { SingleReader = true });

    /// <summary>Takes a case without waiting; where too many wait it is dropped and counted.</summary>
    public void Collect(ServedCase one)
    {
        if (!_waiting.Writer.TryWrite(one))
        {
            Drop(one.Tenant, 1);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<ServedCase>(AtOnce);
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            while (batch.Count < AtOnce && _waiting.Reader.TryRead(out var one))
            {
                batch.Add(one);
            }

            while (!await TryWriteAsync(batch, stoppingToken))
            {
                await Task.Delay(Pause, clock, stoppingToken);
            }

            batch.Clear();
        }
    }

    private async Task<bool> TryWriteAsync(List<ServedCase> batch, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(batch, cancellationToken);
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState is ['2', '2' or '3', ..])
        {
            // The rows themselves are at fault, and would be the next time too.
            Log.CandidatesFailed(logger, refused, batch.Count);
            foreach (var tenant in batch.CountBy(one => one.Tenant))
            {
                Drop(tenant.Key, tenant.Value);
            }

            return true;
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
        {
            Log.CandidatesFailed(logger, away, batch.Count);
            return false;
        }
    }

    private async Task WriteAsync(List<ServedCase> batch, CancellationToken cancellationToken)
    {
        var rows = batch.GroupBy(one => (one.Tenant, one.Reason, one.Store, one.Subject, one.Date)).Select(same => (Last: same.Last(), Times: same.Count())).ToList();
        await using var command = database.CreateCommand(Upsert);
        command.Parameters.With(
            rows.Select(row => row.Last.Tenant).ToArray(), rows.Select(row => row.Last.Reason).ToArray(), rows.Select(row => row.Last.Store).ToArray(), rows.Select(row => row.Last.Subject).ToArray(),
            rows.Select(row => row.Last.Date).ToArray(), rows.Select(row => row.Last.At.UtcDateTime).ToArray(), rows.Select(row => row.Times).ToArray(), rows.Select(row => row.Last.Unseen.Count).ToArray(),
            new NpgsqlParameter { Value = rows.Select(row => Detail(row.Last)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Detail(ServedCase one) => JsonSerializer.Serialize(new { expected = one.Said, why = one.Why, unseen = one.Unseen, model = one.Model });

    private static void Drop(string tenant, int rows) => Dropped.Add(rows, new KeyValuePair<string, object?>("tenant", tenant));
}
