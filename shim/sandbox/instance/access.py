"""Who may use a field: the directives that guard it, `@access` and its kin (conventions 4.3)."""

from __future__ import annotations

from collections.abc import Callable

from shim.sandbox.engine.schema import Rule
from shim.sandbox.instance.caller import Caller


def refusal(rule: Rule, caller: Caller) -> str | None:
    """Why a rule keeps a caller out; None when it does not."""
    return _RULES[rule.name](caller, **rule.arguments)


def _access(caller: Caller, scope: str, kind: str) -> str | None:
    if caller.method in ("cookie", "internal"):
        return None if caller.user else "Access denied for internal anonymous auth"
    if caller.method == "legacy":
        return "Read/write access denied for legacy OAuth token" if kind == "RW" else None
    if caller.method == "webhook" and kind == "RW":
        return "Access to read/write resolver denied for webhook"
    return None if caller.grants.has(scope, kind) else f"Access denied, missing {scope}:{kind} grant"


def _internal(caller: Caller) -> str | None:
    return None if caller.method == "internal" else "Internal auth access denied"


_RULES: dict[str, Callable[..., str | None]] = {"access": _access, "internal": _internal}
