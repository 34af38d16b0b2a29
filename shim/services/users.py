"""Endpoints that every service has: its version, the caller, a user by name (conventions 2.1, 7.1)."""

from __future__ import annotations

from flask import Response

from shim.rest import json
from shim.rest.described import said
from shim.rest.endpoint import Endpoints
from shim.rest.fields import Plain, Resource, User
from shim.services.call import Call
from shim.upstream import read


class Version(Resource):
    """The version of a service (conventions 2.1)."""

    version = Plain(
        metadata=said(
            how="the version of the old service; that of the GraphQL API is `version { major minor patch }`", old="text"
        )
    )


USER = read(__package__, "users.graphql")
"""What upstream is asked here: for a service's operations."""
users = Endpoints()
_user, _version = User(), Version()


@users.get("/api/version", authorized=False, resource=Version)
def version(call: Call) -> Response:
    """The version of the service: a constant, for there is no token to ask with."""
    return json.answer(_version.dump({"version": call.backend.instance.version}))


@users.get("/api/user", "/api/user/<u>", operation="User", resource=User)
def show(call: Call) -> Response:
    """The caller, or a user by canonical name."""
    return call.one(_user, "User", "owner")
