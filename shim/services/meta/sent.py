"""What callers send as texts, and what the API has against it: every reason as it says it (meta 7.3)."""

from __future__ import annotations

from math import isfinite
from typing import Any

from shim.rest.errors import Crash, Refusal
from shim.services.call import Call
from shim.upstream import FieldError, Kind

NO_NUMBER = "json.Number is not a string"
NO_TEXT = "cannot use {} as String"
_REFUSED = {bool: "bool", list: "slice", dict: "map"}
_NOT_COPIED = frozenset({Kind.GRANT, Kind.TOKEN, Kind.TIMEOUT, Kind.UNSUITABLE})


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
    if any(error.kind in _NOT_COPIED for error in result.errors):
        raise call.answers.of_mutation(result.errors)
    if result.errors:
        raise Refusal(400, *map(_reason, result.errors))
    return call.require(result, field)


def _reason(error: FieldError) -> dict[str, str]:
    field = {} if error.field is None else {"field": error.field}
    return {**field, "reason": error.message}
