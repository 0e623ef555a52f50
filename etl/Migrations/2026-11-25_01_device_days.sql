-- What each line of a counter or camera sent of a trading day, as it came: factors of a calibration are applied where figures are shown.
-- measure: raw, or factored by the vendor. Minutes are those inside opening hours. A line that sent nothing has no row: what was expected
-- of it says the register of devices.
CREATE TABLE IF NOT EXISTS mart.device_line_day (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  device text NOT NULL,
  line text NOT NULL,
  measure text NOT NULL,
  role text NOT NULL,
  intervals int NOT NULL,
  observed_minutes int NOT NULL,
  partial_minutes int NOT NULL,
  entered int NOT NULL,
  exited int NOT NULL,
  staff int NOT NULL,
  entered_outside_hours int NOT NULL,
  missing_packages int NOT NULL,
  longest_silence_minutes int NOT NULL,
  longest_flat_minutes int NOT NULL,
  flat_entered int NOT NULL,
  firmware text NOT NULL,
  first_at timestamptz,
  last_at timestamptz,
  last_received_at timestamptz,
  PRIMARY KEY (tenant, store, business_date, device, line, measure)
);

CREATE INDEX IF NOT EXISTS device_line_day_of_device ON mart.device_line_day (tenant, device, business_date);

ALTER TABLE mart.device_line_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE mart.device_line_day FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant_of_session ON mart.device_line_day;
DROP POLICY IF EXISTS every_tenant ON mart.device_line_day;
CREATE POLICY tenant_of_session ON mart.device_line_day TO retail_app USING (tenant = nullif(current_setting('app.tenant', true), ''));
CREATE POLICY every_tenant ON mart.device_line_day TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT ON mart.device_line_day TO retail_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON mart.device_line_day TO retail_job;
