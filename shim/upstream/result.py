"""What the API answered to an operation, holes and errors included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shim.upstream.errors import FieldError, FieldFailure


@dataclass(frozen=True)
class Result:
    """An answer: `data` (maybe partial) and the errors that explain its holes."""

    data: Mapping[str, Any]
    errors: tuple[FieldError, ...] = ()

    def get(self, *path: str) -> Any:
        """The value at a path, or None as soon as something on the way is null."""
        value: Any = self.data
        for step in path:
            if value is None:
                return None
            value = value.get(step)
        return value

    def require(self, *path: str) -> Any:
        """The value at a path. Raises FieldFailure with the errors that touch it when it is null."""
        value = self.get(*path)
        if value is None:
            raise FieldFailure(self.touching(*path))
        return value

    def intact(self, *path: str) -> Any:
        """The value at a path of which everything is needed. Raises FieldFailure for any error that touches it."""
        if errors := self.touching(*path):
            raise FieldFailure(errors)
        return self.require(*path)

    def touching(self, *path: str) -> tuple[FieldError, ...]:
        """The errors at, above or below a path; errors without a path touch everything."""
        return tuple(e for e in self.errors if all(a == b for a, b in zip(e.path, path, strict=False)))
