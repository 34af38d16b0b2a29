-- seen_deliveries: `size` is how many bytes `record` has, 0 in rows from before there was this column.
-- webhooks: `place` is where the old API had it when it was asked for last, owner and name of a tracker or list, `jdoe/bugs`.
-- webhook_checks: how far upstream's records of a subscription were compared with what arrived, by the key of a parcel.
--   checked_at   when they were looked at last
--   done         the microseconds of the newest record up to which all were compared
--   until        those of the newest that a comparison under way began with; 0 where none is
--   cursor       where that goes on; '' at the newest
ALTER TABLE seen_deliveries ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE webhooks ADD COLUMN place TEXT NOT NULL DEFAULT '';
DROP INDEX seen_deliveries_by_time;
CREATE INDEX seen_deliveries_by_time ON seen_deliveries (at, size);
CREATE TABLE webhook_checks (
    subscription TEXT NOT NULL PRIMARY KEY,
    checked_at BIGINT NOT NULL,
    done BIGINT NOT NULL DEFAULT 0,
    until BIGINT NOT NULL DEFAULT 0,
    cursor TEXT NOT NULL DEFAULT ''
);
CREATE INDEX webhook_checks_by_time ON webhook_checks (checked_at);
