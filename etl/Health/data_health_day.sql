WITH register AS (
  SELECT
    tenant, store,
    COUNTIF(is_expected) AS registers_expected,
    COUNTIF(receipts > 0) AS registers_reported,
    CAST(SUM(receipts) AS INT64) AS receipts,
    MIN(first_at) AS first_at,
    MAX(last_at) AS last_at,
    MAX(last_received_at) AS last_received_at,
    CAST(SUM(late_receipts) AS INT64) AS late_receipts,
    CAST(SUM(missing_numbers) AS INT64) AS missing_numbers,
    CAST(SUM(voided_receipts) AS INT64) AS voided_receipts
  FROM register_day
  GROUP BY tenant, store
),
counter AS (
  SELECT
    tenant, store,
    CAST(SUM(observed_minutes) AS INT64) AS observed_minutes,
    CAST(SUM(expected_minutes) AS INT64) AS expected_minutes
  FROM opening_hour
  GROUP BY tenant, store
),
known AS (
  SELECT tenant, store FROM register
  UNION DISTINCT
  SELECT tenant, store FROM counter
)
SELECT
  known.tenant,
  known.store,
  @business_date AS business_date,
  COALESCE(register.registers_expected, 0) AS registers_expected,
  COALESCE(register.registers_reported, 0) AS registers_reported,
  COALESCE(register.receipts, 0) AS receipts,
  register.first_at,
  register.last_at,
  register.last_received_at,
  COALESCE(register.late_receipts, 0) AS late_receipts,
  COALESCE(register.missing_numbers, 0) AS missing_numbers,
  COALESCE(register.voided_receipts, 0) AS voided_receipts,
  COALESCE(counter.observed_minutes, 0) AS observed_minutes,
  COALESCE(counter.expected_minutes, 0) AS expected_minutes
FROM known
LEFT JOIN register ON register.store = known.store
LEFT JOIN counter ON counter.store = known.store
