"""Calls added up by the hour, within bounds, until they are in the store."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from shim.services.hooks import Exchange
from shim.usage.report import HOUR, OTHER, UNKNOWN

AGENTS = 20
ROWS = 20_000
_SPARE = 2_000
_HOURS = 3
_CLASSES = {n: f"{n}xx" for n in range(1, 10)}


class Key(NamedTuple):
    """What the calls of a row have in common: the columns of the table's key."""

    hour: int
    service: str
    endpoint: str
    caller: str
    agent: str
    authorization_kind: str
    status: str


class Caps:
    """How many callers are told apart in an hour, and agents of each: the first that come."""

    def __init__(self, callers: int, agents: int = AGENTS) -> None:
        self._callers, self._agents = callers, agents
        self._hours: dict[int, dict[str, set[str]]] = {}

    def fit(self, hour: int, caller: str, agent: str) -> tuple[str, str]:
        """The names under which a call is counted."""
        known = self._hours.get(hour)
        if known is None:
            known = self._begin(hour)
        if caller not in known:
            if len(known) >= self._callers + 2:
                caller = OTHER
            known.setdefault(caller, set())
        agents = known[caller]
        if agent not in agents and agent != UNKNOWN:
            if len(agents) >= self._agents:
                return caller, OTHER
            agents.add(agent)
        return caller, agent

    def _begin(self, hour: int) -> dict[str, set[str]]:
        """Hours come in any order if the clock jumps; the latest that came are kept."""
        while len(self._hours) >= _HOURS:
            del self._hours[next(iter(self._hours))]
        begun: dict[str, set[str]] = {UNKNOWN: set(), OTHER: {OTHER}}
        self._hours[hour] = begun
        return begun


class Batch:
    """Rows on their way to the store."""

    def __init__(self, caps: Caps, most: int = ROWS) -> None:
        self._caps, self._most = caps, most
        self._rows: dict[Key, list[int]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, exchange: Exchange, caller: str, agent: str, kind: str) -> bool:
        """Count a call; False if there is no room for it."""
        endpoint = exchange.endpoint
        assert endpoint is not None
        second = int(exchange.began)
        hour = second - second % HOUR
        caller, agent = self._caps.fit(hour, caller, agent)
        status = _CLASSES[exchange.status // 100]
        row = self._row(Key(hour, exchange.service, endpoint.slug, caller, agent, kind, status))
        if row is None:
            return False
        row[0] += 1
        row[1] = max(row[1], second)
        row[2] += len(exchange.upstream)
        row[3] += exchange.bytes
        row[4] += exchange.refused
        row[5] += exchange.rehearsed
        return True

    def _row(self, key: Key) -> list[int] | None:
        """The row to add to: beyond the bound one that tells nobody apart, beyond that none."""
        row = self._rows.get(key)
        if row is None and len(self._rows) >= self._most:
            key = key._replace(caller=OTHER, agent=OTHER)
            row = self._rows.get(key)
            if row is None and len(self._rows) >= self._most + _SPARE:
                return None
        if row is None:
            row = self._rows[key] = [0, 0, 0, 0, 0, 0]
        return row

    def piece(self, most: int) -> list[Key]:
        """The keys of some rows, the oldest first."""
        return list(islice(self._rows, most))

    def rows(self, keys: list[Key]) -> Iterator[dict[str, Any]]:
        """Rows as the table has them."""
        names = ("calls", "last_call", "upstream_calls", "bytes", "refused", "rehearsed")
        return ({**key._asdict(), **dict(zip(names, self._rows[key], strict=True))} for key in keys)

    def drop(self, keys: list[Key]) -> int:
        """Let go of rows; how many calls they were."""
        return sum(self._rows.pop(key)[0] for key in keys)
