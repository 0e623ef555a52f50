-- What the days of a month come to up to this one, counted from the first that was to come, with the range of that sum: days do not err independently, so it
-- is no sum of the ranges of days. Totals in ascending order, each step as likely as the next.
ALTER TABLE mart.sales_forecast ADD COLUMN IF NOT EXISTS running jsonb;
COMMENT ON COLUMN mart.sales_forecast.running IS '{"expected": …, "levels": [21 totals from the lowest to the highest]} in currency units, estimates; null for visitors and for what was computed before 23 November 2026';
