-- Times are Unix seconds.
-- usage: who called what in the hour that begins at `hour`.
--   endpoint            its slug
--   caller              user name without `~`, `hash:...`, '' (not known) or '(other)' (beyond the cap)
--   agent               product of the User-Agent, '' (none) or '(other)' (beyond the cap)
--   authorization_kind  token, bearer, internal, none, or unverified: the API accepted nothing of it
--   status              2xx, 3xx, 4xx, 5xx
--   refused             how many of the calls a brownout or the sunset refused
--   rehearsed           how many of them a rehearsal would have refused
-- losses: calls that were not counted; `reason` is full, store, killed or stopped.
CREATE TABLE usage (
    hour BIGINT NOT NULL,
    service TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    caller TEXT NOT NULL,
    agent TEXT NOT NULL,
    authorization_kind TEXT NOT NULL,
    status TEXT NOT NULL,
    calls BIGINT NOT NULL DEFAULT 0,
    last_call BIGINT NOT NULL DEFAULT 0,
    upstream_calls BIGINT NOT NULL DEFAULT 0,
    bytes BIGINT NOT NULL DEFAULT 0,
    refused BIGINT NOT NULL DEFAULT 0,
    rehearsed BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (hour, service, endpoint, caller, agent, authorization_kind, status)
);
CREATE INDEX usage_by_endpoint ON usage (service, endpoint, hour);
CREATE INDEX usage_by_caller ON usage (caller, hour);
CREATE TABLE losses (
    hour BIGINT NOT NULL,
    reason TEXT NOT NULL,
    calls BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (hour, reason)
);
