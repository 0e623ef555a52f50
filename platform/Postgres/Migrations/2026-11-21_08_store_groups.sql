-- What stores are compared by: the area they are led in and the format they are run as, in the company's own words. Empty where nobody said.
ALTER TABLE tenancy.store ADD COLUMN IF NOT EXISTS area text NOT NULL DEFAULT '';
ALTER TABLE tenancy.store ADD COLUMN IF NOT EXISTS format text NOT NULL DEFAULT '';
