"""Calls added up by the hour, within bounds, until they are in the store."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from shim.services.hooks import Exchange
from shim.usage.report import HOUR, OTHER, UNKNOWN

AGENTS = 20
PROGRAM_ROWS = 300
"""How many rows of one caller in an hour tell programs apart: 20 at each endpoint would fill any disk in a year."""
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


class Programs:
    """The agents of one caller in an hour that are told apart, and hashes of the rows that do so."""

    __slots__ = ("_most", "_names", "_rows")

    def __init__(self, most: int) -> None:
        self._most = most
        self._names: set[str] = set()
        self._rows: set[int] = set()

    def fit(self, agent: str, where: tuple[str, ...]) -> str:
        """The name under which an agent is counted; `where` is the rest of its row."""
        if agent in (UNKNOWN, OTHER):
            return agent
        row = hash((agent, where))
        if row in self._rows:
            return agent
        if len(self._rows) >= PROGRAM_ROWS or (agent not in self._names and len(self._names) >= self._most):
            return OTHER
        self._names.add(agent)
        self._rows.add(row)
        return agent


class Caps:
    """How many callers are told apart in an hour, and programs of each: the first that come."""

    def __init__(self, callers: int, agents: int = AGENTS) -> None:
        self._callers, self._agents = callers, agents
        self._hours: dict[int, dict[str, Programs]] = {}

    def fit(self, hour: int, caller: str, agent: str, where: tuple[str, ...]) -> tuple[str, str]:
        """The names under which a call is counted; `where` is the rest of its row."""
        known = self._hours.get(hour)
        if known is None:
            known = self._begin(hour)
        if caller not in known:
            if len(known) >= self._callers + 2:
                caller = OTHER
            else:
                known[caller] = Programs(self._agents)
        return caller, known[caller].fit(agent, where)

    def _begin(self, hour: int) -> dict[str, Programs]:
        """Hours come in any order if the clock jumps; the latest that came are kept."""
        while len(self._hours) >= _HOURS:
            del self._hours[next(iter(self._hours))]
        begun = {name: Programs(self._agents) for name in (UNKNOWN, OTHER)}
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
        service, slug, status = exchange.service, endpoint.slug, _CLASSES[exchange.status // 100]
        caller, agent = self._caps.fit(hour, caller, agent, (service, slug, kind, status))
        row = self._row(Key(hour, service, slug, caller, agent, kind, status))
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
