"""Who may use a field: the directives that guard it, `@access` and its kin (conventions 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from shim.sandbox.engine.schema import Rule

if TYPE_CHECKING:
    from shim.sandbox.instance.auth import Caller
    from shim.sandbox.instance.call import Call


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


def check_access(rules: Iterable[Rule], call: Call) -> None:
    """Raises FieldError, in 2026 with the code ERR_ACCESS_DENIED, when a rule keeps the caller out."""
    for rule in rules:
        refusal = _RULES[rule.name](call.caller, **rule.arguments)
        if refusal:
            raise call.denied(refusal)


def _access(caller: Caller, scope: str, kind: str) -> str | None:
    if caller.method in ("cookie", "internal"):
        return None if caller.user else "Access denied for internal anonymous auth"
    if caller.method == "legacy":
        return "Read/write access denied for legacy OAuth token" if kind == "RW" else None
    if caller.method == "webhook" and kind == "RW":
        return "Access to read/write resolver denied for webhook"
    return None if caller.grants.has(scope, kind) else f"Access denied, missing {scope}:{kind} grant"


def _private(caller: Caller) -> str | None:
    personal = caller.method == "oauth2" and not caller.client
    return None if personal or caller.method in ("cookie", "internal") else "Private auth access denied"


def _internal(caller: Caller) -> str | None:
    return None if caller.method == "internal" else "Internal auth access denied"


def _anonymous(caller: Caller) -> str | None:
    return None if caller.method == "internal" and not caller.user else "Internal auth access denied"


_RULES: dict[str, Callable[..., str | None]] = {
    "access": _access,
    "private": _private,
    "internal": _internal,
    "anoninternal": _anonymous,
}
