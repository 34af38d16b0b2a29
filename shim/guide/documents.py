"""The operations of an endpoint as documents that a client's author can paste."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shim.guide import lines
from shim.guide.examples import Variable, variables
from shim.rest.endpoint import Endpoint
from shim.services.service import Service
from shim.upstream import Operation

OWNER = "<u>"


@dataclass(frozen=True)
class Document:
    """One document: `kind` is `query` or `mutation`; `form` whose things it asks for.

    `owner` stands for those of the user in the path, `caller` for the caller's own, nothing where there is no choice.
    `hut` is empty where hut can't send it.
    """

    operation: str
    kind: str
    form: str
    text: str
    variables: tuple[Variable, ...]
    curl: str
    hut: str


def operations(service: Service, endpoint: Endpoint, era: str) -> tuple[Operation, ...]:
    """The operations of an endpoint that an era offers, as that era understands them."""
    offered = (name for name in endpoint.operations if service.operations.offered(name, era))
    return tuple(service.operations.of(name, era) for name in offered)


def documents(service: Service, endpoint: Endpoint, asked: Sequence[Operation], origin: str) -> tuple[Document, ...]:
    """The documents of some operations, in each of the forms that the endpoint's rules call for.

    The lines send them to the `/query` of an origin.
    """
    return tuple(
        _document(service, endpoint, form, chosen, origin)
        for operation in asked
        for form, chosen in _forms(operation, endpoint)
    )


def _forms(operation: Operation, endpoint: Endpoint) -> Iterator[tuple[str, Operation]]:
    if operation.mine is None:
        yield "", operation
        return
    if any(OWNER not in rule for rule in endpoint.rules):
        yield "caller", operation.mine
    if any(OWNER in rule for rule in endpoint.rules):
        yield "owner", operation


def _document(service: Service, endpoint: Endpoint, form: str, operation: Operation, origin: str) -> Document:
    known = variables(operation, endpoint)
    files = {variable.place: variable.file for variable in known if variable.file}
    values = {variable.name: variable.example for variable in known}
    return Document(
        operation=operation.name,
        kind=operation.definition.operation.value,
        form=form,
        text=operation.text,
        variables=known,
        curl=lines.curl(origin, operation.text, values, files),
        hut=lines.hut(service.name, operation, values, files),
    )
