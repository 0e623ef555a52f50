-- tried_master: what the master said of the register or store when a replay last found the item at fault. Where it says otherwise now,
-- the item is tried again at once.
ALTER TABLE gateway.quarantine ADD COLUMN IF NOT EXISTS tried_master text;

CREATE OR REPLACE FUNCTION gateway.master_facts(of_tenant text, of_vendor text, sent text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT md5(concat_ws('|',
    (SELECT string_agg(concat_ws(',', a.valid_from, coalesce(a.valid_to::text, ''), a.store), ';' ORDER BY a.valid_from)
     FROM gateway.pos_assignment a WHERE a.tenant = of_tenant AND a.vendor = of_vendor AND a.terminal = sent),
    (SELECT string_agg(concat_ws(',', s.store, s.time_zone, s.cut_over_minute), ';' ORDER BY s.store)
     FROM tenancy.store s WHERE s.tenant = of_tenant AND (s.store = sent
       OR s.store IN (SELECT a.store FROM gateway.pos_assignment a WHERE a.tenant = of_tenant AND a.vendor = of_vendor AND a.terminal = sent)))))
$$;
