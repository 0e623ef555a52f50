-- What stores are like as of a trading day, over the weeks before it. features: name to value as people know it; null where there was too little
-- evidence.
CREATE TABLE IF NOT EXISTS mart.store_profile (
  tenant text NOT NULL,
  as_of date NOT NULL,
  store text NOT NULL,
  currency text NOT NULL,
  days int NOT NULL CHECK (days > 0),
  features jsonb NOT NULL,
  PRIMARY KEY (tenant, as_of, store)
);

-- How the stores of one currency were divided: by_k has silhouette, agreement and worst Jaccard of every number of groups that was tried.
CREATE TABLE IF NOT EXISTS mart.segmentation (
  tenant text NOT NULL,
  as_of date NOT NULL,
  currency text NOT NULL,
  segments smallint NOT NULL CHECK (segments > 0),
  reason text NOT NULL,
  by_k jsonb NOT NULL,
  axes jsonb NOT NULL,
  next_segment int NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, as_of, currency)
);
COMMENT ON COLUMN mart.segmentation.axes IS 'The two axes of the picture: share of the variance, features that make them';

-- traits: the features in which the group stands out; centre: feature to robust standard deviations. Numbers of groups are never given again.
CREATE TABLE IF NOT EXISTS mart.segment (
  tenant text NOT NULL,
  as_of date NOT NULL,
  currency text NOT NULL,
  segment int NOT NULL CHECK (segment >= 0),
  stores int NOT NULL CHECK (stores >= 0),
  traits jsonb NOT NULL,
  centre jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (tenant, as_of, currency, segment)
);

-- candidate: the group a store would go to if it is still nearest to it next time. x and y: its place in the picture.
CREATE TABLE IF NOT EXISTS mart.store_segment (
  tenant text NOT NULL,
  as_of date NOT NULL,
  store text NOT NULL,
  segment int NOT NULL CHECK (segment >= 0),
  candidate int,
  x double precision NOT NULL,
  y double precision NOT NULL,
  PRIMARY KEY (tenant, as_of, store)
);

-- The stores that are most like a store by what they are, not by what they achieve. alike: features; unlike: the one they differ in most.
CREATE TABLE IF NOT EXISTS mart.store_peer (
  tenant text NOT NULL,
  as_of date NOT NULL,
  store text NOT NULL,
  rank smallint NOT NULL CHECK (rank > 0),
  peer text NOT NULL,
  distance double precision NOT NULL CHECK (distance >= 0),
  alike text[] NOT NULL,
  unlike text,
  PRIMARY KEY (tenant, as_of, store, rank)
);

-- What is expected of days that are to come. One day in ten stays below low, one goes above high. Estimates: money in currency units.
CREATE TABLE IF NOT EXISTS mart.sales_forecast (
  tenant text NOT NULL,
  as_of date NOT NULL,
  store text NOT NULL,
  metric text NOT NULL CHECK (metric IN ('net_sales', 'visitors')),
  business_date date NOT NULL CHECK (business_date > as_of),
  expected numeric NOT NULL CHECK (expected > 0),
  low numeric NOT NULL,
  median numeric NOT NULL,
  high numeric NOT NULL CHECK (low <= median AND median <= high),
  unit text NOT NULL,
  low_confidence boolean NOT NULL,
  factors jsonb NOT NULL,
  model text NOT NULL,
  PRIMARY KEY (tenant, as_of, store, metric, business_date)
);
COMMENT ON COLUMN mart.sales_forecast.model IS 'SHA-256 of the champion whose recipe was used; the name of the recipe before there was one';
COMMENT ON COLUMN mart.sales_forecast.factors IS 'Level and factors, in order; their product is what is expected';
CREATE INDEX IF NOT EXISTS sales_forecast_of_day ON mart.sales_forecast (tenant, business_date, store, metric, as_of);

-- How much better a store could be in a figure: own and quarter in unit, the others as differences of logarithms.
CREATE TABLE IF NOT EXISTS mart.store_potential (
  tenant text NOT NULL,
  as_of date NOT NULL,
  store text NOT NULL,
  metric text NOT NULL CHECK (metric IN ('basket_value', 'items_per_receipt', 'conversion')),
  own numeric NOT NULL,
  peer_quarter numeric NOT NULL,
  gap double precision NOT NULL,
  lift double precision NOT NULL CHECK (lift >= 0),
  low double precision NOT NULL,
  high double precision NOT NULL,
  cap double precision NOT NULL,
  bound text NOT NULL,
  peers int NOT NULL,
  unit text NOT NULL,
  PRIMARY KEY (tenant, as_of, store, metric)
);

-- Targets of months, each change a version: proposed until the month begins, then frozen, then revised by people with a reason.
CREATE TABLE IF NOT EXISTS mart.month_target (
  tenant text NOT NULL,
  store text NOT NULL,
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  version int NOT NULL CHECK (version > 0),
  state text NOT NULL CHECK (state IN ('proposed', 'frozen', 'revised')),
  amount bigint NOT NULL CHECK (amount >= 0),
  currency text NOT NULL,
  explanation jsonb NOT NULL,
  reason text CHECK ((state = 'revised') = (reason IS NOT NULL) AND reason <> ''),
  decided_by text NOT NULL,
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, store, month, version)
);
COMMENT ON COLUMN mart.month_target.amount IS 'Net sales, 1/1,000,000 of the currency unit';

-- The days of the version that counts add up to its amount; those of earlier versions are kept as well.
CREATE TABLE IF NOT EXISTS mart.month_target_day (
  tenant text NOT NULL,
  store text NOT NULL,
  month date NOT NULL,
  version int NOT NULL,
  business_date date NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (tenant, store, business_date, version),
  FOREIGN KEY (tenant, store, month, version) REFERENCES mart.month_target ON DELETE CASCADE
);

-- What head office asks of all stores together: shares of the potential, odds, and what a month must come to. Micros of the currency.
CREATE TABLE IF NOT EXISTS tenancy.target_policy (
  tenant text PRIMARY KEY REFERENCES tenancy.tenant,
  ambition double precision NOT NULL CHECK (ambition BETWEEN 0 AND 1),
  start_probability double precision NOT NULL CHECK (start_probability BETWEEN 0 AND 1),
  least_probability double precision NOT NULL CHECK (least_probability BETWEEN 0 AND start_probability),
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS tenancy.company_target (
  tenant text NOT NULL REFERENCES tenancy.tenant,
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  currency text NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, month, currency)
);

DO $$
DECLARE
  protected text;
BEGIN
  FOREACH protected IN ARRAY ARRAY['mart.store_profile', 'mart.segmentation', 'mart.segment', 'mart.store_segment', 'mart.store_peer', 'mart.sales_forecast',
    'mart.store_potential', 'mart.month_target', 'mart.month_target_day', 'tenancy.target_policy', 'tenancy.company_target'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', protected);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', protected);
    EXECUTE format('DROP POLICY IF EXISTS tenant_of_session ON %s', protected);
    EXECUTE format('CREATE POLICY tenant_of_session ON %s FOR SELECT TO retail_app
      USING (tenant = nullif(current_setting(''app.tenant'', true), ''''))', protected);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON %s', protected);
    EXECUTE format('CREATE POLICY every_tenant ON %s TO retail_job, retail_owner USING (true) WITH CHECK (true)', protected);
    EXECUTE format('GRANT SELECT ON %s TO retail_app', protected);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO retail_job', protected);
  END LOOP;
END
$$;
CREATE INDEX IF NOT EXISTS month_target_day_of_month ON mart.month_target_day (tenant, month);
