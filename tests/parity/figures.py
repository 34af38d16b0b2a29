"""The classes of a service's `test_parity.py`, made from the figures that it states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from tests.parity.recorded import Recorded, Replayed, Walked

_Class = TypeVar("_Class", bound=Replayed)
Calls = Mapping[str, tuple[int, int]]
ONE, TWO = (1, 1), (2, 2)


def each(calls: tuple[int, int], *endpoints: str) -> dict[str, tuple[int, int]]:
    """The same upstream calls, the fewest and the most, behind all these endpoints (`<METHOD> <rule>`)."""
    return dict.fromkeys(endpoints, calls)


def hooks_below(prefix: str) -> dict[str, tuple[int, int]]:
    """The usual upstream calls behind subscriptions to something that is found by its name first, but their list."""
    return {
        f"POST {prefix}/webhooks": TWO,
        f"GET {prefix}/webhooks/<id>": ONE,
        f"DELETE {prefix}/webhooks/<id>": TWO,
        f"GET {prefix}/webhooks/<id>/deliveries": ONE,
    }


HOOKS_OF_USERS: Calls = {
    **hooks_below("/api/user"),
    "POST /api/user/webhooks": ONE,
    "GET /api/user/webhooks": ONE,
    "GET /api/user/webhooks/<id>/deliveries/<uuid>": ONE,
    "POST /api/user/webhooks/<id>/deliveries/<uuid>/redeliver": ONE,
}
"""The usual upstream calls behind the subscriptions of users, who need not be found first."""


class Figures:
    """What is known of a service's recordings. The methods make the test classes, of which each tells `exact` answers
    by kind (`Replayed`); the module gives them names that pytest collects.

    `calls` are those of every era (`Recorded`), `paged` the cassettes that depend on the network key, `unplayed` those
    that need what the sandbox can't bring about.
    """

    def __init__(self, service: str, calls: Calls, *, paged: tuple[str, ...] = (), unplayed: tuple[str, ...] = ()):
        self._service = service
        self._calls = calls
        self._paged = paged
        self._unplayed = unplayed

    def recorded(self, era: str, exact: Mapping[str, int], calls: Calls | None = None) -> type[Recorded]:
        """All recordings in an era; `calls` that are of this era alone, or others in it."""
        return self._derived(Recorded, era, exact, calls={**self._calls, **(calls or {})}, unplayed=self._unplayed)

    def walked(self, era: str, exact: Mapping[str, int]) -> type[Walked]:
        """The paged recordings of the kinds that are told, in an era, without the network key."""
        return self._derived(Walked, era, exact, names=self._paged, unplayed=self._unplayed)

    def _derived(self, base: type[_Class], era: str, exact: Mapping[str, int], **more: Any) -> type[_Class]:
        return type(base.__name__, (base,), {"service": self._service, "era": era, "exact": exact, **more})
