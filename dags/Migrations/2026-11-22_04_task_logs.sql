-- What tasks say while they run. Written in batches, read by try, deleted in batches when it is old.
CREATE TABLE IF NOT EXISTS dags.task_log (
  lease_token bigint NOT NULL,
  line int NOT NULL,
  at timestamptz NOT NULL,
  level smallint NOT NULL,
  message text NOT NULL
);

CREATE INDEX IF NOT EXISTS task_log_of_try ON dags.task_log (lease_token, line);
-- Lines come in the order of their time.
CREATE INDEX IF NOT EXISTS task_log_by_time ON dags.task_log USING brin (at);
GRANT SELECT, INSERT, DELETE ON dags.task_log TO retail_job;
