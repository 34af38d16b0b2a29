"""Where the subscriptions of a kind hang, and how upstream is asked for them (conventions 8.2, 9.4).

A kind `tracker` is asked for with the operations TrackerWebhooks, TrackerWebhook, TrackerDeliveries,
CreateTrackerWebhook and DeleteTrackerWebhook, which answer below `hooks`, `hook`, `made` and `gone`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from werkzeug.exceptions import NotFound, Unauthorized

from shim.rest.errors import Refusal
from shim.services import subscription
from shim.services.bridge import Named
from shim.services.call import Call
from shim.services.events import Kind
from shim.services.subscription import Subscription
from shim.upstream import Result

log = structlog.get_logger(__name__)
Ids = tuple[int, ...]
Place = Mapping[str, Any]
"""The values of a rule's parameters, e.g. `{"t": "bugs", "n": 4}`."""
NATIVE_ARGUMENTS = ("parent", "number")
"""What a subscription's parent is called where one is made, by its ids in their order."""


def _of_nothing(call: Call, result: Result) -> Ids:
    return ()


@dataclass(frozen=True)
class Level:
    """Where the subscriptions of a kind hang.

    `look` is the operation that asks for their parent alone (empty: the user, who need not be looked for); `ids` are
    the parent's in an answer, or raise the old refusal; `listed_by_id`
    says that they are listed by the parent's ids. `unsupported` is what eras without the kind answer. `sent_by_hook`
    says that deliveries look like those of git's hook (git 6.1). `grants` are those without which the API does not tell
    of the parent, `look_grants` what `look` takes beside them; the user's own subscriptions take none.
    """

    kind: Kind
    look: str = ""
    ids: Callable[[Call, Result], Ids] = field(default=_of_nothing)
    listed_by_id: bool = False
    unsupported: str = ""
    sent_by_hook: bool = False
    grants: tuple[str, ...] = ()
    look_grants: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What its operations begin with."""
        return self.kind.name.capitalize()

    @property
    def reading(self) -> tuple[str, ...]:
        """The operations that find a subscription."""
        return (*((self.look,) if self.look else ()), f"{self.name}Webhook")

    @property
    def subscribing(self) -> tuple[str, ...]:
        """The grants that a token needs to subscribe to all events of the kind."""
        of_events = (grant for event in self.kind.events for grant in event.grants)
        return tuple(dict.fromkeys((*self.grants, *self.look_grants, *of_events)))

    def parent(self, call: Call, place: Place) -> Ids:
        """The ids of the parent. Raises the old refusal where there is none for the caller."""
        return self.ids(call, call.fetch(self.look, **place)) if self.look else ()

    def every(self, call: Call, place: Place) -> tuple[list[Named], bool]:
        """The subscriptions of the parent that were made here, by whomever the caller sees, and whether these are all.

        Without the network key those behind the API's first page can't be listed (conventions 5.4), as the log says.
        Raises old refusals.
        """
        if is_unaskable(call) or call.era not in self.kind.eras:
            self._confirm(call, place)
            return [], True
        known: Place = {"id": self.parent(call, place)[0]} if self.listed_by_id else place
        found = call.everything("webhooks", lambda cursor: self._page(call, known, cursor))
        if not found.complete:
            log.warning("subscriptions left out", service=call.backend.service.name, kind=self.kind.name)
        return [row["named"] for row in found.rows if row["named"] is not None], found.complete

    def one(self, call: Call, row_id: int, operation: str, place: Place, **asked: Any) -> tuple[Named, Result]:
        """The caller's subscription of that id and the answer to an operation that asks for it.

        Raises 404 where there is none here, and 401 where another credential made it.
        """
        if is_unaskable(call) or call.era not in self.kind.eras:
            self._confirm(call, place)
            raise NotFound
        result = call.fetch(operation, id=row_id, **place, **asked)
        ids = self.ids(call, result)
        named = self._named(call, call.require(result, *self.kind.path, "hook"), ids, place)
        if named is None:
            raise NotFound
        if not is_callers(call, named.subscription):
            raise Unauthorized
        return named, result

    def named_place(self, call: Call, place: Place) -> str:
        """The names by which subscriptions can be asked for that no id of their parent leads to."""
        parents = self.kind.parents
        return f"{call.owner}/{place[parents.name]}" if parents else ""

    def check_era(self, call: Call) -> None:
        """Raise the 501 of an era in which the API knows no such subscriptions."""
        if call.era not in self.kind.eras:
            raise Refusal(501, self.unsupported)

    def _page(self, call: Call, known: Place, cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
        result = call.fetch(f"{self.name}Webhooks", cursor=cursor, **known)
        ids = (known["id"],) if self.listed_by_id else self.ids(call, result)
        page = call.intact(result, *self.kind.path, "hooks")
        return [{"id": row["id"], "named": self._named(call, row, ids, known)} for row in page["results"]], page[
            "cursor"
        ]

    def _named(self, call: Call, row: Mapping[str, Any], ids: Ids, place: Place) -> Named | None:
        """The subscription in one of upstream's, None where that is none of this parent's that was made here."""
        addresses, service = call.backend.addresses, call.backend.service.name
        found = addresses.opened(service, row["url"]) if addresses else None
        if found is None or (found.kind, found.parent) != (self.kind.name, parent_text(ids)):
            return None
        return Named(row["id"], found, self.named_place(call, place))

    def _confirm(self, call: Call, place: Place) -> None:
        """Check the caller and the parent where subscriptions can't be asked for. Raises the 501 of an era."""
        if self.look:
            self.parent(call, place)
        else:
            call.require(call.fetch("User"), "owner")
        self.check_era(call)


def parent_text(ids: Ids) -> str:
    """A parent as it is sealed: `3`, `3/4`, empty for a user."""
    return "/".join(map(str, ids))


def credential(call: Call) -> str:
    """What stands for a caller's authorization from call to call: another service's is new each time.

    Raises the 501 where the network key is missing that tells for whom another service calls.
    """
    caller = call.caller
    if not caller.is_internal:
        return caller.authorization
    if caller.name is None:
        raise Refusal(501, "Webhooks of other services need [sr.ht] network-key")
    return f"Internal {caller.name}"


def is_callers(call: Call, found: Subscription) -> bool:
    """Whether the caller's credential made a subscription."""
    addresses = call.backend.addresses
    return addresses is not None and subscription.made_with(addresses.keys, found, credential(call))


def is_unaskable(call: Call) -> bool:
    """Whether the API would fail over another service's question: that of 2024 panics (conventions 9.1)."""
    return call.caller.is_internal and call.era == "2024"
