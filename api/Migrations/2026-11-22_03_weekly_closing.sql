-- The weekdays all stores of a company are closed on every week; a store's own stand beside it in the store master.
ALTER TABLE tenancy.tenant_calendar ADD COLUMN IF NOT EXISTS closed_weekdays smallint[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN tenancy.tenant_calendar.closed_weekdays IS '0 = Sunday';

ALTER TABLE tenancy.tenant_calendar DROP CONSTRAINT IF EXISTS tenant_calendar_closed_weekdays;
ALTER TABLE tenancy.tenant_calendar ADD CONSTRAINT tenant_calendar_closed_weekdays CHECK (
  closed_weekdays <@ '{0,1,2,3,4,5,6}'::smallint[] AND array_position(closed_weekdays, NULL) IS NULL);
