-- An interval counts when it begins inside opening hours, with its visitors in the hour it begins in; its minutes, up to
-- closing time, count for each hour they lie in.
WITH opening AS (
  SELECT
    master.tenant,
    master.store,
    master.currency,
    hour,
    master.opens_minute * 60000000 AS opens_us,
    master.closes_minute * 60000000 AS closes_us,
    master.door_lines * (LEAST(master.closes_minute, (hour + 1) * 60) - GREATEST(master.opens_minute, hour * 60)) AS expected_minutes
  FROM store AS master
  CROSS JOIN UNNEST(GENERATE_ARRAY(0, 47)) AS hour
  WHERE master.tenant = @tenant
    AND master.store IN UNNEST(@stores)
    AND hour * 60 < master.closes_minute
    AND (hour + 1) * 60 > master.opens_minute
)
SELECT
  opening.tenant,
  opening.store,
  opening.hour,
  opening.currency,
  opening.expected_minutes,
  -- Without any interval the sum is over no row of a counter: unknown, not zero.
  IF(COUNT(counted.event_id) = 0, NULL,
    CAST(SUM(IF(DIV(counted.from_us, 3600000000) = opening.hour, counted.entered, 0)) AS INT64)) AS visitors,
  -- Of an interval that was counted in part nobody knows how many came: its people count, its minutes do not.
  COALESCE(DIV(CAST(SUM(IF(counted.is_partial, 0, GREATEST(0,
    LEAST(counted.to_us, opening.closes_us, (opening.hour + 1) * 3600000000)
    - GREATEST(counted.from_us, opening.hour * 3600000000)))) AS INT64), 60000000), 0) AS observed_minutes
FROM opening
LEFT JOIN people_count AS counted
  ON counted.store = opening.store
  AND counted.from_us >= opening.opens_us
  AND counted.from_us < opening.closes_us
  AND DIV(counted.from_us, 3600000000) <= opening.hour
  AND (counted.to_us > opening.hour * 3600000000 OR DIV(counted.from_us, 3600000000) = opening.hour)
GROUP BY opening.tenant, opening.store, opening.hour, opening.currency, opening.expected_minutes
