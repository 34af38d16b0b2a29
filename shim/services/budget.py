"""How many upstream calls one legacy request may make, whatever it asks (design D14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shim.rest.errors import Refusal
from shim.upstream import Operation

MOST_CALLS = 8
TOO_MANY = "This would take too many requests to the GraphQL API"


class Overdrawn(Refusal):
    """A request that would need more calls than there are for one: not implemented, in the old shape."""

    def __init__(self) -> None:
        super().__init__(501, TOO_MANY)


class Budget:
    """The calls that are left to a legacy request: of MOST_CALLS, and of `pages` for following lists.

    Without the network key lists are followed page by page (conventions 5.5): every page behind a first one is
    on the second account. With the key (`pages` is None) there is no such account.
    """

    def __init__(self, pages: int | None) -> None:
        self._calls = MOST_CALLS
        self._pages = pages

    @property
    def left(self) -> int:
        """How many calls may still be made, those for following lists apart."""
        return self._calls

    def spend(self, operation: Operation | None = None, variables: Mapping[str, Any] | None = None) -> None:
        """Count a call before it is made. Raises Overdrawn."""
        given = variables or {}
        if self._pages is not None and operation and any(given.get(name) is not None for name in operation.cursors):
            self._pages -= 1
        else:
            self._calls -= 1
        if self._calls < 0 or (self._pages or 0) < 0:
            raise Overdrawn
