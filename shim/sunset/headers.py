"""The headers that announce an end: Deprecation (RFC 9745), Sunset (RFC 8594) and Link (RFC 8288).

`Deprecation` is a date of structured fields, `@` and Unix seconds, in the past or in the future; `Sunset` is an HTTP
date and must not be earlier.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from math import inf

from werkzeug.http import http_date

from shim.lifecycle import Lifecycle
from shim.rest.endpoint import Endpoint
from shim.services.backend import Backend
from shim.services.hooks import Headers
from shim.sunset.links import link
from shim.sunset.windows import ending


class Announcements:
    """The headers of each endpoint of a service, made once; none where there is nothing to say or it is gone."""

    def __init__(self, backend: Backend, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives Unix seconds."""
        self._clock = clock
        self._lasting: dict[str, tuple[Headers, float]] = {}
        for endpoint in backend.service if backend.instance.deprecation_headers else ():
            headers = tuple(_announced(backend, endpoint))
            if headers:
                self._lasting[endpoint.slug] = headers, _removal(backend.lifecycle(endpoint))

    def __call__(self, endpoint: Endpoint) -> Headers:
        """The headers of an answer of an endpoint."""
        headers, removal = self._lasting.get(endpoint.slug, ((), inf))
        return headers if removal == inf or self._clock() < removal else ()


def _announced(backend: Backend, endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    lifecycle = backend.lifecycle(endpoint)
    end = ending(lifecycle)
    if lifecycle.deprecated:
        yield "Deprecation", f"@{_seconds(min(lifecycle.deprecated, end or lifecycle.deprecated))}"
    if end:
        yield "Sunset", http_date(_seconds(end))
    links = link(backend, endpoint, lifecycle)
    if links:
        yield "Link", links


def _removal(lifecycle: Lifecycle) -> float:
    """When it is as if it were not there, in Unix seconds; a rehearsal of that changes nothing."""
    return lifecycle.removal.timestamp() if lifecycle.removal and not lifecycle.rehearsal else inf


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
