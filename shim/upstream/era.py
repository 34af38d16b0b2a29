"""Which era an upstream belongs to (design D5): asked once by introspection, remembered, overridable."""

from __future__ import annotations

import threading
from collections.abc import Callable

from shim.upstream.errors import Kind, UpstreamError
from shim.upstream.operations import loads
from shim.upstream.session import Result

PROBE = loads('query Era { __type(name: "Version") { fields { name } } }')["Era"]


def era_of(result: Result) -> str:
    """The era that an answer to PROBE shows: `buildVersion` came with 2026 (conventions 11).

    Raises UpstreamError when the answer shows nothing.
    """
    fields = result.get("__type", "fields")
    if fields is None:
        kinds = (error.kind for error in result.errors if error.kind is not Kind.OTHER)
        raise UpstreamError(next(kinds, Kind.FAULT), "the probe shows no era")
    names = {entry["name"] for entry in fields}
    return "2026" if "buildVersion" in names else "2024"


class Era:
    """The era of one upstream. `fixed` comes from the configuration; otherwise the first caller probes."""

    def __init__(self, fixed: str | None) -> None:
        self._fixed = fixed
        self._known = fixed
        self._lock = threading.Lock()

    def get(self, probe: Callable[[], Result]) -> str:
        """The era, probing when it isn't known yet; what the probe raises goes to the caller."""
        known = self._known
        if known is None:
            with self._lock:
                known = self._known = self._known or era_of(probe())
        return known

    def forget(self) -> None:
        """Probe again next time: the server did not understand an operation, so it may have been upgraded."""
        self._known = self._fixed
