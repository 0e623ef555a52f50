-- What people do to runs and DAGs by hand is an entry of the chain too, written in the transaction that does it: in the chain of the
-- run's tenant, and in the platform's where it concerns all tenants.
CREATE OR REPLACE FUNCTION audit.note_action() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO audit.entry (tenant, at, actor, action, object, outcome, address, detail)
  VALUES (coalesce(NEW.tenant, ''), NEW.at, NEW.actor, CASE WHEN NEW.run_id IS NULL THEN 'dag.' ELSE 'run.' END || NEW.kind, coalesce(NEW.run_id::text, NEW.dag_id), 'done', '',
    json_build_object('action', NEW.action_id, 'dag', NEW.dag_id, 'plan', NEW.plan_id, 'undoes', NEW.undoes, 'reason', NEW.reason,
      'tasks', CASE jsonb_typeof(NEW.before) WHEN 'array' THEN jsonb_array_length(NEW.before) END));
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION audit.note_action() FROM PUBLIC;

DROP TRIGGER IF EXISTS audited ON dags.action;
CREATE CONSTRAINT TRIGGER audited AFTER INSERT ON dags.action DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.note_action();
