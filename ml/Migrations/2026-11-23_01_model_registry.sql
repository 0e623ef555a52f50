-- Data sets and models by their content: the bytes are in the lake under a key that ends with their SHA-256, here is what they are. Rows are
-- added and never changed; only an alias moves, and each of its moves is a row as well.
CREATE SCHEMA IF NOT EXISTS ml;
GRANT USAGE ON SCHEMA ml TO retail_job, retail_app;

CREATE TABLE IF NOT EXISTS ml.data_set (
  tenant text NOT NULL,
  name text NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  object text NOT NULL,
  bytes bigint NOT NULL CHECK (bytes >= 0),
  row_count int NOT NULL CHECK (row_count >= 0),
  parameters jsonb NOT NULL,
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, name, sha256)
);
COMMENT ON COLUMN ml.data_set.object IS 'Key in the lake';
COMMENT ON COLUMN ml.data_set.parameters IS 'How it was cut: period, stores, data version';

-- The data set is the one it was trained on: with the code version and the parameters, all that the model follows from.
CREATE TABLE IF NOT EXISTS ml.model (
  tenant text NOT NULL,
  name text NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  object text NOT NULL,
  bytes bigint NOT NULL CHECK (bytes >= 0),
  version text NOT NULL,
  data_set text NOT NULL,
  data_set_sha256 text NOT NULL,
  code_version text NOT NULL,
  parameters jsonb NOT NULL,
  registered_by text NOT NULL,
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, name, sha256),
  FOREIGN KEY (tenant, data_set, data_set_sha256) REFERENCES ml.data_set
);

-- metrics: name to figure. A model is evaluated once on a data set: the same bytes on the same bytes cannot come out differently.
CREATE TABLE IF NOT EXISTS ml.model_evaluation (
  tenant text NOT NULL,
  name text NOT NULL,
  sha256 text NOT NULL,
  data_set text NOT NULL,
  data_set_sha256 text NOT NULL,
  metrics jsonb NOT NULL,
  evaluated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, name, sha256, data_set, data_set_sha256),
  FOREIGN KEY (tenant, name, sha256) REFERENCES ml.model,
  FOREIGN KEY (tenant, data_set, data_set_sha256) REFERENCES ml.data_set
);

-- version counts the moves; whoever moves an alias names the version he saw.
CREATE TABLE IF NOT EXISTS ml.model_alias (
  tenant text NOT NULL,
  name text NOT NULL,
  alias text NOT NULL CHECK (alias IN ('champion', 'challenger')),
  sha256 text,
  version bigint NOT NULL CHECK (version >= 0),
  since timestamptz NOT NULL,
  PRIMARY KEY (tenant, name, alias),
  FOREIGN KEY (tenant, name, sha256) REFERENCES ml.model
);
COMMENT ON COLUMN ml.model_alias.sha256 IS 'The model; null when there is none now';

-- What was asked of an alias: moves that were made, and promotions the gate refused with its reasons in detail.
CREATE TABLE IF NOT EXISTS ml.model_alias_change (
  change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  name text NOT NULL,
  alias text NOT NULL,
  action text NOT NULL CHECK (action IN ('challenge', 'promote', 'roll_back', 'withdraw')),
  outcome text NOT NULL CHECK (outcome IN ('done', 'refused')),
  from_sha256 text,
  to_sha256 text,
  version bigint NOT NULL,
  actor text NOT NULL,
  at timestamptz NOT NULL,
  why text NOT NULL CHECK (why <> ''),
  detail jsonb NOT NULL
);
COMMENT ON COLUMN ml.model_alias_change.version IS 'Of the alias after it';
CREATE INDEX IF NOT EXISTS model_alias_change_of_model ON ml.model_alias_change (tenant, name, change_id);

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['data_set', 'model', 'model_evaluation', 'model_alias', 'model_alias_change'] LOOP
    EXECUTE format('ALTER TABLE ml.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE ml.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS tenant_of_session ON ml.%I', protected);
    EXECUTE format('CREATE POLICY tenant_of_session ON ml.%I FOR SELECT TO retail_app
      USING (tenant = nullif(current_setting(''app.tenant'', true), ''''))', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON ml.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON ml.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
    EXECUTE format('GRANT SELECT ON ml.%I TO retail_app', protected);
    EXECUTE format('GRANT SELECT, INSERT ON ml.%I TO retail_job', protected);
  END LOOP;
END
$$;
GRANT UPDATE ON ml.model_alias TO retail_job;

-- Each row of that record is an entry of the tenant's chain as well, written at the commit so that the chain is locked for an instant only.
CREATE OR REPLACE FUNCTION audit.note_model() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO audit.entry (tenant, at, actor, action, object, outcome, address, detail)
  VALUES (NEW.tenant, NEW.at, NEW.actor, 'model.' || NEW.action, NEW.name, NEW.outcome, '',
    json_build_object('alias', NEW.alias, 'from', NEW.from_sha256, 'to', NEW.to_sha256, 'why', NEW.why, 'reasons', NEW.detail -> 'reasons'));
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION audit.note_model() FROM PUBLIC;
DROP TRIGGER IF EXISTS audited ON ml.model_alias_change;
CREATE CONSTRAINT TRIGGER audited AFTER INSERT ON ml.model_alias_change DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.note_model();
