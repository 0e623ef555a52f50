-- What tasks say while they run. Written in batches, read by try; by month, so that old ones are dropped and not deleted.
CREATE TABLE IF NOT EXISTS dags.task_log (
  lease_token bigint NOT NULL,
  line int NOT NULL,
  at timestamptz NOT NULL,
  level smallint NOT NULL,
  message text NOT NULL
) PARTITION BY RANGE (at);

CREATE INDEX IF NOT EXISTS task_log_of_try ON dags.task_log (lease_token, line);
CREATE TABLE IF NOT EXISTS dags.task_log_rest PARTITION OF dags.task_log DEFAULT;

-- The job role makes no tables; this makes the ones for this month and the next, and drops those that ended longer ago than is kept.
CREATE OR REPLACE FUNCTION dags.roll_task_logs(keep interval) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  month date;
  old regclass;
  dropped int := 0;
BEGIN
  FOR ahead IN 0..1 LOOP
    month := date_trunc('month', now() AT TIME ZONE 'UTC')::date + make_interval(months => ahead);
    BEGIN
      EXECUTE format('CREATE TABLE IF NOT EXISTS dags.%I PARTITION OF dags.task_log FOR VALUES FROM (%L) TO (%L)',
        'task_log_' || to_char(month, 'YYYY_MM'), month::text || ' 00:00+00', (month + interval '1 month')::date::text || ' 00:00+00');
    EXCEPTION WHEN check_violation THEN
      -- Lines of that month lie in the rest already: they stay there, and so does the month.
      NULL;
    END;
  END LOOP;
  FOR old IN
    SELECT i.inhrelid::regclass FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'dags.task_log'::regclass AND c.relname ~ '^task_log_\d{4}_\d{2}$'
      AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' < now() - keep
  LOOP
    EXECUTE format('DROP TABLE %s', old);
    dropped := dropped + 1;
  END LOOP;
  DELETE FROM dags.task_log_rest WHERE at < now() - keep;
  RETURN dropped;
END
$$;

REVOKE ALL ON FUNCTION dags.roll_task_logs(interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dags.roll_task_logs(interval) TO retail_job;
GRANT SELECT, INSERT ON dags.task_log TO retail_job;
