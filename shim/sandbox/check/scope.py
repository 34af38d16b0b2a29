"""What the sandbox plays: which recorded exchanges are a measure of it, and which are out of its scope."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from graphql import (
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    visit,
)

from shim.sandbox.check.exchange import Item
from shim.sandbox.check.symbols import Difference
from shim.sandbox.engine.errors import RequestError
from shim.sandbox.engine.http import META, plain_routes
from shim.sandbox.engine.responses import NO_PAGE
from shim.sandbox.services.service import Service

_UNKNOWN = re.compile(r"Cannot query field|Unknown (argument|type)")


class Scope:
    """The scope of one service of one era, while a file of exchanges is played."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._routes = plain_routes(service)
        self._unplayed = _Unplayed()

    def lacking(self, item: Item) -> str | None:
        """What an exchange asks for that the sandbox has not, though the real server had it; None within the scope.

        A document is judged by the names in it, and so is the query of a webhook that it makes. What the real server
        refused for the same names is within the scope.
        """
        path = urlsplit((item.get("request") or {}).get("path", "/query")).path
        if path.startswith("/query/") and not self._serves(path) and item["response"].get("body") != NO_PAGE:
            return f"no route {path}"
        recorded = json.dumps(item["response"].get("body"), ensure_ascii=False)
        unknown = (message for text in _documents(item) for message in self._unknown(text))
        refused = (message for message in unknown if json.dumps(message)[1:-1] not in recorded)
        found = next(chain(refused, self._unlisted(item)), None)
        if found:
            self._unplayed.note(item)
        return found

    def following(self, item: Item) -> str | None:
        """The mutation out of scope that a difference in a later exchange comes from, if it depends on one."""
        cause = self._unplayed.cause(item)
        if cause:
            self._unplayed.note(item)
        return cause and f"follows from {cause}, which was not played"

    def untold(self, item: Item, difference: Difference) -> str | None:
        """What a difference comes from that is not recorded: the body of a request, or a file in it; and where the data
        set does not tell how far the sequences are, also the ids of new rows, and how rows lie that nothing orders."""
        request = item.get("request") or {}
        if request.get("method") == "POST" and "body" not in request:
            return "the body of the request is not recorded"
        if any("text" not in file for file in (item.get("files") or {}).values()):
            return "what the file held is not recorded"
        if self._service.sequenced:
            return None
        if _mutations(item) and difference.path.endswith(".id"):
            return "how far the sequence is, the data set does not tell"
        asked = (place for text in _documents(item) for place in self._selected(text))
        found = next((place for place in asked if place in self._service.unordered), None)
        return f"how the rows of {found} lie, the data set does not tell" if found else None

    def _selected(self, text: str) -> set[str]:
        """The fields that a document selects, as `Type.field`."""
        info = TypeInfo(self._service.schema.typed)
        collector = _Selected(info)
        visit(self._service.document(text).node, TypeInfoVisitor(info, collector))
        return collector.places

    def _unlisted(self, item: Item) -> Iterator[str]:
        """What the real schema lists of a type and this one has not."""
        types = self._service.schema.typed.type_map
        for name, fields in _introspected(item):
            known = getattr(types.get(name), "fields", {})
            yield from (f"{name} lists {field} as well" for field in fields if field not in known)

    def _serves(self, path: str) -> bool:
        return path == META or self._routes.test(path, method="GET")

    def _unknown(self, text: str) -> list[str]:
        """What a document names that the schema has not."""
        try:
            self._service.document(text)
        except RequestError as refusal:
            return [error["message"] for error in refusal.errors if _UNKNOWN.match(error["message"])]
        return []


@dataclass
class _Unplayed:
    """Mutations that were not played or came to nothing that is a measure: their fields, and the rows they answered.

    A later exchange depends on them if it calls the same mutation, for its rows are numbered by one sequence, or if it
    is about one of those rows or was answered one; any does if a mutation answered no row, but that it was done.
    """

    fields: dict[str, str] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)
    done: str | None = None

    def note(self, item: Item) -> None:
        """Remember an exchange, if it is a mutation that the real server has done."""
        data = _data(item)
        for name in _mutations(item) if data else ():
            self.fields[name] = str(item.get("operation"))
        for value in data.values() if _mutations(item) else ():
            if isinstance(value, dict) and isinstance(value.get("id"), int):
                self.rows[value["id"]] = str(item.get("operation"))
            elif value is True:
                self.done = str(item.get("operation"))

    def cause(self, item: Item) -> str | None:
        """The operation that an exchange depends on."""
        asked = [self.fields.get(name) for name in _mutations(item)]
        values = chain(_values(item.get("variables")), _values(item["response"].get("body")))
        about = [self.rows.get(value) for value in values if isinstance(value, int)]
        return next(filter(None, [*asked, *about, self.done]), None)


class _Selected(Visitor):
    """Collects the fields of a document, as `Type.field`."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.places: set[str] = set()
        self._info = info

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self.places.add(f"{self._info.get_parent_type()}.{node.name.value}")


def _introspected(item: Item) -> Iterator[tuple[str, list[str]]]:
    """The types that an exchange asks about by name, with the fields that the real server listed."""
    data = _data(item)
    for node in _roots(item, OperationType.QUERY):
        if node.name.value == "__type":
            listed = data.get((node.alias or node.name).value) or {}
            name = next(getattr(argument.value, "value", "") for argument in node.arguments or ())
            yield name, [field["name"] for field in listed.get("fields") or ()]


def _data(item: Item) -> dict[str, Any]:
    """What an exchange was answered."""
    body = item["response"].get("body")
    return (body.get("data") if isinstance(body, dict) else None) or {}


def _documents(item: Item) -> Iterator[str]:
    """The documents of an exchange: its own, and the `query` of a webhook."""
    variables = item.get("variables") or {}
    for holder in ({"query": item.get("document")}, variables, variables.get("config")):
        text = holder.get("query") if isinstance(holder, dict) else None
        if isinstance(text, str):
            yield text


def _mutations(item: Item) -> list[str]:
    """The root fields of an exchange, if it is a mutation."""
    return [node.name.value for node in _roots(item, OperationType.MUTATION)]


def _roots(item: Item, kind: OperationType) -> list[FieldNode]:
    """The root fields of an exchange of some kind."""
    with suppress(GraphQLError):
        for operation in parse(item.get("document") or "").definitions:
            if isinstance(operation, OperationDefinitionNode) and operation.operation is kind:
                return [node for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    return []


def _values(value: Any) -> Iterator[Any]:
    """The plain values within a value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _values(one)
    else:
        yield value
