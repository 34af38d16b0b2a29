"""The routes of old webhook subscriptions below any prefix (conventions 8.2).

A subscription is a native one whose URL leads to our receiver and holds, sealed, what the client asked for; no
database is needed to list, show or delete it. The id is upstream's.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

from flask import Response
from werkzeug.exceptions import HTTPException, Unauthorized

from shim.rest import json
from shim.rest.dates import LegacyTime
from shim.rest.described import paged, said
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Crash, Refusal
from shim.rest.fields import Plain, Resource
from shim.rest.page import cut
from shim.services.bridge import Named
from shim.services.call import Call
from shim.services.comparing import compare
from shim.services.deliveries import Deliveries, Delivery
from shim.services.flag import flagged
from shim.services.levels import Level, is_callers
from shim.services.subscribing import FIELDS, subscribe, wished
from shim.services.subscription import ends_soon
from shim.upstream import LARGEST_INT, read

DELIVERIES = read(__package__, "deliveries.graphql")
"""What upstream is asked of deliveries of any kind: for a service's operations."""
HOOKS = read(__package__, "webhooks.graphql") + DELIVERIES
"""The same, and what it is asked of the subscriptions of users."""
UNREADABLE = "The payload of this delivery can't be made again"
MOST_ENDED = 2
"""How many subscriptions a call deletes because their token is about to end."""
_SEALED = "as it was asked for, which this server has sealed in url; one of your own needs no seal"


class Subscribed(Resource):
    """A subscription (conventions 8.1)."""

    id = Plain()
    created = Plain(metadata=said("url", how="when this server made it, sealed in url", old=LegacyTime.old))
    events = Plain(metadata=said("url", how=_SEALED, old="list of texts"))
    url = Plain(metadata=said("url", how=_SEALED, old="text"))


_subscribed, _delivery = Subscribed(), Delivery()


def hook_routes(level: Level) -> Endpoints:
    """The routes of a kind of subscriptions."""
    hooks = Endpoints()
    _listing(hooks, level)
    _creating(hooks, level)
    _single(hooks, level)
    _deliveries(hooks, level)
    return hooks


def _listing(hooks: Endpoints, level: Level) -> None:
    @hooks.get(
        f"{level.kind.prefix}/webhooks",
        operation=(*_look(level), f"{level.name}Webhooks"),
        grants=level.grants,
        resource=paged(Subscribed),
    )
    def index(call: Call, **place: Any) -> Response:
        """The subscriptions made with this token."""
        found, complete = level.every(call, place)
        page = cut(_callers(call, level, found), call.start)
        compare(call, level, place, [row["named"] for row in page.results])
        return flagged(call.page(_subscribed, page), complete=complete)


def _creating(hooks: Endpoints, level: Level) -> None:
    @hooks.post(
        f"{level.kind.prefix}/webhooks",
        operation=(*_look(level), f"Create{level.name}Webhook"),
        grants=level.subscribing,
        fields=FIELDS,
        resource=Subscribed,
        examples=_examples(level),
    )
    def create(call: Call, **place: Any) -> Response:
        """A new subscription; the parent's refusals come before those of the body."""
        ids = level.parent(call, place)
        if level.kind.internal and not call.caller.is_internal:
            raise Unauthorized
        made = subscribe(call, level, ids, wished(call, level.kind))
        call.backend.bridge.made(replace(made, place=level.named_place(call, place)))
        return json.answer(_subscribed.dump(_row(made)), 201)


def _single(hooks: Endpoints, level: Level) -> None:
    prefix, name = level.kind.prefix, level.name

    @hooks.get(f"{prefix}/webhooks/<id>", operation=level.reading, grants=level.grants, resource=Subscribed)
    def show(call: Call, id: str, **place: Any) -> Response:  # noqa: A002
        """One subscription."""
        named, _ = level.one(call, number(id), f"{name}Webhook", place)
        compare(call, level, place, [named])
        return json.answer(_subscribed.dump(_row(named)))

    @hooks.delete(f"{prefix}/webhooks/<id>", operation=(*level.reading, f"Delete{name}Webhook"), grants=level.grants)
    def delete(call: Call, id: str, **place: Any) -> Response:  # noqa: A002
        """No more deliveries."""
        named, _ = level.one(call, number(id), f"{name}Webhook", place)
        _end(call, level, named)
        call.backend.bridge.ended(named)
        return json.no_content()


