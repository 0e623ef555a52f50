using Npgsql;
using NpgsqlTypes;
using RetailInsight.Ml.Registry;

namespace RetailInsight.Ml.Review;

/// <summary>What a night gives people to look at, ready to be published.</summary>
public sealed class ReviewCaseSet
{
    internal ReviewCaseSet(string tenant, DateOnly asOf, IReadOnlyList<PickedCase> cases) => (Tenant, AsOf, Cases) = (tenant, asOf, cases);

    /// <summary>Tenant id.</summary>
    public string Tenant { get; }

    /// <summary>The last trading day looked at.</summary>
    public DateOnly AsOf { get; }

    internal IReadOnlyList<PickedCase> Cases { get; }
}

/// <summary>
/// Collects the cases of a night on which a model is least to be trusted: keeps <c>ml.review_case</c>. Of a store about which a reason is open already nothing more is
/// asked; what nobody decided within two weeks expires.
/// </summary>
public sealed class ReviewCases
{
    private const int DaysOpen = 14;

    // Ranges count as wide from twice the usual one on; a day as missed that lies half a range beyond its range; a store as far off that lies three and a half robust
    // standard deviations farther from its group than stores do.
    private const string Select = """
        WITH ahead AS (
          SELECT DISTINCT ON (store, metric) store, metric, business_date, (high - low)::float8 / greatest(median, 0.0001)::float8 AS width, low_confidence,
            jsonb_build_object('expected', expected, 'low', low, 'high', high, 'unit', unit, 'model', model) AS detail
          FROM mart.sales_forecast WHERE tenant = $1 AND as_of = $2 ORDER BY store, metric, business_date),
        usual AS (SELECT metric, percentile_cont(0.5) WITHIN GROUP (ORDER BY width) AS width FROM ahead WHERE NOT low_confidence GROUP BY metric),
        came AS (
          SELECT DISTINCT ON (f.store, f.metric) f.*, CASE f.metric WHEN 'visitors' THEN k.visitors::numeric ELSE k.net / 1000000.0 END AS actual
          FROM mart.sales_forecast f JOIN mart.kpi_store_day k ON k.tenant = f.tenant AND k.store = f.store AND k.business_date = f.business_date
          WHERE f.tenant = $1 AND f.business_date = $2 AND k.receipts > 0
            AND CASE f.metric WHEN 'visitors' THEN k.visitors > 0 AND k.observed_minutes >= 0.8 * k.expected_minutes ELSE k.currency = f.unit END
          ORDER BY f.store, f.metric, f.as_of DESC),
        beyond AS (SELECT *, (greatest(low - actual, actual - high) / greatest(high - low, 0.0001))::float8 AS ranges FROM came),
        before AS (SELECT store, segment FROM mart.store_segment WHERE tenant = $1 AND as_of = (SELECT max(as_of) FROM mart.store_segment WHERE tenant = $1 AND as_of < $2)),
        placed AS (SELECT s.store, s.segment, s.candidate, s.distance, b.segment AS earlier FROM mart.store_segment s LEFT JOIN before b USING (store) WHERE s.tenant = $1 AND s.as_of = $2),
        middle AS (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY distance) AS distance FROM placed),
        spread AS (SELECT 1.4826 * percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(p.distance - m.distance)) AS distance FROM placed p, middle m),
        found AS (
          SELECT 'low_confidence' AS reason, store, metric AS subject, business_date, width AS uncertainty, detail FROM ahead WHERE low_confidence
          UNION ALL
          SELECT 'wide_range', a.store, a.metric, a.business_date, a.width / u.width, a.detail FROM ahead a JOIN usual u USING (metric) WHERE NOT a.low_confidence AND a.width > 2 * u.width
          UNION ALL
          SELECT 'missed_range', store, metric, business_date, ranges, jsonb_build_object('expected', expected, 'low', low, 'high', high, 'actual', actual, 'unit', unit, 'model', model)
          FROM beyond WHERE ranges > 0.5
          UNION ALL
          SELECT 'group_change', store, 'group', $2, coalesce(distance, 0), jsonb_build_object('group', segment, 'earlier', earlier, 'candidate', candidate)
          FROM placed WHERE segment <> earlier OR candidate IS NOT NULL
          UNION ALL
          SELECT 'far_from_group', p.store, 'group', $2, p.distance, jsonb_build_object('group', p.segment, 'distance', round(p.distance::numeric, 3), 'usual', round(m.distance::numeric, 3))
          FROM placed p, middle m, spread s WHERE s.distance > 0 AND p.distance > m.distance + 3.5 * s.distance
          UNION ALL
          SELECT reason, store, subject, business_date, CASE reason WHEN 'fallback' THEN times ELSE unseen END, detail
          FROM ml.review_candidate WHERE tenant = $1 AND asked_on BETWEEN $2::date - 6 AND $2::date + 1)
        SELECT reason, store, subject, business_date, uncertainty, detail::text FROM found f
        WHERE NOT EXISTS (SELECT FROM ml.review_case c WHERE c.tenant = $1 AND c.reason = f.reason AND c.store = f.store AND c.subject = f.subject
          AND c.as_of < $2 AND (c.state = 'open' AND c.expires_on >= $2 OR c.business_date = f.business_date))
        ORDER BY reason, store, subject
        """;

