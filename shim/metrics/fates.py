"""What is reckoned when it is asked for: what ends when, and which shim this is."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timezone

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shim import __version__
from shim.lifecycle import Lifecycle
from shim.services.backend import Backend

_DAY = 86400.0
_LABELS = ("service", "endpoint")
Paused = Callable[[str], bool]


class Fates(Collector):
    """Days to sunset, brownouts and the version; `paused` says whether a service's brownouts are, now."""

    def __init__(self, backends: Mapping[str, Backend], paused: Paused, now: Callable[[], float] = time.time) -> None:
        self._fates = [
            (name, endpoint.slug, backend.lifecycle(endpoint))
            for name, backend in sorted(backends.items())
            for endpoint in backend.service
        ]
        self._paused, self._now = paused, now

    def collect(self) -> Iterable[Metric]:
        """The metrics as of now."""
        now = datetime.fromtimestamp(self._now(), timezone.utc)
        yield _gauge("shim_sunset_days", "Days to the sunset, negative behind it.", self._sunsets(now))
        yield _gauge("shim_brownout", "Whether a brownout refuses calls now.", self._brownouts(now))
        begins = "When the next brownout begins, in Unix seconds."
        yield _gauge("shim_brownout_begin_timestamp_seconds", begins, self._begins(now))
        build = GaugeMetricFamily("shim_build_info", "Which shim this is.", labels=("version", "python"))
        build.add_metric((__version__, platform.python_version()), 1)
        yield build

    def _sunsets(self, now: datetime) -> Iterator[tuple[str, str, float]]:
        for service, slug, fate in self._fates:
            if fate.sunset is not None:
                yield service, slug, (fate.sunset - now).total_seconds() / _DAY

    def _brownouts(self, now: datetime) -> Iterator[tuple[str, str, float]]:
        for service, slug, fate in self._refusing():
            yield service, slug, any(now in window for window in fate.brownouts or ()) and not self._paused(service)

    def _begins(self, now: datetime) -> Iterator[tuple[str, str, float]]:
        for service, slug, fate in self._refusing():
            if ahead := [window.begin for window in fate.brownouts or () if window.begin > now]:
                yield service, slug, min(ahead).timestamp()

    def _refusing(self) -> Iterator[tuple[str, str, Lifecycle]]:
        """The endpoints with brownouts that are no rehearsals."""
        return (found for found in self._fates if found[2].brownouts and not found[2].rehearsal)


def _gauge(name: str, meaning: str, values: Iterable[tuple[str, str, float]]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=_LABELS)
    for service, slug, value in values:
        family.add_metric((service, slug), value)
    return family
