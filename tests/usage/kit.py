"""Rows of usage and calls, made up."""

from __future__ import annotations

from shim.rest.endpoint import Endpoint
from shim.services.hooks import Exchange
from shim.store import StoreError

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

ENDPOINT = Endpoint("GET", ("/api/repos",), lambda call: None)
CALL = {
    "service": "git",
    "endpoint": ENDPOINT,
    "method": "GET",
    "status": 200,
    "caller": "ann",
    "fingerprint": "f" * 32,
    "scheme": "token",
    "agent": "hut/0.4.0",
    "accepted": True,
    "began": NOW + 60.5,
    "seconds": 0.01,
    "upstream": (("Repositories", 0.005),),
    "bytes": 10,
    "refused": False,
    "rehearsed": False,
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
    rows = store.read("SELECT * FROM usage ORDER BY hour, service, endpoint, caller, agent, authorization_kind, status")
    return [tuple(row[column] for column in columns) for row in rows]


def exchange(**changes):
    """An answered call of somebody whom the API accepted, but for what is told."""
    return Exchange(**{**CALL, **changes})


class StoreOf:
    """A store that fails as told: `broken` says with what text, None that it works."""

    def __init__(self, store):
        self._store, self.name, self.broken, self.writes = store, store.name, None, 0

    def write(self, work):
        self.writes += 1
        if self.broken:
            raise StoreError(self.broken)
        return self._store.write(work)

    def read(self, sql, **values):
        if self.broken:
            raise StoreError(self.broken)
        return self._store.read(sql, **values)
