"""Asking for several single things in one request, each under an alias of its own (conventions 16.22)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shim.services.call import Call
from shim.upstream import FieldFailure, Result

Row = Mapping[str, Any]


def in_parts(ids: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Values, as many at once as one request takes."""
    return (ids[begin : begin + size] for begin in range(0, len(ids), size))


def one_by_one(call: Call, operation: str, alias: str, ids: Sequence[int], **variables: Any) -> list[Row]:
    """What an operation tells of single rows by their ids, of those that there are to see.

    `alias` is what stands for each of them, e.g. `mail`. Raises the old answer where all fail together.
    """
    values: dict[str, Any] = {f"{alias}{i}": row_id for i, row_id in enumerate(ids)}
    result = call.fetch(operation, {f"{alias}0": len(values)}, rows=len(values), **values, **variables)
    check(call, result)
    found = (result.get(name) for name in values)
    return [row for row in found if row is not None]


def check(call: Call, result: Result) -> None:
    """Raise the old answer to what fails as a whole, which an error without a place does."""
    failures = [error for error in result.errors if not error.path]
    if failures:
        raise call.answers.of_failure(FieldFailure(failures))
