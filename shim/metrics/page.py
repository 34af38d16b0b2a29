"""`GET /metrics`, for those who may read it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from shim.metrics.meter import Meter
from shim.rest.peer import is_within, peer_of
from shim.settings import Config

_LONGEST = 1000
_REFUSED = "Only who is in [shim] metrics-ipnet may read this.\n"


def blueprint(meter: Meter, config: Config) -> Blueprint:
    """The page, in the text format that `Accept` asks for; 403 for whoever is not surely in `metrics-ipnet`."""
    page = Blueprint("metrics", __name__)

    @page.get("/metrics")
    def metrics() -> Response:
        """All metrics of all processes that count together."""
        if not is_within(peer_of(request.environ, config.trusted_proxies), config.metrics_ipnet):
            return Response(_REFUSED, 403, content_type="text/plain; charset=utf-8")
        meter.refresh()
        encode, kind = _form(request.headers.get("Accept", "")[:_LONGEST])
        return Response(encode(meter.registry), content_type=kind)

    return page


def _form(accept: str) -> tuple[Callable[[CollectorRegistry], bytes], str]:
    """How to write the metrics, and its content type; a version that is no number makes the library stumble."""
    try:
        return choose_encoder(accept)
    except (TypeError, ValueError):
        return choose_encoder("")
