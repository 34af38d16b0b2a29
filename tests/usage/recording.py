"""What tests of the recorder need: a clock that stands, calls and what was counted of them."""

from __future__ import annotations

from shim.usage.identity import Identity
from tests.usage.kit import NOW, exchange

NAMES = Identity("name", None)


class Clock:
    def __init__(self):
        self.now = NOW + 60

    def __call__(self):
        return self.now


def observe(recorder, often=1, **changes):
    for _ in range(often):
        recorder.observe(exchange(**changes))


def calls(store):
    return store.read("SELECT COALESCE(SUM(calls), 0) AS n FROM usage")[0]["n"]


def losses(store):
    return {
        row["reason"]: row["calls"]
        for row in store.read("SELECT reason, SUM(calls) AS calls FROM losses GROUP BY reason")
    }
