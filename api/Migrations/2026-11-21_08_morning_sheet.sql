-- Who gets the morning sheet, and which ones were sent. The page role has no right here; one class works as retail_job and names the tenant.
CREATE TABLE IF NOT EXISTS api.morning_sheet (
  tenant text NOT NULL REFERENCES tenancy.tenant,
  login text NOT NULL,
  mail text NOT NULL,
  store text NOT NULL,
  hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 23),
  language text NOT NULL CHECK (language IN ('ja', 'en')),
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, login)
);
COMMENT ON COLUMN api.morning_sheet.store IS 'A store code, or all for every store the person may see';
COMMENT ON COLUMN api.morning_sheet.hour IS 'Of the wall clock of the store, or of the company for all';

-- One a person and trading day: whoever writes the row sends the mail. Its hash ends the subscription for whoever got the mail.
CREATE TABLE IF NOT EXISTS api.morning_sheet_sent (
  tenant text NOT NULL REFERENCES tenancy.tenant,
  login text NOT NULL,
  business_date date NOT NULL,
  sent_at timestamptz NOT NULL,
  whole boolean NOT NULL,
  unsubscribe_hash bytea NOT NULL UNIQUE CHECK (length(unsubscribe_hash) = 32),
  PRIMARY KEY (tenant, login, business_date)
);
COMMENT ON COLUMN api.morning_sheet_sent.whole IS 'False: the data of the day was not complete, and the mail said so';

-- A mail that can be unsubscribed from names the address that does it (RFC 8058).
ALTER TABLE api.mail ADD COLUMN IF NOT EXISTS unsubscribe text;

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['morning_sheet', 'morning_sheet_sent'] LOOP
    EXECUTE format('ALTER TABLE api.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE api.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON api.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON api.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON api.%I TO retail_job', protected);
  END LOOP;
END
$$;
