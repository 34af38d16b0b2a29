-- webhooks: `ended_at` is when a subscription was deleted, 0 where it was not. For a while nothing is kept for it, as an
-- attempt may still be under way.
ALTER TABLE webhooks RENAME COLUMN met_until TO ended_at;
