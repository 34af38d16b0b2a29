"""/api/user/audit-log: what was done with the caller's account (meta 2.2 row 4, 4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.meta.resources import AuditLogEntry

audit = Endpoints()
_entry = AuditLogEntry()
Row = Mapping[str, Any]


@audit.get("/api/user/audit-log", scope="audit:read", operation="AuditLog", resource=paged(AuditLogEntry))
def index(call: Call) -> Response:
    """The entries of the last days, the newest first."""

    def ask(*, size: int, **asked: Any) -> tuple[Row | None, Row | None]:
        result = call.fetch("AuditLog", listed=bool(size), **asked)
        return call.intact(result, "rows") if size else None, call.intact(result, "keys") if asked["counted"] else None

    return call.page(_entry, call.window("auditlog", "AuditLog", ask))
