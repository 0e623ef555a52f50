-- The rule of the view iot_count, for one partition, and of it the doors: who passes by or stands within is no visitor, and
-- what a vendor multiplied is no count. Times become microseconds since local midnight of the business date.
WITH in_partition AS (
  SELECT DISTINCT event_id
  FROM raw_iot_count
  WHERE tenant = @tenant AND business_date = @business_date AND store IN UNNEST(@stores)
),
latest AS (
  SELECT tenant, store, business_date, event_id, kind, from_at, to_at, utc_offset_minutes, entered, role, measure, partial
  FROM raw_iot_count
  WHERE tenant = @tenant AND event_id IN (SELECT event_id FROM in_partition)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY revision DESC, batch_key) = 1
)
SELECT
  tenant,
  store,
  business_date,
  event_id,
  UNIX_MICROS(from_at) + utc_offset_minutes * 60000000 - UNIX_DATE(business_date) * 86400000000 AS from_us,
  UNIX_MICROS(to_at) + utc_offset_minutes * 60000000 - UNIX_DATE(business_date) * 86400000000 AS to_us,
  entered,
  COALESCE(partial, FALSE) AS is_partial
FROM latest
WHERE business_date = @business_date AND store IN UNNEST(@stores) AND kind NOT IN ('withdrawn', 'occupancy')
  -- Null is of a row from before the columns: a raw count of an entrance.
  AND COALESCE(role, 'entrance') NOT IN ('passage', 'interior') AND COALESCE(measure, 'raw') <> 'factored'