    // What questions met stands for a week: the most frequent, and the least known, first.
    private const string Forget = "DELETE FROM ml.review_candidate WHERE tenant = $1 AND asked_on < $2::date - 6";

    private const string Expire = "UPDATE ml.review_case SET state = 'expired' WHERE tenant = $1 AND state = 'open' AND expires_on < $2";

    // What was collected of this night already counts towards the number it may have.
    private const string Insert = """
        INSERT INTO ml.review_case (tenant, reason, store, subject, business_date, as_of, uncertainty, chance, detail, expires_on)
        SELECT $1, reason, store, subject, business_date, $2, uncertainty, chance, detail, $3
        FROM (SELECT *, row_number() OVER (PARTITION BY reason ORDER BY place) AS turn FROM unnest($4::text[], $5::text[], $6::text[], $7::date[], $8::float8[], $9::float8[], $10::jsonb[])
          WITH ORDINALITY AS picked (reason, store, subject, business_date, uncertainty, chance, detail, place)
          WHERE NOT EXISTS (SELECT FROM ml.review_case c WHERE c.tenant = $1 AND c.reason = picked.reason AND c.store = picked.store AND c.subject = picked.subject
            AND (c.state = 'open' OR c.business_date = picked.business_date))) new
        WHERE turn <= $11 - (SELECT count(*) FROM ml.review_case c WHERE c.tenant = $1 AND c.as_of = $2 AND c.reason = new.reason)
        ON CONFLICT DO NOTHING
        """;

    private readonly NpgsqlDataSource _database;

    internal ReviewCases(NpgsqlDataSource database) => _database = database;

    /// <summary>Picks the cases of a night.</summary>
    public async Task<ReviewCaseSet> ComputeAsync(string tenant, DateOnly asOf, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(Select);
        command.Parameters.With(tenant, asOf);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var candidates = new List<ReviewCandidate>();
        while (await row.ReadAsync(cancellationToken))
        {
            candidates.Add(new ReviewCandidate(row.GetString(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateOnly>(3), row.GetDouble(4), row.GetString(5)));
        }

        return new ReviewCaseSet(tenant, asOf, [.. candidates.GroupBy(one => one.Reason).SelectMany(reason => ReviewChoice.Pick(tenant, asOf, reason))]);
    }

    /// <summary>Adds the cases of the set and lets old ones expire, inside the caller's transaction.</summary>
    /// <returns>How many cases were added or expired.</returns>
    public static async Task<int> PublishAsync(ReviewCaseSet set, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        await using var expire = new NpgsqlCommand(Expire, connection, transaction);
        expire.Parameters.With(set.Tenant, set.AsOf);
        var changed = await expire.ExecuteNonQueryAsync(cancellationToken);
        await using var forget = new NpgsqlCommand(Forget, connection, transaction);
        forget.Parameters.With(set.Tenant, set.AsOf);
        await forget.ExecuteNonQueryAsync(cancellationToken);
        await using var insert = new NpgsqlCommand(Insert, connection, transaction);
        var cases = set.Cases;
        insert.Parameters.With(
            set.Tenant, set.AsOf, set.AsOf.AddDays(DaysOpen), cases.Select(one => one.Candidate.Reason).ToArray(), cases.Select(one => one.Candidate.Store).ToArray(),
            cases.Select(one => one.Candidate.Subject).ToArray(), cases.Select(one => one.Candidate.Date).ToArray(), cases.Select(one => one.Candidate.Uncertainty).ToArray(),
            cases.Select(one => one.Chance).ToArray(), new NpgsqlParameter { Value = cases.Select(one => one.Candidate.Detail).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb }, ReviewChoice.Quota);
        return changed + await insert.ExecuteNonQueryAsync(cancellationToken);
    }
}
