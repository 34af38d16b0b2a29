"""/api/user/webhooks... (meta 2.2 rows 14 to 20)."""

from __future__ import annotations

from shim.services.levels import Level
from shim.services.meta.payloads import user_events
from shim.services.webhooks import hook_routes

user_webhooks = hook_routes(Level(user_events))
