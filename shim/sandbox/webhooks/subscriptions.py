"""Rows of native webhooks: subscriptions and deliveries (conventions 9.1, 9.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from shim.recordings.answer import Answer
from shim.sandbox.data.columns import Rows, always, column, columns, moment
from shim.sandbox.engine import times
from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.engine.errors import PanicError
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.users import User
from shim.sandbox.webhooks.delivery import MAX_BODY


@dataclass(frozen=True)
class Kind:
    """A kind of subscription: its name, its GraphQL type, and the scope that each event needs.

    `coded` tells whether the refusal for want of a scope has its code in 2026, which not every service gives it;
    `parent` is the column of the row that its subscriptions hang on, None for a user's; `title` names them in messages,
    where that is not the name; `sample` makes the sample of an event, where the real resolver does not panic;
    `stopped` tells whether in 2024 an expired one keeps an event from all of its user's.
    """

    name: str
    typename: str
    events: Mapping[str, str]
    coded: bool = False
    parent: str | None = None
    title: str | None = None
    sample: Callable[[Call, Any, str], str] | None = None
    stopped: bool = False


@dataclass
class Subscription:
    """A subscription. `token` is the bearer token that made it, unknown for rows of a data set; `parent` is
    the id of the row whose events it gets, None for a user's."""

    kind: Kind
    id: int
    user: User
    events: list[str]
    url: str
    query: str
    grants: str
    client_id: str | None
    expires: datetime | None
    token: str | None = None
    parent: int | None = None

    @property
    def typename(self) -> str:
        """The GraphQL type."""
        return self.kind.typename

    @property
    def expired(self) -> bool:
        """Whether the token that made it has ended."""
        return self.expires is not None and self.expires <= times.now()

    def client(self, call: Call) -> Any:
        """The OAuth client that made it; only meta.sr.ht shows it, which knows the clients."""
        return call.store.oauth2_clients.first(lambda row: row.uuid == self.client_id)

    def deliveries(self, call: Call, cursor: Cursor | None = None) -> Page[Delivery]:
        """What was sent, the newest first."""
        rows = call.store.deliveries[self.kind.name].where(lambda row: row.subscription_id == self.id)
        return page(reversed(rows), cursor, lambda row: row.id)

    def sample(self, call: Call, event: str) -> str:
        """What would be sent of an event: most real resolvers panic (era 2026: git; todo alike)."""
        if self.kind.sample is None:
            raise PanicError
        return self.kind.sample(call, self, event)


@dataclass
class Delivery:
    """One delivery; the response stays null until an answer came that PostgreSQL can hold."""

    typename: ClassVar[str] = "WebhookDelivery"
    id: int
    uuid: str
    date: datetime
    event: str
    subscription_id: int
    request_body: str
    response_body: str | None = None
    response_headers: str | None = None
    response_status: int | None = None

    def record(self, answer: Answer) -> None:
        """Note what the receiver answered; an answer that is no UTF-8 leaves no trace."""
        try:
            body = answer.body.decode()[:MAX_BODY]
        except UnicodeDecodeError:
            return
        self.response_body, self.response_headers = body, answer.header_block
        self.response_status = answer.status


def described(kind: Kind) -> tuple[Rows, Rows]:
    """The subscriptions of a kind in a data set, and their deliveries: `<kind>_webhooks`, `<kind>_deliveries`."""
    users = "native" if kind.parent is None else kind.name
    rows = Rows(
        f"{kind.name}_webhooks",
        Subscription,
        columns(
            *("id", "url", "query"),
            kind=always(kind),
            user=column("user_id", "user", key="users"),
            events=column(read=_events),
            grants=column(default=""),
            client_id=column("client", "client_id", default=None),
            expires=moment(),
            parent=column(kind.parent) if kind.parent else always(None),
        ),
        lists=(f"{users}_webhooks", f"{kind.name}_webhooks"),
        sequences=(f"{users}_webhooks", f"gql_{kind.name}_wh_sub"),
        optional=True,
    )
    return rows, replace(
        rows,
        table=f"{kind.name}_deliveries",
        make=Delivery,
        columns=columns(
            *("id", "uuid", "event", "request_body", "response_body", "response_headers", "response_status"),
            date=moment(),
            subscription_id=column("subscription", "subscription_id"),
        ),
        lists=(f"{users}_deliveries", f"{kind.name}_webhook_deliveries"),
        sequences=(f"{users}_deliveries", f"gql_{kind.name}_wh_delivery"),
    )


def _events(value: list[str] | str) -> list[str]:
    """Events as a list, or as PostgreSQL prints an array."""
    return value.strip("{}").split(",") if isinstance(value, str) else list(value)
