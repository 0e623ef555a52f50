-- Versions of profiles published besides the shipped ones. A published version never changes: what was converted by it must
-- read the same for ever. Profiles belong to no tenant.
CREATE TABLE IF NOT EXISTS gateway.profile_version (
  profile text NOT NULL,
  version int NOT NULL,
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  published_at timestamptz NOT NULL,
  PRIMARY KEY (profile, version)
);

GRANT SELECT, INSERT ON gateway.profile_version TO retail_job;
