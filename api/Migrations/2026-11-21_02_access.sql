-- Roles with scopes, sessions that can be ended, people who can be shut out, and first passwords people choose themselves.
ALTER TABLE api.app_user DROP CONSTRAINT IF EXISTS app_user_role_check;
ALTER TABLE api.app_user ADD CONSTRAINT app_user_role_check
  CHECK (role IN ('vendor', 'store_manager', 'area_manager', 'head_office', 'data_engineer', 'admin'));

ALTER TABLE api.app_user ADD COLUMN IF NOT EXISTS vendor text;
ALTER TABLE api.app_user ADD COLUMN IF NOT EXISTS session_stamp uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE api.app_user ADD COLUMN IF NOT EXISTS disabled_at timestamptz;
ALTER TABLE api.app_user ADD COLUMN IF NOT EXISTS version bigint NOT NULL DEFAULT 1;
ALTER TABLE api.app_user ADD COLUMN IF NOT EXISTS reset_hash bytea CHECK (length(reset_hash) = 32);
ALTER TABLE api.app_user ADD COLUMN IF NOT EXISTS reset_expires_at timestamptz;
COMMENT ON COLUMN api.app_user.password_hash IS 'Empty until the person has chosen a password with the one-time token';
COMMENT ON COLUMN api.app_user.session_stamp IS 'A session made under another stamp is over';
COMMENT ON COLUMN api.app_user.version IS 'Rises with every change of the rights; the ETag of the user';
COMMENT ON COLUMN api.app_user.reset_hash IS 'SHA-256 of the one-time token; null when none is open';

-- A vendor sees no store's figures; managers see the stores they are given.
ALTER TABLE api.app_user DROP CONSTRAINT IF EXISTS app_user_scope;
ALTER TABLE api.app_user ADD CONSTRAINT app_user_scope CHECK (CASE role
  WHEN 'vendor' THEN vendor IS NOT NULL AND coalesce(stores = '{}', false)
  WHEN 'store_manager' THEN coalesce(cardinality(stores), 0) > 0
  WHEN 'area_manager' THEN coalesce(cardinality(stores), 0) > 0
  ELSE true END);

CREATE INDEX IF NOT EXISTS app_user_of_tenant ON api.app_user (tenant, login);
