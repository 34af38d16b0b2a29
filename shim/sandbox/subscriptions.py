"""Rows of native webhooks: subscriptions and deliveries (conventions 9.1, 9.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from shim.recordings.answer import Answer
from shim.sandbox import times
from shim.sandbox.cursor import Cursor, Page, page
from shim.sandbox.delivery import MAX_BODY
from shim.sandbox.errors import NO_ROWS, FieldError, PanicError

if TYPE_CHECKING:
    from shim.sandbox.call import Call
    from shim.sandbox.users import User, Users


@dataclass(frozen=True)
class Kind:
    """A kind of subscription: its name in messages, its GraphQL type, and the scope that each event needs.

    `coded` tells whether the refusal for want of a scope has its code in 2026, which not every service gives it.
    """

    name: str
    typename: str
    events: Mapping[str, str]
    coded: bool = False


@dataclass(frozen=True)
class OAuthClient:
    """The OAuth client that made a subscription."""

    typename: ClassVar[str] = "OAuthClient"
    uuid: str


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

    @property
    def client(self) -> OAuthClient | None:
        """The OAuth client that made it."""
        return OAuthClient(self.client_id) if self.client_id else None

    def deliveries(self, call: Call, cursor: Cursor | None = None) -> Page[Delivery]:
        """What was sent, the newest first."""
        rows = call.store.deliveries[self.kind.name].where(lambda row: row.subscription_id == self.id)
        return page(reversed(rows), cursor, lambda row: row.id)

    def sample(self, call: Call, event: str | None = None) -> str:
        """A sample payload, which no version of the servers can make."""
        raise PanicError


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

    def subscription(self, call: Call) -> Subscription:
        """The subscription, always sought among the users', whatever its kind. Raises FieldError."""
        row: Subscription | None = call.store.webhooks["user"].get(self.subscription_id)
        if row is None:
            raise FieldError(NO_ROWS)
        return row

    def record(self, answer: Answer) -> None:
        """Note what the receiver answered; an answer that is no UTF-8 leaves no trace."""
        try:
            body = answer.body.decode()[:MAX_BODY]
        except UnicodeDecodeError:
            return
        self.response_body, self.response_headers = body, answer.header_block
        self.response_status = answer.status


def load_subscriptions(
    rows: Iterable[dict[str, Any]], kind: Kind, users: Users[Any], parent: str | None = None
) -> list[Subscription]:
    """Subscriptions from the rows of a data set; `parent` names the column of the row that they hang on."""
    return [
        Subscription(
            kind,
            row["id"],
            users.of(row, "user"),
            _events(row["events"]),
            row["url"],
            row["query"],
            row.get("grants", ""),
            row["client"] if "client" in row else row["client_id"],
            times.parse(row["expires"]) if row["expires"] else None,
            parent=row[parent] if parent else None,
        )
        for row in rows
    ]


def _events(value: list[str] | str) -> list[str]:
    """Events as a list, or as PostgreSQL prints an array."""
    return value.strip("{}").split(",") if isinstance(value, str) else list(value)


def load_deliveries(rows: Iterable[dict[str, Any]]) -> list[Delivery]:
    """Deliveries from the rows of a data set."""
    return [
        Delivery(
            row["id"],
            row["uuid"],
            times.parse(row["date"]),
            row["event"],
            row["subscription"],
            row["request_body"],
            row["response_body"],
            row["response_headers"],
            row["response_status"],
        )
        for row in rows
    ]
