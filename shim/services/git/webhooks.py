"""/api/user/webhooks... and /api/.../repos/<r>/webhooks... (git 2.4)."""

from __future__ import annotations

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest import json
from shim.rest.errors import Refusal
from shim.rest.page import cut
from shim.services.call import Call
from shim.services.webhooks import subscription_routes

UNSUPPORTED = "Repository webhooks are not supported by this server"


def _of_user(call: Call, id: int | None = None) -> Response:  # noqa: A002
    """The caller's subscriptions: none of those that upstream has was made by a legacy client.

    2024 panics when another service asks for them (conventions 9.1), so that only the caller is checked.
    """
    if call.caller.is_internal and call.era == "2024":
        call.require(call.fetch("User"), "owner")
    elif id is None:
        call.require(call.fetch("UserWebhooks", cursor=None), "userWebhooks")
    else:
        call.require(call.fetch("UserWebhook", id=id), "userWebhook")
    if id is not None:
        raise NotFound
    return json.answer(cut((), call.start).envelope(dict))


def _of_repository(call: Call, id: int | None = None, *, r: str) -> Response:  # noqa: A002
    """A repository's subscriptions, which 2024 can't have (git F9)."""
    repository = call.require(call.fetch("RepositoryId", r=r), "owner", "repository")
    if not call.backend.service.operations.offered("RepositoryWebhooks", call.era):
        raise Refusal(501, UNSUPPORTED)
    if id is None:
        call.require(call.fetch("RepositoryWebhooks", id=repository["id"], cursor=None), "gitWebhooks")
        return json.answer(cut((), call.start).envelope(dict))
    call.require(call.fetch("RepositoryWebhook", id=id), "gitWebhook")
    raise NotFound


user_webhooks = subscription_routes("/api/user", ("UserWebhooks", "UserWebhook"), _of_user)
repository_webhooks = subscription_routes(
    "/api/<u>/repos/<r>", ("RepositoryId", "RepositoryWebhooks", "RepositoryWebhook"), _of_repository
)
