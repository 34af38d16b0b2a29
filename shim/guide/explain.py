"""What the shim sent in place of one old call, as its caller may see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import MAXYEAR, datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from gql import FileVar
from graphql import print_ast

from shim.guide import lines
from shim.guide.entry import page
from shim.guide.examples import CURSOR, FILE
from shim.rest.endpoint import Endpoint
from shim.services.service import Service
from shim.upstream import Operation

MADE = "a cursor, which is not shown: leave it null for the first page, then take the `cursor` of the answer before"
NEEDED = "a cursor, which is not shown: take the `cursor` of an answer of the same list"
_PARAMETERS = ("start", "rev")


class Deadlines(Protocol):
    """Since when an endpoint is deprecated, when it stops, and when it is gone; aware times, None where not known."""

    @property
    def deprecated(self) -> datetime | None: ...
    @property
    def sunset(self) -> datetime | None: ...
    @property
    def removal(self) -> datetime | None: ...


def explain(
    service: Service,
    endpoint: Endpoint,
    request_line: str,
    status: int,
    sent: Sequence[tuple[Operation, Mapping[str, Any]]],
    origin: str,
    deadlines: Deadlines | None = None,
) -> dict[str, Any]:
    """The explanation of a call, in JSON's types.

    `request_line` is the method and the target of the old call; `sent` are the operations that went upstream with
    their variables, in order; the lines ask the service at `origin`. Nothing of it is a credential, nor a cursor.
    """
    return {
        "service": service.name,
        "endpoint": {"name": endpoint.name, "slug": endpoint.slug, "summary": endpoint.summary},
        "request": _shown(request_line),
        "status": status,
        "calls": [_call(service, operation, variables, origin) for operation, variables in sent],
        "grants": list(service.wanted(endpoint)),
        "deadlines": _times(deadlines),
        "migrate": origin + page(service, endpoint),
    }


def _call(service: Service, operation: Operation, variables: Mapping[str, Any], origin: str) -> dict[str, Any]:
    given = {name: value for name, value in variables.items() if name in operation.variables}
    hidden = {name: _stand_in(operation, name) for name in operation.cursors if given.get(name) is not None}
    files = dict(_files(given))
    values = lines.emptied({**given, **hidden}, files)
    return {
        "service": service.name,
        "operation": operation.name,
        "kind": operation.definition.operation.value,
        "document": operation.text,
        "variables": values,
        "notes": {name: NEEDED if value else MADE for name, value in hidden.items()},
        "curl": lines.curl(origin, operation.text, values, files),
        "hut": lines.hut(service.name, operation, values, files),
    }


def _files(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The names of files by their places among the variables."""
    for name, value in given.items():
        if isinstance(value, FileVar):
            yield name, value.filename or FILE
        elif isinstance(value, list):
            nested = {str(i): file for i, file in enumerate(value) if isinstance(file, FileVar)}
            yield from ((f"{name}.{place}", file) for place, file in _files(nested))


def _stand_in(operation: Operation, name: str) -> str | None:
    """What is shown in place of a cursor: null, or a word where a cursor must be given."""
    declared = operation.definition.variable_definitions or ()
    kind = next(print_ast(node.type) for node in declared if node.variable.name.value == name)
    return CURSOR if kind.endswith("!") else None


def _shown(request_line: str) -> str:
    """The old call, of whose query only what endpoints read is shown: anything else may be a credential."""
    target, _, query = request_line.partition("?")
    pairs = parse_qsl(query.partition(" ")[0], keep_blank_values=True)
    shown = urlencode([(name, value) for name, value in pairs if name in _PARAMETERS])
    return f"{target}?{shown}" if shown else target


def _times(deadlines: Deadlines | None) -> dict[str, str | None]:
    """The deadlines in ISO 8601; the last year there is stands for never."""
    found = {name: getattr(deadlines, name, None) for name in ("deprecated", "sunset", "removal")}
    return {name: when.isoformat() if when and when.year < MAXYEAR else None for name, when in found.items()}
