"""Which era an upstream belongs to (design D5): asked once by introspection, remembered, overridable."""

from __future__ import annotations

import threading
from collections.abc import Callable

from shim.upstream.asker import Deadline
from shim.upstream.errors import Kind, UpstreamError
from shim.upstream.operations import loads
from shim.upstream.result import Result

PROBE = loads('query Era { __type(name: "Version") { fields { name } } }')["Era"]
_OF_THE_CALLER = frozenset(
    {Kind.TOKEN, Kind.INTERNAL_REFUSED, Kind.NO_SUCH_CALLER, Kind.SUSPENDED, Kind.TEMPORARY, Kind.GRANT, Kind.DENIED}
)


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


class _Probe:
    """A probe under way, and what came of it."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.era: str | None = None
        self.failure: UpstreamError | None = None

    def run(self, probe: Callable[[], Result]) -> str:
        """Ask. Raises what the probe raises."""
        try:
            self.era = era_of(probe())
            return self.era
        except UpstreamError as failure:
            self.failure = UpstreamError(failure.kind, str(failure), failure.notice)
            raise
        finally:
            self.ended.set()


class Era:
    """The era of one upstream. `fixed` comes from the configuration; otherwise the first caller probes."""

    def __init__(self, fixed: str | None) -> None:
        self._fixed = fixed
        self._known = fixed
        self._lock = threading.Lock()
        self._probe: _Probe | None = None

    def get(self, probe: Callable[[], Result], deadline: Deadline) -> str:
        """The era, probing when it isn't known yet. Whoever comes meanwhile waits for the same probe.

        Raises what the probe raises, but for what it says of another caller than this one.
        """
        while self._known is None:
            with self._lock:
                mine = self._probe is None
                current = self._probe = self._probe or _Probe()
            if mine:
                return self._asked(current, probe)
            if not current.ended.wait(deadline.remaining()):
                raise UpstreamError(Kind.TIMEOUT, "the probe of the era lasts too long")
            if current.failure is not None and current.failure.kind not in _OF_THE_CALLER:
                raise UpstreamError(current.failure.kind, str(current.failure))
        return self._known

    def _asked(self, current: _Probe, probe: Callable[[], Result]) -> str:
        try:
            era = self._known = current.run(probe)
            return era
        finally:
            with self._lock:
                self._probe = None
            current.ended.set()

    def forget(self) -> None:
        """Probe again next time: the server did not understand an operation, so it may have been upgraded."""
        self._known = self._fixed
