"""What the store knows of calls, summed: everybody who shows usage reads it through here."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shim.store import Row, Store

HOUR = 3600
DAY = 24 * HOUR
UNKNOWN, OTHER = "", "(other)"
"""How callers and agents are called that nobody knows, and those beyond the caps."""
MOST_STEPS = 20_000
_MOST_AGENTS = 5
_NAMED = f"CASE WHEN caller NOT IN ('{UNKNOWN}', '{OTHER}') THEN caller END"
_SUMS = (
    "SUM(calls) AS calls, MAX(last_call) AS last_call, SUM(CASE WHEN status IN ('4xx', '5xx') THEN calls ELSE 0 END)"
    " AS failed, SUM(upstream_calls) AS upstream_calls, SUM(bytes) AS bytes, SUM(refused) AS refused,"
    " SUM(rehearsed) AS rehearsed"
)
_USE = (
    f"SUM(calls) AS calls, COUNT(DISTINCT {_NAMED}) AS callers, MAX(last_call) AS last_call,"
    " SUM(refused) AS refused, SUM(rehearsed) AS rehearsed"
)


@dataclass(frozen=True)
class Scope:
    """Which calls are meant: from `since` until `until`, Unix seconds, by whole hours, the last one outside.

    Empty tuples mean all services, all endpoints (by their slugs) and all callers (as they are stored).
    """

    since: int
    until: int
    services: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Use:
    """How a caller used an endpoint. `last_call` is in Unix seconds, `failed` are answers from 400 on."""

    service: str
    endpoint: str
    caller: str
    calls: int
    last_call: int
    failed: int
    upstream_calls: int
    bytes: int
    refused: int
    rehearsed: int


@dataclass(frozen=True)
class EndpointUse:
    """How an endpoint was used; `callers` counts those known by name or hash."""

    service: str
    endpoint: str
    calls: int
    callers: int
    last_call: int
    refused: int
    rehearsed: int


@dataclass(frozen=True)
class ServiceUse:
    """How a service was used; `callers` counts those known by name or hash."""

    service: str
    calls: int
    callers: int
    last_call: int
    refused: int
    rehearsed: int


@dataclass(frozen=True)
class CallerUse:
    """What a caller used: the number of endpoints, and the agents used most."""

    caller: str
    calls: int
    endpoints: int
    last_call: int
    agents: tuple[str, ...]


@dataclass(frozen=True)
class AgentUse:
    """How much a program was used."""

    agent: str
    calls: int
    last_call: int


class Report:
    """Questions to the store. Rows dated more than an hour from now are not believed. Each raises StoreError."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store, self._now = store, now

    def uses(self, scope: Scope) -> list[Use]:
        """Each caller's use of each endpoint, most calls first."""
        return [Use(**row) for row in self._sums(scope, "service, endpoint, caller", _SUMS)]

    def by_endpoint(self, scope: Scope) -> list[EndpointUse]:
        """The use of each endpoint that was called, most calls first."""
        return [EndpointUse(**row) for row in self._sums(scope, "service, endpoint", _USE)]

    def by_service(self, scope: Scope) -> list[ServiceUse]:
        """The use of each service that was called, most calls first."""
        return [ServiceUse(**row) for row in self._sums(scope, "service", _USE)]

    def by_caller(self, scope: Scope) -> list[CallerUse]:
        """What each caller used, most calls first."""
        sums = (
            "SUM(calls) AS calls, COUNT(DISTINCT service || ' ' || endpoint) AS endpoints, MAX(last_call) AS last_call"
        )
        agents = self._agents_of_callers(scope)
        return [CallerUse(**row, agents=tuple(agents[row["caller"]])) for row in self._sums(scope, "caller", sums)]

    def agents(self, scope: Scope) -> list[AgentUse]:
        """The programs that called, most calls first."""
        sums = "SUM(calls) AS calls, MAX(last_call) AS last_call"
        return [AgentUse(**row) for row in self._sums(scope, "agent", sums)]

    def series(self, scope: Scope, step: int) -> list[tuple[int, int]]:
        """Calls by time: the begin of each step of so many seconds, whole hours, and its calls, which may be none.

        Steps are counted from 1970, so that a day is one in UTC. Raises ValueError for more than MOST_STEPS.
        """
        begins = self._begins(scope, step)
        found = {row["moment"]: row["calls"] for row in self._stepped(scope, step, "")}
        return [(begin, found.get(begin, 0)) for begin in begins]

    def trends(self, scope: Scope, step: int) -> dict[tuple[str, str], list[int]]:
        """Calls by service and endpoint, step by step as `series` has them."""
        begins = self._begins(scope, step)
        trends: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(begins))
        for row in self._stepped(scope, step, "service, endpoint, "):
            trends[row["service"], row["endpoint"]][(row["moment"] - begins[0]) // step] = row["calls"]
        return dict(trends)

    def losses(self, scope: Scope) -> dict[str, int]:
        """Calls of these hours that are in no row, by reason, whatever their service and caller were."""
        where, values = self._where(Scope(scope.since, scope.until))
        rows = self._store.read(f"SELECT reason, SUM(calls) AS calls FROM losses{where} GROUP BY reason", **values)  # noqa: S608
        return {row["reason"]: row["calls"] for row in rows}

    def last_call(self, service: str, endpoint: str) -> int | None:
        """When an endpoint was last called, in Unix seconds; None if that is not known to have happened."""
        return self.last_calls(Scope(0, self._latest(), (service,), (endpoint,))).get((service, endpoint))

    def last_calls(self, scope: Scope) -> dict[tuple[str, str], int]:
        """When each endpoint that was called was called last, in Unix seconds, by service and slug."""
        rows = self._sums(scope, "service, endpoint", "MAX(last_call) AS last_call, SUM(calls) AS calls")
        return {(row["service"], row["endpoint"]): row["last_call"] for row in rows}

    def first(self, since: int = 0) -> int | None:
        """The begin of the first hour from `since` on of which anything is known, in Unix seconds."""
        where, values = self._where(Scope(since, self._latest()))
        found: int | None = self._store.read(f"SELECT MIN(hour) AS first FROM usage{where}", **values)[0]["first"]  # noqa: S608
        return found

    def _latest(self) -> int:
        return int(self._now()) + HOUR

    def _where(self, scope: Scope) -> tuple[str, dict[str, Any]]:
        """The condition of a scope, and its values."""
        until = min(scope.until, self._latest())
        values: dict[str, Any] = {"since": scope.since - scope.since % HOUR, "until": until}
        terms = ["hour >= :since", "hour < :until"]
        for column in ("service", "endpoint", "caller"):
            wanted: Sequence[str] = getattr(scope, f"{column}s")
            if wanted:
                names = {f"{column}_{_letters(i)}": one for i, one in enumerate(wanted)}
                terms.append(f"{column} IN ({', '.join(f':{name}' for name in names)})")
                values |= names
        return f" WHERE {' AND '.join(terms)}", values

    def _sums(self, scope: Scope, columns: str, sums: str) -> list[Row]:
        where, values = self._where(scope)
        sql = f"SELECT {columns}, {sums} FROM usage{where} GROUP BY {columns} ORDER BY calls DESC, {columns}"  # noqa: S608
        return self._store.read(sql, **values)

    def _stepped(self, scope: Scope, step: int, columns: str) -> list[Row]:
        where, values = self._where(scope)
        sql = f"SELECT {columns}hour - hour % :step AS moment, SUM(calls) AS calls FROM usage{where}"  # noqa: S608
        return self._store.read(f"{sql} GROUP BY {columns}hour - hour % :step", step=step, **values)

    def _begins(self, scope: Scope, step: int) -> range:
        if step <= 0 or step % HOUR:
            raise ValueError("a step is of whole hours")
        begins = range(scope.since - scope.since % step, scope.until, step)
        if len(begins) > MOST_STEPS:
            raise ValueError(f"more than {MOST_STEPS} steps")
        return begins

    def _agents_of_callers(self, scope: Scope) -> Mapping[str, list[str]]:
        where, values = self._where(scope)
        ranked = (
            "SELECT caller, agent, SUM(calls) AS calls,"  # noqa: S608
            " ROW_NUMBER() OVER (PARTITION BY caller ORDER BY SUM(calls) DESC, agent) AS place"
            f" FROM usage{where} GROUP BY caller, agent"
        )
        sql = f"SELECT caller, agent FROM ({ranked}) AS ranked WHERE place <= :most ORDER BY caller, place"  # noqa: S608
        agents: dict[str, list[str]] = defaultdict(list)
        for row in self._store.read(sql, most=_MOST_AGENTS, **values):
            agents[row["caller"]] += [row["agent"]] if row["agent"] else []
        return agents


def _letters(number: int) -> str:
    """A number as part of a parameter's name, which holds letters alone."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))
