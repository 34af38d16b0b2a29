"""What the tests of the guide share: the services' endpoints, their schemas, and what is recorded of them."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from shim.compare.cassettes.cassette import load
from shim.compare.cassettes.finding import KINDS
from shim.guide.finding import Finder, NoSuchEndpoint, find
from shim.sandbox.engine.schema import Schema
from shim.services import discover
from tests.cassettes import FIXTURES

ORIGIN = "https://git.example.org"
SERVICES = {service.name: service for service in discover()}
ENDPOINTS = [(service, endpoint) for service in SERVICES.values() for endpoint in service]
NAMES = [f"{service.name} {endpoint.name}" for service, endpoint in ENDPOINTS]
BOTH = ("2024", "2026")
ERAS = {"git": BOTH, "hg": ("2024",), "todo": BOTH, "lists": BOTH, "builds": BOTH, "meta": BOTH, "paste": BOTH}
CASES = [(service, endpoint, era) for service, endpoint in ENDPOINTS for era in ERAS[service.name]]


def endpoint(service, name):
    """A declared endpoint by its method and first rule, or its slug."""
    return find(SERVICES[service], name)


@cache
def schema(service, era):
    """The schema of a service in an era."""
    return Schema(import_module(f"shim.sandbox.services.{service}").SERVICE.schema_text(), era).typed


@cache
def recorded(service):
    """The successful JSON answers of a service by endpoint; each file is read once."""
    found, finder = {}, Finder(SERVICES[service])
    for kind in KINDS:
        for path in sorted((FIXTURES / service / "rest" / kind).glob("*.yaml")):
            for exchange in load(path).exchanges:
                answer = exchange.recorded
                if 200 <= answer.status < 300 and answer.headers.get("content-type") == "application/json":
                    key = _endpoint(finder, exchange.request)
                    if key is not None and answer.body:
                        found.setdefault(key, []).append(answer.body)
    return found


def _endpoint(finder, request):
    try:
        return finder.find(f"{request.method} {request.parts.path}")
    except NoSuchEndpoint:
        return None
