"""/api/subscriptions: which lists a user follows (lists rows 43 to 46)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest import json
from shim.rest.body import required
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal, reason
from shim.rest.page import cut
from shim.services.call import Call
from shim.services.flag import flagged
from shim.services.lists.access import any_list_in, gate, is_owners, may_browse, numbered
from shim.services.lists.asking.paging import start_of
from shim.services.lists.resources import Subscription

subscriptions = Endpoints()
_subscription = Subscription()
_LIST = "list"
MALFORMED = "Invalid list name specified - expected owner/list-name"
FORBIDDEN = "You are not authorized to subscribe to this list."
ALREADY = "You are already subscribed to this list."
_READING = ("Subscriptions", "OwnSubscriptions")
Row = Mapping[str, Any]


@subscriptions.get("/api/subscriptions", scope="subs:read", operation=_READING, resource=paged(Subscription))
def index(call: Call) -> Response:
    """Subscriptions by descending id."""
    start = start_of(call)
    rows, complete = _every(call)
    return flagged(call.page(_subscription, cut(rows, start)), complete=complete)


@subscriptions.post(
    "/api/subscriptions",
    scope="subs:write",
    operation=("Subscribable", "Subscribe"),
    fields=(required("list", None),),
    resource=Subscription,
    examples={"body": {"list": "~alice/demo-devel"}},
)
def create(call: Call) -> Response:
    """A new subscription, which the old code crashed over (lists Q30)."""
    if call.valid.errors:
        call.require(call.fetch("User"), "owner")
    call.valid.check()
    call.owner, name = _place(call.valid.values["list"])
    result = call.fetch("Subscribable", l=name, **gate(call))
    of_list = any_list_in(call, result)
    if not may_browse(result, of_list) or _is_out_of_reach(result, of_list):
        raise Refusal(403, reason(FORBIDDEN, _LIST))
    if of_list["subscription"] is not None:
        raise Refusal(400, reason(ALREADY, _LIST))
    made = call.mutate("Subscribe", "mailingListSubscribe", id=of_list["id"])
    return json.answer(_subscription.dump({**made, "list": of_list}), 201)


@subscriptions.get("/api/subscriptions/<s>", scope="subs:read", operation=_READING, resource=Subscription)
def show(call: Call, s: str) -> Response:
    """One subscription; of others' nothing is told."""
    return json.answer(_subscription.dump(_one(call, s)))


@subscriptions.delete("/api/subscriptions/<s>", scope="subs:write", operation=(*_READING, "Unsubscribe"))
def delete(call: Call, s: str) -> Response:
    """No more subscription, which the old code crashed over (lists Q30)."""
    call.mutate("Unsubscribe", "mailingListUnsubscribe", id=_one(call, s)["list"]["id"])
    return json.no_content()


def _place(name: Any) -> tuple[str, str]:
    """The owner and the name of a list out of `~owner/name`. Raises the 400 for what is none, 404 for no user."""
    parts = name.split("/") if isinstance(name, str) else ()
    if len(parts) != 2:
        raise Refusal(400, reason(MALFORMED, _LIST))
    owner, of_list = parts
    if not owner.startswith("~"):
        raise NotFound
    return owner[1:], of_list


def _is_out_of_reach(result: Any, of_list: Row) -> bool:
    """Whether a subscription would only be made to be hidden, and all others of its user with it (lists 7.2)."""
    return not is_owners(result) and of_list["visibility"] == "PRIVATE" and "access" not in of_list


def _one(call: Call, text: str) -> Row:
    """A subscription of the caller's. Raises 404 for others."""
    wanted = numbered(text)
    rows, _ = _every(call)
    found = next((row for row in rows if row["id"] == wanted), None)
    if found is None:
        raise NotFound
    return found


def _every(call: Call) -> tuple[Sequence[Row], bool]:
    """The caller's subscriptions, and whether none is missing."""
    hidden = False

    def fetch(cursor: str | None) -> tuple[Sequence[Any], str | None]:
        nonlocal hidden
        result = call.fetch("Subscriptions", cursor=cursor)
        if any(error.path[-1:] == (_LIST,) for error in result.touching("subscriptions")):
            hidden = True
            return (), None
        page = call.intact(result, "subscriptions")
        return [row for row in page["results"] if _LIST in row], page["cursor"]

    found = call.everything("subscriptions", fetch)
    return (_own(call), False) if hidden else (found.rows, found.complete)


def _own(call: Call) -> Sequence[Row]:
    """The subscriptions to the caller's own lists."""

    def fetch(cursor: str | None) -> tuple[Sequence[Any], str | None]:
        page = call.intact(call.fetch("OwnSubscriptions", cursor=cursor), "owner", "lists")
        return page["results"], page["cursor"]

    rows = call.everything("lists", fetch).rows
    return [{**row["subscription"], "list": row} for row in rows if row["subscription"] is not None]
