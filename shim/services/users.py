"""Endpoints that every service has: its version, the caller, a user by name (conventions 2.1, 7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
versions = Endpoints()
_user, _version = User(), Version()


@versions.get("/api/version", authorized=False, resource=Version)
def version(call: Call) -> Response:
    """The version of the service: a constant, for there is no token to ask with."""
    return json.answer(_version.dump({"version": call.backend.instance.version}))


users = Endpoints([*versions])


@users.get("/api/user", "/api/user/<u>", operation="User", resource=User)
def show(call: Call) -> Response:
    """The caller, or a user by canonical name."""
    return call.one(_user, "User", "owner")


def caller(call: Call, operation: str, field: str) -> Mapping[str, Any]:
    """Who calls: the API tells no mutation whose token it did not accept, and where there is none, it is asked."""
    name = call.caller.name
    if name is None:
        found: Mapping[str, Any] = call.intact(call.fetch(operation), field)
        return found
    return {"canonical_name": f"~{name}", "name": name}
