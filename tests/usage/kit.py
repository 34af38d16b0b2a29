"""Rows of usage, made up."""

from __future__ import annotations

HOUR = 3600
NOW = 500_000 * HOUR
PUT = (
    "INSERT INTO usage (hour, service, endpoint, caller, agent, authorization_kind, status, calls, last_call,"
    " upstream_calls, bytes, refused, rehearsed) VALUES (:hour, :service, :endpoint, :caller, :agent,"
    " :authorization_kind, :status, :calls, :last_call, :upstream_calls, :bytes, :refused, :rehearsed)"
)
PLAIN = {
    "hour": NOW,
    "service": "git",
    "endpoint": "get-repos",
    "caller": "ann",
    "agent": "hut/0.4.0",
    "authorization_kind": "token",
    "status": "2xx",
    "calls": 1,
    "upstream_calls": 2,
    "bytes": 10,
    "refused": 0,
    "rehearsed": 0,
}


def put(store, *rows):
    """Store rows that differ from PLAIN as told; the last call is in the hour's first minute."""
    whole = [{**PLAIN, **row} for row in rows]
    store.write(lambda s: s.many(PUT, [{"last_call": row["hour"] + 60, **row} for row in whole]))


def lose(store, hour, reason, calls):
    """Store a loss."""
    sql = "INSERT INTO losses (hour, reason, calls) VALUES (:hour, :reason, :calls)"
    store.write(lambda s: s.run(sql, hour=hour, reason=reason, calls=calls))


def kept(store, *columns):
    """What is stored, as tuples of some columns in the order of time."""
    rows = store.read("SELECT * FROM usage ORDER BY hour, service, endpoint, caller, agent, status")
    return [tuple(row[column] for column in columns) for row in rows]
