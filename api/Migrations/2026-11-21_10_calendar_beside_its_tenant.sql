-- The pages' role reads the calendar with every figure and has no way into the schema api, where passwords and secrets are; so it stands beside its tenant.
ALTER TABLE IF EXISTS api.tenant_calendar SET SCHEMA tenancy;
