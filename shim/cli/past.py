"""A made-up past for the demo's own store: without one, nothing could be seen of trends on the first day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shim.rest.endpoint import Endpoint
from shim.sandbox.clients import SCRIPTS, Cast, Script
from shim.services import discover
from shim.services.hooks import Exchange
from shim.store import Store
from shim.usage.identity import Identity
from shim.usage.recorder import Recorder

DAYS = 30
_HOUR, _DAY = 3600, 86400
_BYTES = 1500


class Habit(NamedTuple):
    """How often a client called an endpoint a day, in the beginning and in the end."""

    client: str
    service: str
    slug: str
    first: int
    last: int


HABITS = (
    Habit("hub.sr.ht", "git", "get-user-webhooks", 24, 24),
    Habit("hub.sr.ht", "hg", "get-repos", 40, 44),
    Habit("hub.sr.ht", "todo", "get-trackers", 40, 12),
    Habit("hub.sr.ht", "todo", "put-trackers-t-tickets-n", 9, 7),
    Habit("gickup", "git", "get-user", 4, 4),
    Habit("gickup", "git", "get-repos", 4, 4),
    Habit("gickup", "git", "get-repos-r-refs", 30, 36),
    Habit("gickup", "git", "get-repos-r-log", 30, 36),
    Habit("sourcehut-go", "todo", "get-trackers", 12, 1),
    Habit("sourcehut-go", "todo", "get-trackers-t-tickets", 50, 2),
    Habit("upload-artifact.sh", "git", "post-repos-r-artifacts-name", 2, 3),
    Habit("a portfolio page", "git", "get-repos", 20, 0),
    Habit("a portfolio page", "git", "get-repos-r-log", 60, 0),
)


def make_up(store: Store, cast: Cast, now: float) -> int:
    """Fill the days before `now`, in Unix seconds, as if the clients had been there; the number of calls."""
    recorder, calls = Recorder(store, Identity("name", None), clock=lambda: now), 0
    for exchange in _past(cast, int(now)):
        recorder.observe(exchange)
        calls += 1
    recorder.close()
    return calls


def _past(cast: Cast, now: int) -> Iterator[Exchange]:
    """The calls in the order of time; a client calls at its hour of the day."""
    scripts = {script.name: script for script in SCRIPTS}
    endpoints = {(service.name, endpoint.slug): endpoint for service in discover() for endpoint in service}
    habits = [habit for habit in HABITS if habit.service in cast.services]
    for day in range(DAYS, 0, -1):
        for habit in sorted(habits, key=lambda habit: scripts[habit.client].place):
            script, endpoint = scripts[habit.client], endpoints[habit.service, habit.slug]
            began = now - day * _DAY + script.place * _HOUR
            count = round(habit.last + (habit.first - habit.last) * day / DAYS)
            yield from (_exchange(habit.service, endpoint, script, cast, began) for _ in range(count))


def _exchange(service: str, endpoint: Endpoint, script: Script, cast: Cast, began: int) -> Exchange:
    return Exchange(
        service=service,
        endpoint=endpoint,
        method=endpoint.method,
        status=200,
        caller=cast.user(script.place),
        fingerprint=script.name,
        scheme=script.scheme,
        agent=script.agent,
        accepted=True,
        began=began,
        seconds=0.1,
        upstream=((endpoint.operations[0], 0.05),),
        bytes=_BYTES,
        refused=False,
        rehearsed=False,
    )
