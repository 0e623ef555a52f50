-- The state of the registers stands beside every figure of a company's day: read from the index alone, without the rows.
CREATE INDEX IF NOT EXISTS data_health_day_registers ON mart.data_health_day (tenant, business_date, store) INCLUDE (registers_expected, registers_reported);
DROP INDEX IF EXISTS mart.data_health_day_by_date;
