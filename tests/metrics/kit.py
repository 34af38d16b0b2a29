"""Calls to count, and what is told of them."""

from __future__ import annotations

from typing import Any

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from shim.services.backend import Backend
from shim.services.hooks import Exchange
from shim.upstream import Local
from tests.toy import SERVICE, config

ENDPOINTS = {endpoint.slug: endpoint for endpoint in SERVICE}
NOON = 1767268800.0
"""2026-01-01T12:00Z."""
LABELS = ("service", "endpoint", "operation", "kind", "reason", "result", "method", "status", "version", "python", "le")


def backend(service=SERVICE, **changes):
    """The toy's backend, with changes of its configuration."""
    return Backend.build(service, config(**changes), Local())


def exchange(slug: str = "get-things", **facts: Any) -> Exchange:
    """An answered call of the toy."""
    usual: dict[str, Any] = {
        "service": "toy",
        "endpoint": ENDPOINTS.get(slug),
        "method": "GET",
        "status": 200,
        "caller": "ann",
        "fingerprint": "f00d",
        "scheme": "token",
        "agent": "hut/0.4.0",
        "accepted": True,
        "began": NOON,
        "seconds": 0.5,
        "upstream": (),
        "bytes": 100,
        "refused": False,
        "rehearsed": False,
    }
    return Exchange(**{**usual, **facts})


def read(text: str) -> dict[tuple[str, ...], float]:
    """Samples by their name and the values of their labels, in the order of LABELS."""
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(s.name, *(s.labels[name] for name in sorted(s.labels, key=LABELS.index))): s.value for s in samples}


def told(meter):
    """What a meter shows."""
    return read(generate_latest(meter.registry).decode())
