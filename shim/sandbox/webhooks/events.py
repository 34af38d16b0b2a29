"""Events: what a mutation announces, and the deliveries that follow (conventions 9.2)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from shim.sandbox.data.table import Table
from shim.sandbox.engine import gojson, times
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.caller import Caller
from shim.sandbox.instance.users import User
from shim.sandbox.webhooks.subscriptions import Delivery, Kind, Subscription


class Payload:
    """What the root field `webhook` shows while an event's query runs: `objects` of the event, in a GraphQL type."""

    def __init__(self, typename: str, event: str, **objects: Any) -> None:
        self.typename = typename
        self.event = event
        self.uuid = str(uuid.uuid4())
        self.date = times.now()
        vars(self).update(objects)


def announce(
    call: Call,
    kind: Kind,
    payload: Payload,
    *,
    user: User | None = None,
    parent: int | None = None,
    allowed: Callable[[Any], bool] | None = None,
) -> None:
    """Deliver an event to the subscriptions of `user`, or to those on the row `parent` of `allowed` users.

    A query too complex keeps the event from everybody, on some services an expired subscription does so too; elsewhere
    these are passed over.
    """
    wanted: list[Subscription] = call.store.webhooks[kind.name].where(
        lambda row: (
            payload.event in row.events
            and row.parent == parent
            and user in (None, row.user)
            and (allowed is None or allowed(row.user))
        )
    )
    if kind.stopped and not call.modern and any(row.expired for row in wanted):
        return
    answers = [(row, _evaluate(call, row, payload)) for row in wanted if not row.expired]
    if not any(map(_too_complex, (answer for _, answer in answers))):
        for row, answer in answers:
            _deliver(call, row, payload, gojson.encode(answer))


def sample(call: Call, subscription: Subscription, typename: str, event: str, **objects: Any) -> str:
    """What a subscription would be sent of an event of a type that tells of nothing, or of `objects`."""
    payload = Payload(typename, event, **objects)
    return gojson.encode(_evaluate(call, subscription, payload)).decode("utf-8", "replace")


def _deliver(call: Call, subscription: Subscription, payload: Payload, body: bytes) -> None:
    headers = {
        "Content-Type": "application/json",
        "X-Webhook-Event": payload.event,
        "X-Webhook-Delivery": payload.uuid,
    }
    table: Table[Delivery] = call.store.deliveries[subscription.kind.name]
    what = (payload.uuid, payload.date, payload.event, subscription.id, body.decode("utf-8", "replace"))
    delivery = table.add(Delivery(table.take_id(), *what))
    call.service.deliver(subscription.url, headers, body, delivery.record)


def _evaluate(call: Call, subscription: Subscription, payload: Payload) -> dict[str, Any]:
    """Run a subscription's query as the user who caused the event, read-only and with its own grants."""
    caller = Caller("webhook", call.user, call.service.name, subscription.grants, subscription.client_id)
    prefix = (call.field_name,)
    inner = Call(call.service, caller, call.origin, payload, prefix, loaded=call.loaded)
    return call.service.answer(inner, subscription.query)


def _too_complex(answer: dict[str, Any]) -> bool:
    codes = (error.get("extensions", {}).get("code") for error in answer.get("errors", ()))
    return "COMPLEXITY_LIMIT_EXCEEDED" in codes
