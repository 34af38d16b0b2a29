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
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Refusal
from shim.rest.fields import Plain
from shim.services.call import Call
from shim.services.stand_in import REFUSED, stand_in, standing_in

manifests = Endpoints()
KEY = "manifest-token"
SETTINGS = (stand_in("builds", KEY, "PROFILE:RO", "JOBS:RO"),)
Row = Mapping[str, Any]


@manifests.get("/api/jobs/<int:n>/manifest", scope="jobs:read", operation="Manifest", stand_in=SETTINGS[0].name)
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
            if refusal.status not in REFUSED:
                raise
    return _public(deputy, n)


def _public(deputy: Call, n: int) -> Row:
    """A job that is not private, be it the operator's own. Raises 502 where the operator's credential is no good."""
    with standing_in(deputy, KEY):
        job = _asked(deputy, n)
    if job["visibility"] == "PRIVATE":
        raise NotFound
    return job


def _asked(call: Call, n: int) -> Row:
    job: Row = call.intact(call.fetch("Manifest", n=n), "job")
    return job
