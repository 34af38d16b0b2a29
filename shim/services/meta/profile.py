"""/api/user/profile: the caller (meta 2.2 rows 2 and 3, 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from shim.parsers import choice
from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Crash, Refusal, reason
from shim.services.call import Call
from shim.services.meta.resources import Profile, WrittenProfile
from shim.services.meta.sent import check_text, copied
from shim.settings import ERAS, Setting
from shim.upstream import Kind, Result, UpstreamError

profiles = Endpoints()
_profile, _written = Profile(), WrittenProfile()
UNKNOWN = "unknown field"
NO_TEXT = "Expected {} to be a string"
EDITABLE = ("email", "url", "location", "bio")
SETTINGS = (Setting("user_types", (("meta.sr.ht::shim", "user-types"),), choice(*ERAS), "2024", "2026"),)
"""In whose words a user's type is told: those of 2024, or those of the API of 2026 as they are (meta 4.5)."""
_BILLING = "meta.sr.ht/BILLING:RO"
_OF_2026 = {"ADMIN": "admin", "SUSPENDED": "suspended", "PENDING": "unconfirmed", "USER": "active_non_paying"}
_PAID = {
    "CURRENT": "active_paying",
    "DELINQUENT": "active_delinquent",
    "SUBSIDIZED": "active_free",
    "FREE": "active_free",
    "UNPAID": "active_non_paying",
}
Row = Mapping[str, Any]


@profiles.get("/api/user/profile", scope="profile:read", operation=("OwnProfile", "Profile"), resource=Profile)
def show(call: Call) -> Response:
    """The caller; what kind of account it is only for personal tokens, and other services."""
    try:
        row = _own(call) or call.intact(call.fetch("Profile"), "me")
    except Crash as crash:
        if _is_unknown(crash):
            raise NotFound from crash
        raise
    return json.answer(_profile.dump(row))


@profiles.put(
    "/api/user/profile",
    scope="profile:write",
    operation="UpdateProfile",
    resource=WrittenProfile,
    examples={"body": {"url": "https://jdoe.example.org"}, "input": {"url": "https://jdoe.example.org"}},
)
def update(call: Call) -> Response:
    """A changed profile: what is not sent stays, null clears."""
    call.valid.check()
    wanted = dict(call.body.fields)
    _check(wanted)
    return json.answer(_written.dump(copied(call, "UpdateProfile", "update", input=wanted)))


def _is_unknown(crash: Crash) -> bool:
    """Whether another service asks for somebody who is nobody, which crashes everything but the profile (meta 2.2)."""
    cause = crash.__cause__
    return isinstance(cause, UpstreamError) and cause.kind is Kind.NO_SUCH_CALLER


def _own(call: Call) -> Row | None:
    """The caller with the kind of the account, None where the token is one of a third party."""
    caller = call.caller
    if caller.token is not None and caller.token.client:
        return None
    result = call.fetch("OwnProfile", billing=not caller.lacks(_BILLING))
    if _is_private(result):
        return None
    row = call.intact(result, "me")
    kind = row["user_type"] if call.option("user_types") == "2026" else _old_type(row)
    return {**row, "user_type": kind, "suspension_notice": None}


def _is_private(result: Result) -> bool:
    """Whether nothing but the kind of the account is kept from the caller."""
    return any(error.kind is Kind.GRANT and error.path[-1:] != ("me",) for error in result.errors)


def _old_type(row: Row) -> str:
    """What a type of either era was called."""
    kind: str = row["user_type"]
    paid = _PAID.get(row.get("payment", "")) if kind == "USER" else None
    return paid or _OF_2026.get(kind, kind.lower())


def _check(wanted: Row) -> None:
    """Raise the 400 for what the API would not read as texts of a profile: its first complaint alone."""
    if not wanted.keys() <= set(EDITABLE):
        raise Refusal(400, UNKNOWN)
    for name in EDITABLE:
        if name in wanted:
            check_text(wanted[name], Refusal(400, reason(NO_TEXT.format(name), name)))
