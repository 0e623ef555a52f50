-- Who did what, one chain of hashes a tenant; tenant '' is the platform's own, for what cannot be laid at a tenant's door (an unknown
-- login, a token nobody vouches for). Whoever writes states what happened; number, previous hash and hash are added here, so that a
-- service can neither forge nor fork a chain.
CREATE SCHEMA IF NOT EXISTS audit;
GRANT USAGE ON SCHEMA audit TO retail_job, retail_app;

-- The newest entry of each chain: its row lock puts writers in line, and entries missing at the end are missed.
CREATE TABLE IF NOT EXISTS audit.head (
  tenant text PRIMARY KEY,
  seq bigint NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32)
);

-- detail is json, not jsonb: the hash is of the text as it was written.
CREATE TABLE IF NOT EXISTS audit.entry (
  tenant text NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
  object text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('done', 'refused')),
  address text NOT NULL,
  detail json NOT NULL,
  previous bytea NOT NULL CHECK (length(previous) = 32),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (tenant, seq)
);
COMMENT ON COLUMN audit.entry.actor IS 'Login, key label or token subject; empty when nobody is known';
COMMENT ON COLUMN audit.entry.address IS 'Network address of the caller as the connection has it; empty for work of our own';

CREATE OR REPLACE FUNCTION audit.part(value text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT AS
  $$ SELECT int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8') $$;

-- hash = SHA-256(previous || the other columns in order, each as its length in four bytes and its UTF-8 text; at in microseconds of UTC
-- since 1970). Runs as the owner: the services have no right on head at all.
CREATE OR REPLACE FUNCTION audit.chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO audit.head AS h VALUES (NEW.tenant, 0, decode(repeat('00', 32), 'hex'))
    ON CONFLICT (tenant) DO UPDATE SET seq = h.seq RETURNING h.seq + 1, h.hash INTO NEW.seq, NEW.previous;
  NEW.hash := sha256(NEW.previous || audit.part(NEW.tenant) || audit.part(NEW.seq::text)
    || audit.part((extract(epoch FROM NEW.at) * 1000000)::bigint::text) || audit.part(NEW.actor) || audit.part(NEW.action)
    || audit.part(NEW.object) || audit.part(NEW.outcome) || audit.part(NEW.address) || audit.part(NEW.detail::text));
  UPDATE audit.head SET seq = NEW.seq, hash = NEW.hash WHERE tenant = NEW.tenant;
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION audit.chain() FROM PUBLIC;

DROP TRIGGER IF EXISTS chain ON audit.entry;
CREATE OR REPLACE TRIGGER chain BEFORE INSERT ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.chain();

ALTER TABLE audit.entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.entry FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.head ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.head FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant_of_session ON audit.entry;
DROP POLICY IF EXISTS every_tenant ON audit.entry;
DROP POLICY IF EXISTS every_tenant ON audit.head;
CREATE POLICY tenant_of_session ON audit.entry TO retail_app USING (tenant = nullif(current_setting('app.tenant', true), ''));
CREATE POLICY every_tenant ON audit.entry TO retail_job, retail_owner USING (true) WITH CHECK (true);
CREATE POLICY every_tenant ON audit.head TO retail_job, retail_owner USING (true) WITH CHECK (true);

REVOKE ALL ON audit.entry, audit.head FROM PUBLIC, retail_job, retail_app;
GRANT SELECT ON audit.entry TO retail_app, retail_job;
GRANT INSERT (tenant, at, actor, action, object, outcome, address, detail) ON audit.entry TO retail_job;
GRANT SELECT ON audit.head TO retail_job;
