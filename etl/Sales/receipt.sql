-- The rule of the view pos_transaction, for one partition: only receipts with a revision in it, and the voids that point at
-- them, are read, so the cost does not grow with the tenant's history.
WITH in_partition AS (
  SELECT DISTINCT event_id
  FROM raw_pos_transaction
  WHERE tenant = @tenant AND business_date = @business_date AND store IN UNNEST(@stores)
),
concerned AS (
  SELECT event_id FROM in_partition
  UNION DISTINCT
  SELECT event_id
  FROM raw_pos_transaction
  WHERE tenant = @tenant AND original_event_id IN (SELECT event_id FROM in_partition)
),
latest AS (
  SELECT
    tenant, store, business_date, receipt_key, event_id, terminal, receipt_number, kind, occurred_at, utc_offset_minutes, currency,
    net, tax, gross, guests, customer, original_event_id
  FROM raw_pos_transaction
  WHERE tenant = @tenant AND event_id IN (SELECT event_id FROM concerned)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY revision DESC, receipt_key) = 1
),
voided AS (
  SELECT DISTINCT original_event_id
  FROM latest
  WHERE kind = 'void' AND original_event_id IS NOT NULL
),
line_sum AS (
  SELECT
    store, receipt_key,
    -- A line that adds nothing is no sale: web shops book stock write-offs as receipts of negative quantities at price 0.
    CAST(SUM(IF(quantity > 0, 1, 0)) AS INT64) AS sale_lines,
    CAST(SUM(IF(merchandise, quantity, 0)) AS INT64) AS items
  FROM raw_pos_line
  WHERE tenant = @tenant AND business_date = @business_date AND store IN UNNEST(@stores)
  GROUP BY store, receipt_key
)
SELECT
  latest.tenant,
  latest.store,
  latest.business_date,
  latest.event_id,
  latest.receipt_key,
  latest.terminal,
  latest.receipt_number,
  latest.kind,
  latest.occurred_at,
  latest.utc_offset_minutes,
  -- Outside the 48 hours of the business date the nearest hour takes the receipt: the hours always add up to the day.
  GREATEST(0, LEAST(47, DIV(
    UNIX_MICROS(latest.occurred_at) + latest.utc_offset_minutes * 60000000 - UNIX_DATE(latest.business_date) * 86400000000,
    3600000000))) AS hour,
  latest.currency,
  latest.net,
  latest.tax,
  latest.gross,
  latest.guests,
  latest.customer,
  voided.original_event_id IS NOT NULL AS is_voided,
  latest.kind IN ('sale', 'return') AND voided.original_event_id IS NULL AS is_money,
  latest.kind = 'sale' AND voided.original_event_id IS NULL AND latest.net >= 0 AND COALESCE(line_sum.sale_lines, 0) >= 1 AS is_counted,
  COALESCE(line_sum.sale_lines, 0) AS sale_lines,
  COALESCE(line_sum.items, 0) AS items
FROM latest
LEFT JOIN voided ON voided.original_event_id = latest.event_id
LEFT JOIN line_sum
  ON line_sum.store = latest.store
  AND line_sum.receipt_key = latest.receipt_key
WHERE latest.business_date = @business_date AND latest.store IN UNNEST(@stores) AND latest.kind <> 'withdrawn'
