"""What callers send as texts, and what the API has against it: every reason as it says it (meta 7.3)."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import Any

from shim.rest.errors import Crash, Refusal
from shim.services.call import Call
from shim.upstream import FieldError, Kind

NO_NUMBER = "json.Number is not a string"
NO_TEXT = "cannot use {} as String"
_REFUSED = {bool: "bool", list: "slice", dict: "map"}
_NOT_COPIED = {
    Kind.GRANT: "access denied for invalid auth method",
    Kind.TOKEN: "unauthorized",
    Kind.TIMEOUT: "context deadline exceeded",
    Kind.UNSUITABLE: "an operation that the API does not take",
}
"""What is not about what was sent, and what the log may have of it: the API's own text may quote the rest."""


def check_text(value: Any, number: Refusal) -> None:
    """Raise the 400 with which the API refused what is no text, as it called it, or that of a `number`; null passes."""
    if kind := _REFUSED.get(type(value)):
        raise Refusal(400, NO_TEXT.format(kind))
    if isinstance(value, float) and not isfinite(value):
        raise Crash("a number that is no JSON")
    if isinstance(value, int | float):
        raise number


def copied(call: Call, operation: str, field: str, **variables: Any) -> Any:
    """The value of a mutation's field. Raises the 400 with all that the API says against it, even of its own faults.

    Only what says nothing of what was sent is answered as elsewhere.
    """
    result = call.fetch(operation, **variables)
    if others := [error for error in result.errors if error.kind in _NOT_COPIED]:
        raise call.answers.of_mutation([replace(error, message=_NOT_COPIED[error.kind]) for error in others])
    if result.errors:
        raise Refusal(400, *map(_reason, result.errors))
    return call.require(result, field)


def _reason(error: FieldError) -> dict[str, str]:
    field = {} if error.field is None else {"field": error.field}
    return {**field, "reason": error.message}
