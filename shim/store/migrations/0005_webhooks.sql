-- webhooks: subscriptions that something waited for, or whose deliveries were compared with upstream's, by the key of a
-- parcel. Those that are dual have two. `sealed` tells the target, to whoever has the key.
-- `ended_at` is when a subscription was deleted, 0 where it was not: for a while nothing is kept for it, as an attempt
-- may still be under way.
-- outbox: parcels that wait; `next_at` is NULL where nothing is tried by itself any more. `owner` is a keyed hash of whose
-- subscription it is, `payload` is in base64, `size` what it takes.
-- outbox_lanes: who sends them, and when there is something to send next.
-- webhook_outcomes: the last attempt that upstream does not know of, as a record of the receiver's.
CREATE TABLE webhooks (
    subscription TEXT NOT NULL PRIMARY KEY,
    service TEXT NOT NULL,
    sealed TEXT NOT NULL,
    dual BIGINT NOT NULL,
    failed_at BIGINT NOT NULL DEFAULT 0,
    took_at BIGINT NOT NULL DEFAULT 0,
    parked_at BIGINT,
    reason TEXT NOT NULL DEFAULT '',
    refused BIGINT NOT NULL DEFAULT 0,
    used_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE outbox (
    subscription TEXT NOT NULL,
    uuid TEXT NOT NULL,
    event TEXT NOT NULL,
    sender TEXT NOT NULL,
    lane BIGINT NOT NULL,
    owner TEXT NOT NULL,
    payload TEXT NOT NULL,
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT,
    last_status BIGINT,
    last_error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (subscription, uuid, event)
);
CREATE INDEX outbox_lane ON outbox (lane, next_at, created_at);
CREATE INDEX outbox_created ON outbox (created_at, size);
CREATE INDEX outbox_owner ON outbox (owner, size);
CREATE TABLE outbox_lanes (
    lane BIGINT NOT NULL PRIMARY KEY,
    next_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL DEFAULT 0,
    lease_owner TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_lanes_next ON outbox_lanes (next_at);
CREATE TABLE webhook_outcomes (
    subscription TEXT NOT NULL,
    uuid TEXT NOT NULL,
    event TEXT NOT NULL,
    at BIGINT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (subscription, uuid, event)
);
CREATE INDEX webhook_outcomes_at ON webhook_outcomes (at);
