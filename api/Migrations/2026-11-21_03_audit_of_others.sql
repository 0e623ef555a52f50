-- The gateway and the DAG engine keep records of their own for what their pages show. Each of those rows is also an entry of the chain,
-- written by the database in the same transaction. Deferred to the commit: the lock of a tenant's chain is held for an instant only,
-- however long the replay or the key rotation takes. A resolution is no person's act and stays out: landing writes several tenants' at
-- once and must not wait for their chains.
CREATE OR REPLACE FUNCTION audit.note_key() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO audit.entry (tenant, at, actor, action, object, outcome, address, detail)
  VALUES (NEW.tenant, NEW.at, NEW.actor, 'key.' || NEW.action, replace(NEW.key_id::text, '-', ''), 'done', '', NEW.detail::json);
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION audit.note_feed() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO audit.entry (tenant, at, actor, action, object, outcome, address, detail)
  VALUES (NEW.tenant, NEW.at, NEW.actor, 'feed.' || NEW.action, NEW.feed, 'done', '', NEW.detail::json);
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION audit.note_replay() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO audit.entry (tenant, at, actor, action, object, outcome, address, detail)
  VALUES (NEW.tenant, NEW.requested_at, NEW.requested_by, 'quarantine.' || NEW.kind, NEW.id::text, 'done', '',
    json_build_object('feeds', NEW.feeds, 'scope', NEW.scope, 'items', NEW.items, 'undoes', NEW.undoes));
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION audit.note_run() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO audit.entry (tenant, at, actor, action, object, outcome, address, detail)
  VALUES (coalesce(NEW.tenant, ''), clock_timestamp(), coalesce(NEW.cause ->> 'actor', ''), 'run.start', NEW.run_id::text, 'done', '',
    json_build_object('dag', NEW.dag_id, 'partition', NEW.partition_key, 'conf', NEW.conf));
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION audit.note_key(), audit.note_feed(), audit.note_replay(), audit.note_run() FROM PUBLIC;

DROP TRIGGER IF EXISTS audited ON tenancy.key_audit;
DROP TRIGGER IF EXISTS audited ON gateway.feed_audit;
DROP TRIGGER IF EXISTS audited ON gateway.replay;
DROP TRIGGER IF EXISTS audited ON dags.dag_run;
CREATE CONSTRAINT TRIGGER audited AFTER INSERT ON tenancy.key_audit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.note_key();
CREATE CONSTRAINT TRIGGER audited AFTER INSERT ON gateway.feed_audit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.note_feed();
CREATE CONSTRAINT TRIGGER audited AFTER INSERT ON gateway.replay DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.kind <> 'resolution') EXECUTE FUNCTION audit.note_replay();
CREATE CONSTRAINT TRIGGER audited AFTER INSERT ON dags.dag_run DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.run_type = 'manual') EXECUTE FUNCTION audit.note_run();
