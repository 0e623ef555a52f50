-- A plan nobody can apply any more is removed after a while.
GRANT DELETE ON dags.plan TO retail_job;
CREATE INDEX IF NOT EXISTS plan_expiry ON dags.plan (expires_at);
