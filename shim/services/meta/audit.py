"""/api/user/audit-log: what was done with the caller's account (meta 2.2 row 4, 4.6)."""

from __future__ import annotations

from flask import Response

from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.meta.resources import AuditLogEntry

audit = Endpoints()
_entry = AuditLogEntry()


@audit.get("/api/user/audit-log", scope="audit:read", operation="AuditLog", resource=paged(AuditLogEntry))
def index(call: Call) -> Response:
    """The entries of the last days, the newest first."""
    return call.page(_entry, call.window("auditlog", "AuditLog", call.rows_and_keys("AuditLog")))
