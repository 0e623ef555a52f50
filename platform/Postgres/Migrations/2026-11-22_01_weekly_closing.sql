-- The weekdays a store is closed on every week: a day without sales then is no gap in its trade.
ALTER TABLE tenancy.store ADD COLUMN IF NOT EXISTS closed_weekdays smallint[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN tenancy.store.closed_weekdays IS '0 = Sunday; beside those the calendar of the company closes';

ALTER TABLE tenancy.store DROP CONSTRAINT IF EXISTS store_closed_weekdays;
ALTER TABLE tenancy.store ADD CONSTRAINT store_closed_weekdays CHECK (closed_weekdays <@ '{0,1,2,3,4,5,6}'::smallint[] AND array_position(closed_weekdays, NULL) IS NULL);
