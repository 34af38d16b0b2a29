-- pauses: brownouts of a service, '' for all, do not take place until then; NULL until somebody resumes them.
-- outreach: what was agreed with a caller; `state` is open, told, answered or moved.
CREATE TABLE pauses (
    service TEXT NOT NULL PRIMARY KEY,
    until BIGINT,
    at BIGINT NOT NULL
);
CREATE TABLE outreach (
    caller TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    consent TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    told_at BIGINT,
    answered_at BIGINT,
    updated_at BIGINT NOT NULL
);
