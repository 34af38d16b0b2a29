-- seen_nonces: nonces of the API's deliveries, refused a second time.
-- seen_deliveries: what arrived of each event; `subscription` is a hash of its sealed text. `record` is what the API was
-- answered, NULL while a process delivers it, which has until `until` for that.
CREATE TABLE seen_nonces (
    nonce TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX seen_nonces_by_time ON seen_nonces (at);
CREATE TABLE seen_deliveries (
    subscription TEXT NOT NULL,
    uuid TEXT NOT NULL,
    event TEXT NOT NULL,
    until BIGINT NOT NULL,
    record TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (subscription, uuid, event)
);
CREATE INDEX seen_deliveries_by_time ON seen_deliveries (at);
