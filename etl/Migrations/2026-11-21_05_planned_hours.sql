-- Hours planned stand beside hours worked. A row may know only one of the two: days to come have a plan, days gone by what was worked.
ALTER TABLE mart.staff_hours ADD COLUMN IF NOT EXISTS planned_minutes int CHECK (planned_minutes >= 0);
ALTER TABLE mart.staff_hours ALTER COLUMN minutes DROP NOT NULL;
