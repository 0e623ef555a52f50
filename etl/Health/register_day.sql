WITH arrival AS (
  SELECT
    arrived.event_id,
    MIN(batch.received_at) AS first_received_at,
    MAX(batch.received_at) AS last_received_at
  FROM raw_pos_transaction AS arrived
  JOIN raw_batch AS batch ON batch.tenant = arrived.tenant AND batch.batch_key = arrived.batch_key
  WHERE arrived.tenant = @tenant AND arrived.business_date = @business_date AND arrived.store IN UNNEST(@stores)
    AND batch.tenant = @tenant
  GROUP BY arrived.event_id
),
received AS (
  SELECT
    receipt.tenant,
    receipt.store,
    SUBSTR(receipt.terminal, 1, 200) AS terminal,
    receipt.occurred_at,
    receipt.is_voided,
    IF(REGEXP_CONTAINS(receipt.receipt_number, '^[0-9]{1,18}$'), SAFE_CAST(receipt.receipt_number AS INT64), NULL) AS number,
    arrival.last_received_at,
    -- A day after the later of midnight and closing time, on the clock the receipt was made by.
    COALESCE(
      UNIX_MICROS(arrival.first_received_at) > UNIX_DATE(receipt.business_date) * 86400000000 + 86400000000
        + (GREATEST(1440, COALESCE(master.closes_minute, 1440)) - receipt.utc_offset_minutes) * 60000000,
      FALSE) AS is_late
  FROM receipt
  LEFT JOIN arrival ON arrival.event_id = receipt.event_id
  LEFT JOIN store AS master ON master.tenant = receipt.tenant AND master.store = receipt.store
),
step AS (
  SELECT store, terminal, number, LEAD(number) OVER (PARTITION BY store, terminal ORDER BY number) - number AS to_next
  FROM (SELECT DISTINCT store, terminal, number FROM received WHERE number IS NOT NULL) AS numbers
),
-- A step of more than a thousand is another series, not a thousand lost receipts: registers are reset and replaced.
gap AS (
  SELECT
    store, terminal,
    MIN(number) AS first_number,
    MAX(number) AS last_number,
    CAST(SUM(IF(to_next BETWEEN 2 AND 1000, to_next - 1, 0)) AS INT64) AS missing_numbers
  FROM step
  GROUP BY store, terminal
),
reported AS (
  SELECT
    tenant, store, terminal,
    COUNT(*) AS receipts,
    MIN(occurred_at) AS first_at,
    MAX(occurred_at) AS last_at,
    MAX(last_received_at) AS last_received_at,
    COUNTIF(is_late) AS late_receipts,
    COUNTIF(is_voided) AS voided_receipts
  FROM received
  GROUP BY tenant, store, terminal
),
expected AS (
  SELECT DISTINCT tenant, store, SUBSTR(terminal, 1, 200) AS terminal
  FROM raw_pos_transaction
  WHERE tenant = @tenant
    AND business_date BETWEEN DATE_SUB(@business_date, INTERVAL 14 DAY) AND DATE_SUB(@business_date, INTERVAL 1 DAY)
    AND store IN UNNEST(@stores)
    AND kind <> 'withdrawn'
),
register AS (
  SELECT tenant, store, terminal FROM reported
  UNION DISTINCT
  SELECT tenant, store, terminal FROM expected
)
SELECT
  register.tenant,
  register.store,
  register.terminal,
  expected.terminal IS NOT NULL AS is_expected,
  COALESCE(reported.receipts, 0) AS receipts,
  reported.first_at,
  reported.last_at,
  reported.last_received_at,
  COALESCE(reported.late_receipts, 0) AS late_receipts,
  COALESCE(reported.voided_receipts, 0) AS voided_receipts,
  gap.first_number,
  gap.last_number,
  COALESCE(gap.missing_numbers, 0) AS missing_numbers
FROM register
LEFT JOIN expected ON expected.store = register.store AND expected.terminal = register.terminal
LEFT JOIN reported ON reported.store = register.store AND reported.terminal = register.terminal
LEFT JOIN gap ON gap.store = register.store AND gap.terminal = register.terminal
