"""Root fields and rules of native webhooks, alike on every service (conventions 9.1)."""

from __future__ import annotations

from typing import Any, ClassVar

from shim.sandbox.data.table import Table
from shim.sandbox.engine import gourl
from shim.sandbox.engine.coercion import variables
from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.engine.errors import FieldError, PanicError, RequestError
from shim.sandbox.instance.call import Call
from shim.sandbox.webhooks.events import Payload
from shim.sandbox.webhooks.subscriptions import Kind, Subscription

_UNSUPPORTED = {
    "legacy": "Native webhooks are not supported with legacy OAuth",
    "cookie": "Native webhooks are not supported with web authentication",
}


class EventQuery:
    """The root field `webhook`."""

    def webhook(self, call: Call) -> Payload:
        """The event that is being delivered."""
        if call.payload is None:
            raise FieldError("Cannot use this resolver without an active webhook context")
        return call.payload  # type: ignore[no-any-return]


class WebhookQueries(EventQuery):
    """The root field `webhook` and the users' own subscriptions."""

    user_kind: ClassVar[Kind]

    def user_webhooks(self, call: Call, cursor: Cursor | None = None) -> Page[Subscription]:
        """The subscriptions of the user who asks."""
        return listed(call, self.user_kind, cursor)

    def user_webhook(self, call: Call, id_: int) -> Subscription | None:
        """One of them; an unknown one is an error, but on the services that say otherwise."""
        return found(call, self.user_kind, id_)


class WebhookMutations:
    """Mutations on the users' own subscriptions."""

    user_kind: ClassVar[Kind]

    def create_user_webhook(self, call: Call, config: dict[str, Any]) -> Subscription:
        """Subscribe to one's own events."""
        return create(call, self.user_kind, config)

    def delete_user_webhook(self, call: Call, id_: int) -> Subscription:
        """End a subscription."""
        return remove(call, found(call, self.user_kind, id_))


class Hooked:
    """A row that subscriptions hang on: the fields that show the caller's. `hook_key` is the row's attribute that
    they know it by."""

    hook_kind: ClassVar[Kind]
    hook_key: ClassVar[str] = "id"

    def webhooks(self, call: Call, cursor: Cursor | None = None) -> Page[Subscription]:
        """The caller's webhooks."""
        return listed(call, self.hook_kind, cursor, getattr(self, self.hook_key))

    def webhook(self, call: Call, id_: int) -> Subscription:
        """One of them."""
        return found(call, self.hook_kind, id_, getattr(self, self.hook_key))


def listed(call: Call, kind: Kind, cursor: Cursor | None, parent: int | None = None) -> Page[Subscription]:
    """The caller's subscriptions of a kind, ids ascending: page two is page one again (conventions 5.4)."""
    rows = call.store.webhooks[kind.name].where(lambda row: row.parent == parent and _sees(call, row))
    _supported(call)
    return page(rows, cursor, lambda row: row.id)


def visible(call: Call, kind: Kind, row_id: int) -> Subscription | None:
    """The subscription of that id, if the caller may see it."""
    _supported(call)
    row: Subscription | None = call.store.webhooks[kind.name].get(row_id)
    return row if row and _sees(call, row) else None


def found(call: Call, kind: Kind, row_id: int, parent: int | None = None) -> Subscription:
    """The subscription of that id, if it is the caller's and hangs on the row `parent`. Raises FieldError, which tells
    only its code in 2026 where the refusals of the kind have one.
    """
    row = visible(call, kind, row_id)
    if row is None or parent not in (None, row.parent):
        failure = call.missing if kind.coded else call.failure
        raise failure(f"No {kind.title or kind.name} webhook by ID {row_id} found for this user")
    return row


def create(call: Call, kind: Kind, config: dict[str, Any], parent: int | None = None) -> Subscription:
    """Check the input and make a subscription."""
    check(call, kind, config)
    return add(call, kind, config, parent)


def check(call: Call, kind: Kind, config: dict[str, Any]) -> None:
    """Raises FieldError for what no subscription of a kind can be made of."""
    _check_query(call, config["query"])
    _supported(call)
    _check_events(call, kind, config["events"])
    _check_url(call, config["url"])


def add(call: Call, kind: Kind, config: dict[str, Any], parent: int | None) -> Subscription:
    """Make a subscription, bound to the grants, the client and the end of the caller's token."""
    table: Table[Subscription] = call.store.webhooks[kind.name]
    caller = call.caller
    bound = (caller.grants_text, caller.client, caller.expires, caller.token)
    row = Subscription(
        kind, table.take_id(), call.user, config["events"], config["url"], config["query"], *bound, parent
    )
    return table.add(row)


def remove(call: Call, subscription: Subscription) -> Subscription:
    """Delete a subscription and its deliveries."""
    deliveries = call.store.deliveries[subscription.kind.name]
    deliveries.remove(*deliveries.where(lambda row: row.subscription_id == subscription.id))
    call.store.webhooks[subscription.kind.name].remove(subscription)
    return subscription


def _supported(call: Call) -> None:
    if call.caller.method in _UNSUPPORTED:
        raise FieldError(_UNSUPPORTED[call.caller.method])
    if call.caller.method == "internal" and not call.modern:
        raise PanicError


def _sees(call: Call, row: Subscription) -> bool:
    """A personal token sees all of its user's, that of an OAuth client only those that it made itself."""
    own = row.user is call.user and not row.expired
    return own and (call.caller.client is None or row.token == call.caller.token)


def _check_query(call: Call, query: str) -> None:
    try:
        variables(call.service.schema.typed, call.service.document(query).operation(None), {})
    except RequestError as error:
        lines = "".join(map(_error_line, error.errors))
        raise FieldError(f"Error validating webhook query: {lines}") from error


def _error_line(error: dict[str, Any]) -> str:
    lines = (f":{place['line']}" for place in error.get("locations", ()))
    path = ".".join(map(str, error.get("path", ())))
    return f"input{''.join(lines)}: {path and path + ' '}{error['message']}\n"


def _check_events(call: Call, kind: Kind, events: list[str]) -> None:
    if not events:
        raise call.failure("Must specify at least one event")
    grants = call.caller.grants
    for event in events:
        if event not in kind.events:
            raise call.failure(f"Unsupported event {event}")
        if not grants.has(kind.events[event], "RO"):
            refusal = call.denied if kind.coded else call.failure
            raise refusal(f"Insufficient access granted for webhook event {event}")


def _check_url(call: Call, url: str) -> None:
    address = gourl.parse(url)
    if not address.host:
        raise call.failure("Cannot use URL without host")
    if address.scheme not in ("http", "https"):
        raise call.failure("Cannot use non-HTTP or HTTPS URL")
