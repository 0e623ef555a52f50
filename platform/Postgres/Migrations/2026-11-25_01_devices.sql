-- Counters and cameras at the doors. A group says how what its devices send is read; a device changes its group without being touched itself.
-- profile_version: the version of the feed's profile; null for the newest.
CREATE TABLE IF NOT EXISTS tenancy.device_group (
  tenant text NOT NULL REFERENCES tenancy.tenant,
  device_group text NOT NULL CHECK (device_group ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  feed text NOT NULL,
  profile_version int CHECK (profile_version > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, device_group)
);

-- device: as it names itself in what it sends. interval_seconds: how long one of its counts is, or how often it reports.
-- opens_minute, closes_minute: when it is expected to count, as in tenancy.store; null for the hours of the store.
-- network, subscriber: by what a network that is trusted names it (a SIM); equipment: the hardware that subscriber is enrolled with.
CREATE TABLE IF NOT EXISTS tenancy.device (
  tenant text NOT NULL REFERENCES tenancy.tenant,
  device text NOT NULL CHECK (length(device) BETWEEN 1 AND 128),
  name text NOT NULL DEFAULT '',
  maker text NOT NULL DEFAULT '',
  model text NOT NULL DEFAULT '',
  revision text NOT NULL DEFAULT '',
  device_group text NOT NULL,
  interval_seconds int NOT NULL CHECK (interval_seconds BETWEEN 1 AND 90000),
  opens_minute int CHECK (opens_minute BETWEEN 0 AND 1439),
  closes_minute int CHECK (closes_minute > opens_minute AND closes_minute <= 2880),
  network text,
  subscriber text,
  equipment text,
  enrolled_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz,
  version int NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant, device),
  FOREIGN KEY (tenant, device_group) REFERENCES tenancy.device_group,
  CHECK ((network IS NULL) = (subscriber IS NULL)),
  CHECK ((opens_minute IS NULL) = (closes_minute IS NULL))
);

-- A subscriber of a network is one device, whoever's it is.
CREATE UNIQUE INDEX IF NOT EXISTS device_of_subscriber ON tenancy.device (network, subscriber) WHERE subscriber IS NOT NULL AND retired_at IS NULL;
CREATE INDEX IF NOT EXISTS device_of_group ON tenancy.device (tenant, device_group);

-- Where a counting line hangs and which way it looks, from one business date to another, both inclusive; line '*' is every line not named.
CREATE TABLE IF NOT EXISTS tenancy.device_line (
  tenant text NOT NULL,
  device text NOT NULL,
  line text NOT NULL CHECK (length(line) BETWEEN 1 AND 128),
  valid_from date NOT NULL,
  valid_to date CHECK (valid_to >= valid_from),
  store text NOT NULL,
  zone text NOT NULL DEFAULT '',
  role text NOT NULL DEFAULT 'entrance' CHECK (role IN ('entrance', 'passage', 'interior')),
  reversed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant, device, line, valid_from),
  FOREIGN KEY (tenant, device) REFERENCES tenancy.device,
  FOREIGN KEY (tenant, store) REFERENCES tenancy.store
);

CREATE INDEX IF NOT EXISTS device_line_of_store ON tenancy.device_line (tenant, store);

-- How many people went in per person the line counts, found by counting by hand. What was counted stays as it is.
CREATE TABLE IF NOT EXISTS tenancy.device_calibration (
  tenant text NOT NULL,
  device text NOT NULL,
  line text NOT NULL,
  valid_from date NOT NULL,
  valid_to date CHECK (valid_to >= valid_from),
  by_hand int NOT NULL CHECK (by_hand > 0),
  by_device int NOT NULL CHECK (by_device > 0),
  noted_at timestamptz NOT NULL,
  noted_by text NOT NULL,
  PRIMARY KEY (tenant, device, line, valid_from),
  FOREIGN KEY (tenant, device) REFERENCES tenancy.device
);

-- When a device was last heard of, and what it said of itself.
CREATE TABLE IF NOT EXISTS tenancy.device_seen (
  tenant text NOT NULL,
  device text NOT NULL,
  last_seen_at timestamptz NOT NULL,
  firmware text NOT NULL DEFAULT '',
  PRIMARY KEY (tenant, device)
);

-- Who did what to which device or group. Rows are added and never changed. device is empty where a group was changed.
CREATE TABLE IF NOT EXISTS tenancy.device_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL REFERENCES tenancy.tenant,
  device text NOT NULL,
  device_group text NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL CHECK (action IN ('enrol', 'change', 'retire', 'reopen', 'map', 'calibrate', 'key', 'route')),
  detail jsonb NOT NULL
);

CREATE INDEX IF NOT EXISTS device_audit_newest ON tenancy.device_audit (tenant, device, id DESC);

-- The device a key belongs to: it sends what that device counted and opens nothing else. A device that does not send its key signs with the key's hash.
ALTER TABLE tenancy.api_key ADD COLUMN IF NOT EXISTS device text;
CREATE INDEX IF NOT EXISTS api_key_of_device ON tenancy.api_key (tenant, device) WHERE device IS NOT NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['device_group', 'device', 'device_line', 'device_calibration', 'device_seen', 'device_audit'] LOOP
    EXECUTE format('ALTER TABLE tenancy.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE tenancy.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('DROP POLICY IF EXISTS tenant_of_session ON tenancy.%I', name);
    EXECUTE format('DROP POLICY IF EXISTS every_tenant ON tenancy.%I', name);
    EXECUTE format('CREATE POLICY tenant_of_session ON tenancy.%I TO retail_app USING (tenant = nullif(current_setting(''app.tenant'', true), ''''))', name);
    EXECUTE format('CREATE POLICY every_tenant ON tenancy.%I TO retail_job, retail_owner USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;

GRANT SELECT ON tenancy.device_group, tenancy.device, tenancy.device_line, tenancy.device_calibration, tenancy.device_seen, tenancy.device_audit TO retail_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tenancy.device_group, tenancy.device, tenancy.device_line, tenancy.device_calibration, tenancy.device_seen TO retail_job;
GRANT SELECT, INSERT ON tenancy.device_audit TO retail_job;
