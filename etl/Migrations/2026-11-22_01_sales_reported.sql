-- A store-day of which counters alone reported has no sales that could be known: its zeros are none. Days published before are told by
-- the receipts of any kind that data health has counted.
ALTER TABLE mart.kpi_store_hour ADD COLUMN IF NOT EXISTS sales_reported boolean NOT NULL DEFAULT true;
ALTER TABLE mart.kpi_store_day ADD COLUMN IF NOT EXISTS sales_reported boolean NOT NULL DEFAULT true;

-- What was answered from these days before is no longer the answer.
WITH silent AS (
  UPDATE mart.kpi_store_day AS day SET sales_reported = false
  FROM mart.data_health_day AS health
  WHERE (health.tenant, health.store, health.business_date) = (day.tenant, day.store, day.business_date) AND day.sales_reported
    AND health.receipts = 0 AND day.gross = 0 AND day.receipts = 0 AND day.returns = 0
  RETURNING day.tenant
)
UPDATE mart.data_version SET version = version + 1, changed_at = now() WHERE tenant IN (SELECT tenant FROM silent);

UPDATE mart.kpi_store_hour AS hour SET sales_reported = false
FROM mart.kpi_store_day AS day
WHERE (day.tenant, day.store, day.business_date) = (hour.tenant, hour.store, hour.business_date) AND NOT day.sales_reported AND hour.sales_reported;
