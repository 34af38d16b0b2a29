"""GET /api/jobs/<n>/manifest: what a job was submitted as, for anybody (builds E5).

GraphQL tells nobody anything without a credential. The operator may give one that stands in for callers who have none;
without it they are refused (builds G8).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest import json
from shim.rest.caller import Policy, bearer
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal
from shim.rest.fields import Plain
from shim.services.call import Call
from shim.settings import Setting
from shim.upstream import Kind

manifests = Endpoints()
STAND_IN = "manifest_token"
_GRANT = "builds.sr.ht/JOBS:RO"


def _token(value: str) -> str:
    """An OAuth 2.0 token, without the word Bearer, that may read jobs. What is wrong is not quoted: it is a secret."""
    try:
        caller = bearer(value, Policy(b""))
    except Refusal:
        raise ValueError("is no OAuth 2.0 bearer token") from None
    if caller.lacks(_GRANT):
        raise ValueError(f"is a token without {_GRANT}")
    return value


SETTINGS = (
    Setting(
        STAND_IN,
        (("builds.sr.ht::shim", "manifest-token"),),
        _token,
        "",
        "(an OAuth 2.0 token with PROFILE:RO and JOBS:RO)",
        secret=True,
    ),
)
UNUSABLE = "The credential that stands in for callers without one is refused by the API"
_REFUSED = (400, 401, 403)
Row = Mapping[str, Any]


@manifests.get("/api/jobs/<int:n>/manifest", scope="jobs:read", operation="Manifest", stand_in=STAND_IN)
def show(call: Call, n: int) -> Response:
    """The manifest as it was submitted, byte by byte."""
    return json.text(Plain().convert(_job(call, n)["manifest"]), content_type="text/plain")


def _job(call: Call, n: int) -> Row:
    """The job as its caller may see it, or as anybody may who has a credential."""
    deputy = call.deputy
    if deputy is None:
        return _asked(call, n)
    if call.caller.authorization:
        try:
            return _asked(call, n)
        except Refusal as refusal:
            if refusal.status not in _REFUSED:
                raise
    return _public(deputy, n)


def _public(deputy: Call, n: int) -> Row:
    """A job that is not private, be it the operator's own. Raises 502 where the operator's credential is no good."""
    try:
        job = _asked(deputy, n)
    except Refusal as refusal:
        if refusal.status not in _REFUSED:
            raise
        deputy.trace.note(Kind.TOKEN, "the API refuses manifest-token")
        raise Refusal(502, UNUSABLE) from None
    if job["visibility"] == "PRIVATE":
        raise NotFound
    return job


def _asked(call: Call, n: int) -> Row:
    job: Row = call.intact(call.fetch("Manifest", n=n), "job")
    return job
