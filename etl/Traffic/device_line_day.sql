WITH in_partition AS (
  SELECT DISTINCT event_id
  FROM raw_iot_count
  WHERE tenant = @tenant AND business_date = @business_date AND store IN UNNEST(@stores)
),
latest AS (
  SELECT
    tenant, store, business_date, event_id, batch_key, kind, from_at, to_at, utc_offset_minutes, entered, exited,
    SUBSTR(device, 1, 200) AS device,
    SUBSTR(line, 1, 200) AS line,
    COALESCE(measure, 'raw') AS measure,
    COALESCE(role, 'entrance') AS role,
    COALESCE(sequence, 0) AS sequence,
    COALESCE(firmware, '') AS firmware,
    COALESCE(staff, 0) AS staff,
    COALESCE(partial, FALSE) AS is_partial
  FROM raw_iot_count
  WHERE tenant = @tenant AND event_id IN (SELECT event_id FROM in_partition)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY revision DESC, batch_key) = 1
),
counted AS (
  SELECT
    latest.tenant, latest.store, latest.device, latest.line, latest.measure, latest.role, latest.sequence, latest.firmware,
    latest.event_id, latest.from_at, latest.to_at, latest.entered, latest.exited, latest.staff, latest.is_partial,
    batch.received_at,
    UNIX_MICROS(latest.from_at) + latest.utc_offset_minutes * 60000000 - UNIX_DATE(latest.business_date) * 86400000000 AS from_us,
    UNIX_MICROS(latest.to_at) + latest.utc_offset_minutes * 60000000 - UNIX_DATE(latest.business_date) * 86400000000 AS to_us,
    COALESCE(master.opens_minute, 0) * 60000000 AS opens_us,
    COALESCE(master.closes_minute, 1440) * 60000000 AS closes_us
  FROM latest
  LEFT JOIN raw_batch AS batch ON batch.tenant = latest.tenant AND batch.batch_key = latest.batch_key
  LEFT JOIN store AS master ON master.tenant = latest.tenant AND master.store = latest.store
  WHERE latest.business_date = @business_date AND latest.store IN UNNEST(@stores) AND latest.kind NOT IN ('withdrawn', 'occupancy')
),
placed AS (
  SELECT
    tenant, store, device, line, measure, role, sequence, firmware, event_id, from_at, to_at, entered, exited, staff, is_partial, received_at, from_us, to_us, opens_us, closes_us,
    from_us >= opens_us AND from_us < closes_us AS is_inside,
    GREATEST(0, LEAST(to_us, closes_us) - GREATEST(from_us, opens_us)) AS inside_us,
    LAG(to_us) OVER (PARTITION BY store, device, line, measure ORDER BY from_us, event_id) AS before_us,
    LEAD(from_us) OVER (PARTITION BY store, device, line, measure ORDER BY from_us, event_id) AS after_us,
    LAG(entered) OVER (PARTITION BY store, device, line, measure ORDER BY from_us, event_id) AS entered_before,
    LAG(exited) OVER (PARTITION BY store, device, line, measure ORDER BY from_us, event_id) AS exited_before
  FROM counted
),
-- Whoever shows the same numbers again and again may have stopped to look.
runs AS (
  SELECT
    store, device, line, measure, from_us, inside_us, is_inside, entered,
    CAST(SUM(IF(entered = entered_before AND exited = exited_before, 0, 1))
      OVER (PARTITION BY store, device, line, measure ORDER BY from_us, event_id ROWS UNBOUNDED PRECEDING) AS INT64) AS run
  FROM placed
),
flat AS (
  SELECT store, device, line, measure, run, COUNT(*) AS intervals, CAST(SUM(inside_us) AS INT64) AS inside_us, MIN(entered) AS entered
  FROM runs
  WHERE is_inside
  GROUP BY store, device, line, measure, run
),
longest_flat AS (
  SELECT
    store, device, line, measure, inside_us, entered,
    ROW_NUMBER() OVER (PARTITION BY store, device, line, measure ORDER BY inside_us DESC, run) AS place
  FROM flat
  WHERE intervals > 1
),
-- A device numbers its packages, and all its lines stand in one. A step of more than a thousand is another series.
step AS (
  SELECT store, device, LEAD(sequence) OVER (PARTITION BY store, device ORDER BY sequence) - sequence AS to_next
  FROM (SELECT DISTINCT store, device, sequence FROM counted WHERE sequence > 0) AS numbers
),
missing AS (
  SELECT store, device, CAST(SUM(IF(to_next BETWEEN 2 AND 1000, to_next - 1, 0)) AS INT64) AS packages
  FROM step
  GROUP BY store, device
),
line_day AS (
  SELECT
    tenant, store, device, line, measure,
    MAX(role) AS role,
    COUNT(*) AS intervals,
    DIV(CAST(SUM(IF(is_partial, 0, inside_us)) AS INT64), 60000000) AS observed_minutes,
    DIV(CAST(SUM(IF(is_partial, inside_us, 0)) AS INT64), 60000000) AS partial_minutes,
    CAST(SUM(IF(is_inside, entered, 0)) AS INT64) AS entered,
    CAST(SUM(IF(is_inside, exited, 0)) AS INT64) AS exited,
    CAST(SUM(IF(is_inside, staff, 0)) AS INT64) AS staff,
    CAST(SUM(IF(is_inside, 0, entered)) AS INT64) AS entered_outside_hours,
    DIV(MAX(GREATEST(
      LEAST(from_us, closes_us) - GREATEST(COALESCE(before_us, opens_us), opens_us),
      IF(after_us IS NULL, closes_us - GREATEST(to_us, opens_us), 0),
      0)), 60000000) AS longest_silence_minutes,
    MAX(firmware) AS firmware,
    MIN(from_at) AS first_at,
    MAX(to_at) AS last_at,
    MAX(received_at) AS last_received_at
  FROM placed
  GROUP BY tenant, store, device, line, measure
)
SELECT
  line_day.tenant,
  line_day.store,
  @business_date AS business_date,
  line_day.device,
  line_day.line,
  line_day.measure,
  line_day.role,
  line_day.intervals,
  line_day.observed_minutes,
  line_day.partial_minutes,
  line_day.entered,
  line_day.exited,
  line_day.staff,
  line_day.entered_outside_hours,
  COALESCE(missing.packages, 0) AS missing_packages,
  line_day.longest_silence_minutes,
  COALESCE(DIV(longest_flat.inside_us, 60000000), 0) AS longest_flat_minutes,
  COALESCE(longest_flat.entered, 0) AS flat_entered,
  line_day.firmware,
  line_day.first_at,
  line_day.last_at,
  line_day.last_received_at
FROM line_day
LEFT JOIN longest_flat
  ON longest_flat.store = line_day.store AND longest_flat.device = line_day.device AND longest_flat.line = line_day.line
  AND longest_flat.measure = line_day.measure AND longest_flat.place = 1
LEFT JOIN missing ON missing.store = line_day.store AND missing.device = line_day.device
