"""/api/user/webhooks... and /api/.../repos/<r>/webhooks... (git 2.4)."""

from __future__ import annotations

from shim.services.call import Call
from shim.services.git.payloads import pushes, user_events
from shim.services.levels import Ids, Level
from shim.services.webhooks import hook_routes
from shim.upstream import Result

UNSUPPORTED = "Repository webhooks are not supported by this server"


def _repository(call: Call, result: Result) -> Ids:
    return (call.require(result, "owner", "repository")["id"],)


of_user = Level(user_events)
of_repository = Level(
    pushes,
    "RepositoryId",
    _repository,
    listed_by_id=True,
    unsupported=UNSUPPORTED,
    sent_by_hook=True,
    grants=("PROFILE:RO", "REPOSITORIES:RO"),
)
user_webhooks, repository_webhooks = hook_routes(of_user), hook_routes(of_repository)
