-- Links that show one page to people without a login. Only a hash of the token is kept, so nobody who reads this table can follow a link;
-- the page role has no right here.
CREATE TABLE IF NOT EXISTS api.share_link (
  share_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant text NOT NULL REFERENCES tenancy.tenant,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  made_by text NOT NULL,
  page text NOT NULL,
  filter text NOT NULL,
  stores text[],
  language text NOT NULL CHECK (language IN ('ja', 'en')),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  uses bigint NOT NULL DEFAULT 0,
  last_used_at timestamptz
);
COMMENT ON COLUMN api.share_link.stores IS 'What its maker might see when making it; null is every store. The link ends when the maker sees less';
CREATE INDEX IF NOT EXISTS share_link_of_maker ON api.share_link (tenant, made_by, created_at);

ALTER TABLE api.share_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE api.share_link FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS every_tenant ON api.share_link;
CREATE POLICY every_tenant ON api.share_link TO retail_job, retail_owner USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON api.share_link TO retail_job;
