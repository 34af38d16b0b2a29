"""/api/user/webhooks... and /api/user/<u>/lists/<l>/webhooks... (lists rows 4 to 10 and 26 to 32)."""

from __future__ import annotations

from shim.rest.errors import Refusal, reason
from shim.services.call import Call
from shim.services.levels import Ids, Level
from shim.services.lists.access import any_list_in, may_browse
from shim.services.lists.payloads import list_events, user_events
from shim.services.lists.subscriptions import FORBIDDEN
from shim.services.subscribing import wished
from shim.services.webhooks import hook_routes
from shim.upstream import Result


def _list(call: Call, result: Result) -> Ids:
    """A list's id; whoever subscribes must be able to browse it."""
    found = any_list_in(call, result)
    if "default" in found and call.endpoint.method == "POST" and not may_browse(result, found):
        raise Refusal(403, *_complaints(call), reason(FORBIDDEN, "list"))
    return (found["id"],)


def _complaints(call: Call) -> list[dict[str, str]]:
    """What is wrong with the body, of which the old code told in the same list."""
    try:
        wished(call, list_events)
    except Refusal as refusal:
        return refusal.errors
    return []


of_user = Level(user_events)
of_list = Level(
    list_events,
    "ListParent",
    _list,
    grants=("PROFILE:RO", "LISTS:RO"),
    look_grants=("ACLS:RO",),
)
user_webhooks, list_webhooks = map(hook_routes, (of_user, of_list))