def _deliveries(hooks: Endpoints, level: Level) -> None:
    prefix = f"{level.kind.prefix}/webhooks/<id>/deliveries"
    deliveries = {"operation": (*level.reading, f"{level.name}Deliveries"), "grants": level.grants}

    @hooks.get(prefix, **deliveries, resource=paged(Delivery))
    def sent(call: Call, id: str, **place: Any) -> Response:  # noqa: A002
        """What was sent for a subscription, the newest first."""
        return call.page(_delivery, Deliveries(call, level, number(id), place).page())

    @hooks.get(f"{prefix}/<uuid>", **deliveries, resource=Delivery)
    def delivery(call: Call, id: str, uuid: str, **place: Any) -> Response:  # noqa: A002
        """One delivery."""
        return json.answer(_delivery.dump(_one(Deliveries(call, level, number(id), place), uuid)))

    @hooks.post(f"{prefix}/<uuid>/redeliver", **deliveries)
    def redeliver(call: Call, id: str, uuid: str, **place: Any) -> Response:  # noqa: A002
        """The same payload once more, under the same UUID; whatever comes of it stands in the delivery."""
        found = Deliveries(call, level, number(id), place)
        told = _one(found, uuid)
        if not told["payload"]:
            raise Refusal(501, UNREADABLE)
        call.backend.bridge.send(found.subscription, told["event"], told["id"], told["payload"].encode())
        return json.answer({})


def number(text: str) -> int:
    """A subscription's id; other texts, and numbers that no column holds, crashed the old code."""
    try:
        value = int(text)
    except ValueError:
        raise Crash(f"webhook {text!r}") from None
    if abs(value) > LARGEST_INT:
        raise Crash(f"webhook {text!r}")
    return value


def _one(deliveries: Deliveries, text: str) -> dict[str, Any]:
    """The delivery of a UUID in any spelling; other texts crashed the old code, once the subscription was found."""
    try:
        uuid = str(UUID(text))
    except ValueError:
        deliveries.check()
        raise Crash(f"delivery {text!r}") from None
    return deliveries.one(uuid)


def _examples(level: Level) -> dict[str, Any]:
    """What is asked for in examples: all events of a kind."""
    events, url = level.kind.events, "https://hooks.example.org/in"
    return {
        "body": {"url": url, "events": [event.legacy for event in events]},
        "url": url,
        "events": [event.native for event in events],
        "query": "query { webhook { uuid event date } }",
    }


def _look(level: Level) -> tuple[str, ...]:
    return (level.look,) if level.look else ()


def _callers(call: Call, level: Level, found: list[Named]) -> list[dict[str, Any]]:
    """Those of the subscriptions that the caller made, but for those whose token is about to end: they are deleted.

    What waits for these is sent all the same, as nobody has said that it is not wanted.
    """
    ending = [named for named in found if ends_soon(named.subscription, time.time())]
    for named in ending[:MOST_ENDED]:
        with suppress(Refusal, HTTPException):
            _end(call, level, named)
    kept = [named for named in found if named not in ending]
    return [_row(named) for named in kept if is_callers(call, named.subscription)]


def _end(call: Call, level: Level, named: Named) -> None:
    call.mutate(f"Delete{level.name}Webhook", "gone", id=named.id)


def _row(named: Named) -> dict[str, Any]:
    created = datetime.fromtimestamp(named.subscription.created, timezone.utc)
    return {
        "named": named,
        "id": named.id,
        "created": created.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "events": list(named.subscription.events),
        "url": named.subscription.url,
    }
