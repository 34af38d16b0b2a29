"""Legacy webhook subscriptions, as far as they can be read (conventions 8.2).

Subscriptions made through the shim will be recognized upstream by their callback URL. Making them needs the
bridge, which is not there yet: creation answers 501, and no upstream subscription belongs to a legacy client.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from shim.rest.endpoint import Endpoints
from shim.rest.errors import Crash, Refusal
from shim.services.call import Call

NOT_YET = "Webhook subscriptions can't be created through this server yet"
Subscriptions = Callable[..., Response]
"""A view that answers `id=None` with the list and an id with one subscription."""


def subscription_routes(prefix: str, operations: tuple[str, ...], look: Subscriptions) -> Endpoints:
    """The routes of 8.2 below a prefix; `look` asks upstream for the subscriptions of its parent."""
    hooks = Endpoints()

    @hooks.get(f"{prefix}/webhooks", operation=operations)
    def index(call: Call, **parent: str) -> Response:
        """The subscriptions made with this token."""
        return look(call, **parent)

    @hooks.post(f"{prefix}/webhooks")
    def create(call: Call, **parent: str) -> Response:
        """A new subscription."""
        raise Refusal(501, NOT_YET)

    @hooks.get(f"{prefix}/webhooks/<id>", operation=operations)
    def show(call: Call, id: str, **parent: str) -> Response:  # noqa: A002
        """One subscription."""
        return look(call, number(id), **parent)

    @hooks.delete(f"{prefix}/webhooks/<id>", operation=operations)
    def delete(call: Call, id: str, **parent: str) -> Response:  # noqa: A002
        """No more deliveries."""
        return look(call, number(id), **parent)

    @hooks.get(f"{prefix}/webhooks/<id>/deliveries", operation=operations)
    def deliveries(call: Call, id: str, **parent: str) -> Response:  # noqa: A002
        """What was sent for a subscription."""
        return look(call, number(id), **parent)

    @hooks.get(f"{prefix}/webhooks/<id>/deliveries/<uuid>", operation=operations)
    def delivery(call: Call, id: str, uuid: str, **parent: str) -> Response:  # noqa: A002
        """One delivery."""
        return look(call, number(id), **parent)

    @hooks.post(f"{prefix}/webhooks/<id>/deliveries/<uuid>/redeliver", operation=operations)
    def redeliver(call: Call, id: str, uuid: str, **parent: str) -> Response:  # noqa: A002
        """The same payload once more."""
        return look(call, number(id), **parent)

    return hooks


def number(text: str) -> int:
    """A subscription's id; other texts crashed the old code."""
    try:
        return int(text)
    except ValueError:
        raise Crash(f"webhook {text!r}") from None
