-- event_id: what the receipt will be once it can be read; null where that cannot be told, and for items older than this column.
-- source_revision: which version it is by the vendor's count. resolved_by: the later payload that brought the same receipt.
ALTER TABLE gateway.quarantine ADD COLUMN IF NOT EXISTS event_id uuid;
ALTER TABLE gateway.quarantine ADD COLUMN IF NOT EXISTS source_revision bigint NOT NULL DEFAULT 0;
ALTER TABLE gateway.quarantine ADD COLUMN IF NOT EXISTS resolved_by uuid REFERENCES gateway.ingestion;
ALTER TABLE gateway.quarantine ADD COLUMN IF NOT EXISTS resolved_at timestamptz;
ALTER TABLE gateway.quarantine DROP CONSTRAINT IF EXISTS quarantine_state_check;
ALTER TABLE gateway.quarantine ADD CONSTRAINT quarantine_state_check CHECK (state IN ('open', 'replayed', 'resolved', 'discarded'));
ALTER TABLE gateway.quarantine DROP CONSTRAINT IF EXISTS quarantine_resolved_check;
ALTER TABLE gateway.quarantine ADD CONSTRAINT quarantine_resolved_check CHECK ((state = 'resolved') = (resolved_by IS NOT NULL));
CREATE INDEX IF NOT EXISTS quarantine_identified ON gateway.quarantine (tenant, id) WHERE state = 'open' AND event_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS quarantine_resolved ON gateway.quarantine (tenant, resolved_by) WHERE state = 'resolved';

-- resolution: later payloads brought what was held.
ALTER TABLE gateway.replay DROP CONSTRAINT IF EXISTS replay_kind_check;
ALTER TABLE gateway.replay ADD CONSTRAINT replay_kind_check CHECK (kind IN ('preview', 'replay', 'release', 'resolution', 'withdrawal', 'undo'));
ALTER TABLE gateway.replay_item DROP CONSTRAINT IF EXISTS replay_item_outcome_check;
ALTER TABLE gateway.replay_item ADD CONSTRAINT replay_item_outcome_check
  CHECK (outcome IN ('recovered', 'duplicate', 'overtaken', 'held', 'not_read', 'already_released', 'reopened', 'resolved'));
ALTER TABLE gateway.replay_effect DROP CONSTRAINT IF EXISTS replay_effect_effect_check;
ALTER TABLE gateway.replay_effect ADD CONSTRAINT replay_effect_effect_check
  CHECK (effect IN ('recovered', 'superseding', 'duplicate', 'overtaken', 'held', 'not_read', 'changed_elsewhere', 'withdrawn', 'restored', 'kept', 'resolved'));
