"""Endpoints that every service has: its version, the caller, a user by name (conventions 2.1, 7.1)."""

from __future__ import annotations

from flask import Response

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.rest.fields import User
from shim.services.call import Call

users = Endpoints()
_user = User()


@users.get("/api/version", authorized=False)
def version(call: Call) -> Response:
    """The version of the service: a constant, for there is no token to ask with."""
    return json.answer({"version": call.backend.instance.version})


@users.get("/api/user", "/api/user/<u>", operation="User")
def show(call: Call) -> Response:
    """The caller, or a user by canonical name."""
    return call.one(_user, "User", "owner")
