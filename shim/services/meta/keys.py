"""The caller's keys of a kind, which the API lists from the oldest on and cannot page (meta 4.6, 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow import Schema
from werkzeug.exceptions import NotFound

from shim.rest import json
from shim.rest.errors import Refusal
from shim.rest.page import cut
from shim.services.call import Call
from shim.services.flag import flagged
from shim.services.meta.sent import NO_NUMBER, check_text, copied
from shim.services.users import caller
from shim.upstream import LARGEST_INT, Rows

LIMITED = "Key listing is limited to 25 keys by the GraphQL API"


def page(call: Call, operation: str, schema: Schema) -> Response:
    """A page of the caller's keys, the newest first; without the network key only of the oldest of them."""
    found = _all(call, operation)
    return flagged(call.page(schema, cut(found.rows, call.start)), complete=found.complete)


def one(call: Call, operation: str, number: int) -> dict[str, Any]:
    """One of the caller's keys. Raises NotFound, and the 501 where it may be one that can't be listed."""
    found = _all(call, operation)
    known = {row["id"]: row for row in found.rows}
    if number in known:
        return known[number]
    is_possible = not found.complete and max(known, default=0) < number <= LARGEST_INT
    raise Refusal(501, LIMITED) if is_possible else NotFound


def created(call: Call, operation: str, field: str, schema: Schema) -> Response:
    """Answer with a new key: 200, which is what the old service said. Raises the API's refusals as it says them."""
    call.valid.check()
    text = call.valid.values[field]
    check_text(text, Refusal(400, NO_NUMBER))
    user = caller(call, "User", "owner")
    return json.answer(schema.dump({**copied(call, operation, "create", key=text), "user": user}))


def _all(call: Call, operation: str) -> Rows:
    """As many of the caller's keys as can be had, each with its owner."""

    def fetch(cursor: str | None) -> tuple[Sequence[dict[str, Any]], str | None]:
        me = call.intact(call.fetch(operation, cursor=cursor), "me")
        return [{**row, "user": me} for row in me["keys"]["results"]], me["keys"]["cursor"]

    return call.everything(operation.lower(), fetch)
