"""What tokens need at webhook routes, by what the schemas say of the fields that they ask for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from graphql import FieldNode, TypeInfo, TypeInfoVisitor, Visitor, get_named_type, visit

from shim.rest.endpoint import Endpoint
from shim.sandbox.engine.schema import Schema
from shim.sandbox.services import load
from shim.services import discover
from shim.services.service import Service
from shim.settings import ERAS
from shim.upstream import Operation

SERVICES = [service for service in discover() if service.hooks]


class Scopes(Visitor):
    """Collects what guards the fields of a document, e.g. `git.sr.ht/PROFILE:RO`."""

    def __init__(self, service: str, schema: Schema, types: TypeInfo) -> None:
        super().__init__()
        self._service, self._schema, self._types = service, schema, types
        self.found: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent = get_named_type(self._types.get_parent_type())
        rules = self._schema.rules(parent.name, node.name.value) if parent else ()
        arguments = [rule.arguments for rule in rules if rule.name == "access"]
        self.found |= {f"{self._service}.sr.ht/{one['scope']}:{one['kind']}" for one in arguments}


def guards(service: Service, operation: Operation, era: str) -> set[str]:
    """The grants without which the API does not answer an operation whole."""
    schema = Schema(load(service.name).schema_text(), era)
    types = TypeInfo(schema.typed)
    scopes = Scopes(service.name, schema, types)
    visit(operation.document, TypeInfoVisitor(types, scopes))
    return scopes.found


def hook_endpoints() -> Iterator[tuple[Service, Endpoint]]:
    for service in SERVICES:
        kinds = {f"{kind.prefix}/webhooks" for kind in service.hooks}
        for endpoint in service:
            if any(endpoint.rules[0].startswith(prefix) for prefix in kinds):
                yield service, endpoint


def of_events(service: Service, endpoint: Endpoint) -> set[str]:
    """The grants of the events that can be subscribed to at an endpoint."""
    kind = next(kind for kind in service.hooks if endpoint.rules[0] == f"{kind.prefix}/webhooks")
    return {f"{service.name}.sr.ht/{grant}" for event in kind.events for grant in event.grants}


@pytest.mark.parametrize(("service", "endpoint"), list(hook_endpoints()), ids=lambda value: value.name)
def test_a_webhook_route_tells_the_grants_that_its_operations_take(service: Service, endpoint: Endpoint) -> None:
    """A parent is looked for alone by who subscribes; else only for other services, whose grants have no end."""
    subscribes = bool(endpoint.fields)
    wanted = of_events(service, endpoint) if subscribes else set()
    names = [name for name in endpoint.operations if subscribes or not name.endswith("Parent")]
    for name, era in product(names, ERAS):
        if service.operations.offered(name, era):
            wanted |= guards(service, service.operations.of(name, era), era)
    assert set(service.wanted(endpoint)) == wanted
    assert len(service.wanted(endpoint)) == len(wanted)


def test_there_are_routes_of_every_kind() -> None:
    assert len(list(hook_endpoints())) == 7 * sum(len(service.hooks) for service in SERVICES)
