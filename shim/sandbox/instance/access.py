"""Who may use a field: the directives that guard it, `@access` and its kin (conventions 4.3)."""

from __future__ import annotations

from collections.abc import Callable

from shim.sandbox.engine.context import FIRST_CORE
from shim.sandbox.engine.schema import Rule
from shim.sandbox.instance.caller import Caller


def refusal(rule: Rule, caller: Caller, core: str) -> str | None:
    """Why a rule keeps a caller out of a server whose core is of a year; None when it does not."""
    return _RULES[rule.name](caller, core, **rule.arguments)


def _access(caller: Caller, core: str, scope: str, kind: str) -> str | None:
    """The first core has one text for all, and lets servers pass that act for nobody."""
    if caller.method == "webhook" and kind == "RW":
        return "Access to read/write resolver denied for webhook"
    if core <= FIRST_CORE:
        return None if _passes(caller, scope, kind) else "Access denied for invalid auth method"
    if caller.method in ("cookie", "internal"):
        return None if caller.user else "Access denied for internal anonymous auth"
    if caller.method == "legacy":
        return "Read/write access denied for legacy OAuth token" if kind == "RW" else None
    return None if caller.grants.has(scope, kind) else f"Access denied, missing {scope}:{kind} grant"


def _passes(caller: Caller, scope: str, kind: str) -> bool:
    if caller.method == "legacy":
        return kind == "RO"
    return caller.method in ("cookie", "internal") or caller.grants.has(scope, kind)


def _private(caller: Caller, _core: str) -> str | None:
    own = caller.method == "oauth2" and caller.client is None
    return None if caller.user and (own or caller.method in ("cookie", "internal")) else "Private auth access denied"


def _internal(caller: Caller, _core: str) -> str | None:
    return None if caller.method == "internal" and caller.user else "Internal auth access denied"


def _anoninternal(caller: Caller, core: str) -> str | None:
    """For servers that act for nobody; in 2026 also for those that act for a user (inferred)."""
    if core >= "2026":
        return None if caller.method == "internal" else "Anonymous internal auth access denied"
    return None if caller.method == "internal" and caller.user is None else "Internal auth access denied"


_RULES: dict[str, Callable[..., str | None]] = {
    "access": _access,
    "private": _private,
    "internal": _internal,
    "anoninternal": _anoninternal,
}
