-- A rule can be muted for a time: what it finds stands on the page, and nobody is sent anything.
ALTER TABLE api.alert_rule ADD COLUMN IF NOT EXISTS muted_until date;
ALTER TABLE api.alert_rule ADD COLUMN IF NOT EXISTS muted_to timestamptz;
ALTER TABLE api.alert_rule ADD COLUMN IF NOT EXISTS muted_by text;
ALTER TABLE api.alert_rule ADD COLUMN IF NOT EXISTS muted_reason text;
ALTER TABLE api.alert_rule DROP CONSTRAINT IF EXISTS alert_rule_muted_check;
ALTER TABLE api.alert_rule ADD CONSTRAINT alert_rule_muted_check CHECK (num_nulls(muted_until, muted_to, muted_by, muted_reason) IN (0, 4));
COMMENT ON COLUMN api.alert_rule.muted_until IS 'Last day it is muted, as the company''s clock has it.';
COMMENT ON COLUMN api.alert_rule.muted_to IS 'The moment that day ends.';

ALTER TABLE api.alert_incident ADD COLUMN IF NOT EXISTS muted boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN api.alert_incident.muted IS 'Opened while its rule was muted: nobody was told, so nobody is told that it is over.';
