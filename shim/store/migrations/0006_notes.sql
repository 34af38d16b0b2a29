-- notes: numbers that a service has to remember, because GraphQL has no place for them: `place` is a hash of what a
-- number stands for, e.g. the key of a tool of a patchset.
CREATE TABLE notes (
    place TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX notes_by_time ON notes (at);
