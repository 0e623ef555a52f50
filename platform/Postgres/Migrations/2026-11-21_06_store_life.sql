-- When a store traded: which stores may be compared with last year depends on it. A refurbishment counts both of its days; one that
-- is still under way has no end.
ALTER TABLE tenancy.store ADD COLUMN IF NOT EXISTS closed_on date;
ALTER TABLE tenancy.store ADD COLUMN IF NOT EXISTS refurbished_from date;
ALTER TABLE tenancy.store ADD COLUMN IF NOT EXISTS refurbished_to date;

ALTER TABLE tenancy.store DROP CONSTRAINT IF EXISTS store_life;
ALTER TABLE tenancy.store ADD CONSTRAINT store_life CHECK (
  (closed_on IS NULL OR opened_on IS NULL OR closed_on >= opened_on)
  AND (refurbished_to IS NULL OR (refurbished_from IS NOT NULL AND refurbished_to >= refurbished_from)));
