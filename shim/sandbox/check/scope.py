"""What the sandbox plays: which recorded exchanges are a measure of it, and which are out of its scope."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from graphql import FieldNode, GraphQLError, OperationDefinitionNode, OperationType, parse

from shim.sandbox.check.exchange import Item
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
        found = next((message for message in unknown if json.dumps(message)[1:-1] not in recorded), None)
        if found:
            self._unplayed.note(item)
        return found

    def following(self, item: Item) -> str | None:
        """The mutation out of scope that a difference in a later exchange comes from, if it depends on one."""
        cause = self._unplayed.cause(item)
        if cause:
            self._unplayed.note(item)
        return cause and f"follows from {cause}, which was not played"

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
    is about one of those rows.
    """

    fields: dict[str, str] = field(default_factory=dict)
    rows: dict[int, str] = field(default_factory=dict)

    def note(self, item: Item) -> None:
        """Remember an exchange, if it is a mutation that the real server has done."""
        body = item["response"].get("body")
        data = (body.get("data") if isinstance(body, dict) else None) or {}
        for name in _mutations(item) if data else ():
            self.fields[name] = str(item.get("operation"))
        for value in data.values() if _mutations(item) else ():
            if isinstance(value, dict) and isinstance(value.get("id"), int):
                self.rows[value["id"]] = str(item.get("operation"))

    def cause(self, item: Item) -> str | None:
        """The operation that an exchange depends on."""
        asked = [self.fields.get(name) for name in _mutations(item)]
        about = [self.rows.get(value) for value in _values(item.get("variables")) if isinstance(value, int)]
        return next(filter(None, [*asked, *about]), None)


def _documents(item: Item) -> Iterator[str]:
    """The documents of an exchange: its own, and the `query` of a webhook."""
    variables = item.get("variables") or {}
    for holder in ({"query": item.get("document")}, variables, variables.get("config")):
        text = holder.get("query") if isinstance(holder, dict) else None
        if isinstance(text, str):
            yield text


def _mutations(item: Item) -> list[str]:
    """The root fields of an exchange, if it is a mutation."""
    with suppress(GraphQLError):
        for operation in parse(item.get("document") or "").definitions:
            if isinstance(operation, OperationDefinitionNode) and operation.operation is OperationType.MUTATION:
                return [node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)]
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
