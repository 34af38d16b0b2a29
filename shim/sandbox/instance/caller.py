"""Who asks, and what he was granted (conventions 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from shim.sandbox.instance.users import User


class Grants:
    """The grants of a token for one service; no text means everything (conventions 4.2)."""

    def __init__(self, text: str, service: str) -> None:
        self._all = not text
        entries = (entry.partition("/") for entry in text.split())
        scopes = (scope.partition(":") for name, _, scope in entries if name == service)
        self._kinds = {scope: kind or "RO" for scope, _, kind in scopes}

    def has(self, scope: str, kind: str) -> bool:
        """Whether `kind` (RO or RW) of a scope is granted; RW includes RO."""
        return self._all or self._kinds.get(scope) in ("RW", kind)


@dataclass(frozen=True)
class Caller:
    """Who asks, and by which right: `oauth2`, `legacy`, `internal`, `cookie`, `webhook` (an event's query).

    `grants_text`, `expires` and `token` (its text) are those of a bearer token; `client` is the UUID of the
    OAuth client that has it.
    """

    method: str
    user: User | None
    service: str
    grants_text: str = ""
    client: str | None = None
    expires: datetime | None = None
    token: str | None = None

    @cached_property
    def grants(self) -> Grants:
        """The grants for this service."""
        return Grants(self.grants_text, self.service)
