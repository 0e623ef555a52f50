-- Bulk exports for client core systems. Files lie here in pieces, so that every process can serve them, a download can go on where it broke
-- off, and they are gone with their row when they expire.
CREATE TABLE IF NOT EXISTS api.export (
  export_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant text NOT NULL REFERENCES tenancy.tenant,
  requested_by text NOT NULL,
  tables text[] NOT NULL,
  from_date date NOT NULL,
  to_date date NOT NULL,
  format text NOT NULL CHECK (format IN ('csv', 'parquet')),
  stores text[],
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'ready', 'failed', 'expired')),
  error text,
  data_version bigint,
  attempts int NOT NULL DEFAULT 0,
  leased_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  expires_at timestamptz NOT NULL DEFAULT now() + interval '7 days'
);
COMMENT ON COLUMN api.export.stores IS 'The stores the person might see when asking; null is every store of the tenant.';
CREATE INDEX IF NOT EXISTS export_of_tenant ON api.export (tenant, created_at);
CREATE INDEX IF NOT EXISTS export_unfinished ON api.export (created_at) WHERE state IN ('queued', 'running');

CREATE TABLE IF NOT EXISTS api.export_file (
  file_id bigserial PRIMARY KEY,
  tenant text NOT NULL,
  export_id uuid NOT NULL REFERENCES api.export ON DELETE CASCADE,
  name text NOT NULL,
  table_name text NOT NULL,
  month date NOT NULL,
  rows bigint NOT NULL,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  piece_bytes int NOT NULL,
  UNIQUE (export_id, name)
);

CREATE TABLE IF NOT EXISTS api.export_piece (
  tenant text NOT NULL,
  export_id uuid NOT NULL REFERENCES api.export ON DELETE CASCADE,
  name text NOT NULL,
  number int NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (export_id, name, number)
);
ALTER TABLE api.export_piece ALTER COLUMN content SET STORAGE EXTERNAL;

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['export', 'export_file', 'export_piece'] LOOP
    EXECUTE format('ALTER TABLE api.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE api.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON api.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON api.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON api.%I TO retail_job', protected);
  END LOOP;
END
$$;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA api TO retail_job;
