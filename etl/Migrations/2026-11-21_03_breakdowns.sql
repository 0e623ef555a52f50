-- Money in 1/1,000,000 of currency, quantities in 1/1,000,000 of a piece, as in the tables before. A day that was published before
-- these columns came has 0 in them until it is computed again: every night for the last three days, by hand for older ones.
ALTER TABLE mart.kpi_store_hour
  ADD COLUMN IF NOT EXISTS guests int NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS identified_receipts int NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS discount bigint NOT NULL DEFAULT 0;
ALTER TABLE mart.kpi_store_day
  ADD COLUMN IF NOT EXISTS guests int NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS identified_receipts int NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS discount bigint NOT NULL DEFAULT 0;

CREATE TABLE IF NOT EXISTS mart.kpi_item_day (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  item_code text NOT NULL,
  item_name text NOT NULL,
  category text NOT NULL,
  merchandise boolean NOT NULL,
  currency text NOT NULL,
  net bigint NOT NULL,
  tax bigint NOT NULL,
  gross bigint NOT NULL,
  quantity bigint NOT NULL,
  receipts int NOT NULL,
  returned_quantity bigint NOT NULL,
  PRIMARY KEY (tenant, store, business_date, item_code)
);

CREATE TABLE IF NOT EXISTS mart.kpi_category_day (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  category text NOT NULL,
  currency text NOT NULL,
  net bigint NOT NULL,
  tax bigint NOT NULL,
  gross bigint NOT NULL,
  quantity bigint NOT NULL,
  receipts int NOT NULL,
  PRIMARY KEY (tenant, store, business_date, category)
);

CREATE TABLE IF NOT EXISTS mart.kpi_tender_day (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  method text NOT NULL,
  currency text NOT NULL,
  amount bigint NOT NULL,
  receipts int NOT NULL,
  PRIMARY KEY (tenant, store, business_date, method)
);

CREATE TABLE IF NOT EXISTS mart.kpi_discount_day (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  kind text NOT NULL,
  label text NOT NULL,
  currency text NOT NULL,
  amount bigint NOT NULL,
  receipts int NOT NULL,
  PRIMARY KEY (tenant, store, business_date, kind, label)
);

CREATE TABLE IF NOT EXISTS mart.kpi_tax_day (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  rate_bp int NOT NULL,
  tax_category text NOT NULL,
  currency text NOT NULL,
  net bigint NOT NULL,
  tax bigint NOT NULL,
  gross bigint NOT NULL,
  PRIMARY KEY (tenant, store, business_date, rate_bp, tax_category)
);

-- Customers of a store by recency, frequency and money, as of a date: counts of cells, no customer is named.
CREATE TABLE IF NOT EXISTS mart.customer_rfm (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  recency_quintile smallint NOT NULL CHECK (recency_quintile BETWEEN 1 AND 5),
  frequency_quintile smallint NOT NULL CHECK (frequency_quintile BETWEEN 1 AND 5),
  monetary_quintile smallint NOT NULL CHECK (monetary_quintile BETWEEN 1 AND 5),
  currency text NOT NULL,
  customers int NOT NULL,
  receipts int NOT NULL,
  net bigint NOT NULL,
  PRIMARY KEY (tenant, store, business_date, recency_quintile, frequency_quintile, monetary_quintile)
);

CREATE TABLE IF NOT EXISTS mart.basket_pair (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  item_a text NOT NULL,
  item_b text NOT NULL,
  receipts int NOT NULL,
  receipts_a int NOT NULL,
  receipts_b int NOT NULL,
  receipts_all int NOT NULL,
  PRIMARY KEY (tenant, store, business_date, item_a, item_b),
  CHECK (item_a <> item_b)
);

-- What tells a manager whether the figures of a store-day can be trusted.
CREATE TABLE IF NOT EXISTS mart.data_health_day (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  registers_expected int NOT NULL,
  registers_reported int NOT NULL,
  receipts int NOT NULL,
  first_at timestamptz,
  last_at timestamptz,
  last_received_at timestamptz,
  late_receipts int NOT NULL,
  missing_numbers int NOT NULL,
  voided_receipts int NOT NULL,
  observed_minutes int NOT NULL,
  expected_minutes int NOT NULL,
  PRIMARY KEY (tenant, store, business_date)
);

-- A register that was expected and sent nothing has a row with 0 receipts. first_number and last_number are null where no receipt
-- number is a whole number.
CREATE TABLE IF NOT EXISTS mart.data_health_register (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  terminal text NOT NULL,
  receipts int NOT NULL,
  first_at timestamptz,
  last_at timestamptz,
  last_received_at timestamptz,
  first_number bigint,
  last_number bigint,
  missing_numbers int NOT NULL,
  PRIMARY KEY (tenant, store, business_date, terminal)
);

-- Was and is of each published store-day that changed. net_was and its neighbours are null at the first publication, net_is and
-- its neighbours when the store-day lost all its data; visitors also where no counter reported. dag_run is null for what no run published.
CREATE TABLE IF NOT EXISTS mart.kpi_change (
  id bigserial PRIMARY KEY,
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  net_was bigint,
  net_is bigint,
  receipts_was int,
  receipts_is int,
  visitors_was int,
  visitors_is int,
  first boolean NOT NULL,
  reason text NOT NULL CHECK (reason IN ('first', 'new_data', 'late_data', 'correction')),
  dag_run bigint
);

CREATE INDEX IF NOT EXISTS kpi_change_since ON mart.kpi_change (tenant, store, changed_at);
CREATE INDEX IF NOT EXISTS kpi_change_of_day ON mart.kpi_change (tenant, business_date, store);
GRANT USAGE ON SEQUENCE mart.kpi_change_id_seq TO retail_job;

-- Minutes worked in a clock hour of the business date, by whoever serves customers.
CREATE TABLE IF NOT EXISTS mart.staff_hours (
  tenant text NOT NULL,
  store text NOT NULL,
  business_date date NOT NULL,
  hour smallint NOT NULL CHECK (hour BETWEEN 0 AND 47),
  minutes int NOT NULL CHECK (minutes >= 0),
  PRIMARY KEY (tenant, store, business_date, hour)
);

-- The same for every tenant. A substitute holiday has a row of its own, named as the source names it.
CREATE TABLE IF NOT EXISTS mart.holiday (
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  day date NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (country, day)
);
GRANT SELECT ON mart.holiday TO retail_app, retail_job;

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['kpi_item_day', 'kpi_category_day', 'kpi_tender_day', 'kpi_discount_day', 'kpi_tax_day',
    'customer_rfm', 'basket_pair', 'data_health_day', 'data_health_register', 'kpi_change', 'staff_hours'] LOOP
    EXECUTE format('ALTER TABLE mart.%I ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE mart.%I FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS tenant_of_session ON mart.%I', protected);
    EXECUTE format('CREATE POLICY tenant_of_session ON mart.%I FOR SELECT TO retail_app
      USING (tenant = nullif(current_setting(''app.tenant'', true), ''''))', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON mart.%I', protected);
    EXECUTE format('CREATE POLICY every_tenant ON mart.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
    EXECUTE format('GRANT SELECT ON mart.%I TO retail_app', protected);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON mart.%I TO retail_job', protected);
    IF protected <> 'kpi_change' THEN
      -- Publishing replaces the stores of one date; pages read all stores of a span of dates. A changed row finds room on its own page.
      EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON mart.%I (tenant, business_date, store)', protected || '_by_date', protected);
      EXECUTE format('ALTER TABLE mart.%I SET (fillfactor = 80)', protected);
    END IF;
  END LOOP;
END
$$;
