-- Which version of a receipt it is by the vendor's own count or clock; 0 where the feed has none.
ALTER TABLE gateway.identity ADD COLUMN IF NOT EXISTS source_revision bigint NOT NULL DEFAULT 0;
