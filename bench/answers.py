"""Answers made up from a service's schema, and what each costs or does to the process that gives it.

Whatever is looked up exists. Rows are numbered from the highest down, as ids are; the id of a git object tells
its kind and its number.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLObjectType,
    GraphQLResolveInfo,
    execute_sync,
    get_named_type,
    get_nullable_type,
    parse,
    validate,
)

from bench.things import BLOB, KINDS, TAGGED, Thing, object_of, text_of
from shim.crypto import SealError, seal, unseal
from shim.sandbox.engine.schema import Schema
from shim.sandbox.services.service import Service

ROWS = {"Ticket": 60, "Repository": 60, "Reference": 30, "TreeEntry": 20, "Event": 30, "Label": 5, "Commit": 60}
PAGE = 25
PATCHES = 3
ROW_WISE = {
    ("Ticket", "labels"),
    ("Ticket", "assignees"),
    ("Tracker", "labels"),
    ("Tracker", "tickets"),
    ("Label", "tickets"),
}
READS_OBJECTS = {"objects", "object", "path", "reference", "revparse_single"}
OPENS = READS_OBJECTS | {"HEAD", "log", "references"}
CONCRETE = {"Entity": "User", "EventDetail": "Comment", "Blob": "TextBlob", "ACL": "DefaultACL"}
_REMEMBERED = 2048


@dataclass
class Outcome:
    """An answer's body; how many rows are in it; how many transactions it takes for single rows.

    `deadly` is what kills the process instead of it, or nothing.
    """

    body: bytes = b""
    rows: int = 0
    row_wise: int = 0
    deadly: str = ""


class Answers:
    """What one service answers in one era; `rows` tells how long its lists are, by the type of their rows."""

    def __init__(self, service: str, era: str, network_key: str, rows: Mapping[str, int] = ROWS) -> None:
        kind: type[Service] = import_module(f"shim.sandbox.services.{service}").SERVICE
        self._schema = Schema(kind.schema_text(), era).typed
        self._key, self._rows = network_key, rows
        self._known: OrderedDict[str, Outcome] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, query: str, variables: Mapping[str, Any]) -> Outcome:
        """The outcome of a document. Raises GraphQLError for one that the schema does not allow."""
        key = json.dumps([query, {name: _opened(self._key, value) for name, value in variables.items()}], default=str)
        with self._lock:
            if key not in self._known:
                self._known[key] = _Run(self._schema, self._key, self._rows).outcome(query, variables)
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
            return self._known[key]


def _opened(key: str, value: Any) -> Any:
    """What a sealed cursor holds, for no two of one place are equal; any other value as it is."""
    try:
        return unseal(key, value) if isinstance(value, str) else value
    except SealError:
        return value


class _Run:
    """One execution, and what it comes by."""

    def __init__(self, schema: Any, network_key: str, rows: Mapping[str, int]) -> None:
        self._schema = schema
        self._key, self._rows = network_key, rows
        self._outcome = Outcome()
        self._opened: dict[tuple[str, str], Counter[tuple[str, str]]] = {}

    def outcome(self, query: str, variables: Mapping[str, Any]) -> Outcome:
        document = parse(query)
        if errors := validate(self._schema, document):
            raise errors[0]
        result = execute_sync(
            self._schema,
            document,
            variable_values=dict(variables),
            field_resolver=self._resolve,
            type_resolver=lambda thing, *_: thing.type,
        )
        if result.data is None:
            raise (result.errors or [GraphQLError("no data")])[0]
        told = {"data": result.data} | ({"errors": [e.formatted for e in result.errors]} if result.errors else {})
        self._outcome.body = json.dumps(told).encode()
        self._outcome.deadly = next(_clashes(self._opened), "")
        return self._outcome

    def _resolve(self, source: Thing | None, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        thing = source or Thing(info.parent_type.name)
        self._note(thing, info.field_name, info.path.as_list())
        kind = get_nullable_type(info.return_type)
        if isinstance(kind, GraphQLList):
            return self._list(thing, info.field_name, get_named_type(kind), arguments)
        if isinstance(kind, GraphQLEnumType):
            return "COMMENT" if info.field_name == "eventType" else next(iter(kind.values))
        if hasattr(kind, "fields") or hasattr(kind, "types"):
            return self._object(thing, info.field_name, kind.name, arguments)
        return self._leaf(thing, info.field_name, kind.name)

    def _note(self, thing: Thing, name: str, path: list[str | int]) -> None:
        """Count a field that costs each row of a list a transaction; remember where a repository is opened."""
        dear = (thing.type, name) in ROW_WISE or (name == "artifacts" and thing.number % TAGGED == 0)
        self._outcome.row_wise += dear and any(isinstance(step, int) for step in path)
        if thing.type == "Repository" and name in OPENS:
            repository = str(thing.known.get("owner")), str(thing.known.get("name") or thing.number)
            self._opened.setdefault(repository, Counter())[".".join(map(str, path[:-1])), name] += 1

    def _list(self, thing: Thing, name: str, kind: Any, arguments: Mapping[str, Any]) -> Any:
        if name == "results":
            self._outcome.rows += len(thing.known["numbers"])
            return [Thing(self._concrete(kind, n), n, thing.known) for n in thing.known["numbers"]]
        if name == "objects":
            return [object_of(oid) for oid in arguments.get("ids") or ()]
        if not hasattr(kind, "fields"):
            return []
        numbers = [thing.number - 1] if name == "parents" else [thing.number]
        return [Thing(self._concrete(kind, n), n, thing.known) for n in numbers if n > 0]

    def _object(self, thing: Thing, name: str, kind: str, arguments: Mapping[str, Any]) -> Thing | None:
        if thing.type == "Email" and (name == "parent" or (name == "patchset" and thing.number % TAGGED)):
            return None
        known = {**thing.known, **{key: value for key, value in arguments.items() if isinstance(value, str)}}
        if name == "user":
            known = {"owner": arguments["username"]}
        elif name == "me":
            known = {"owner": "jdoe"}
        if thing.type == "Patchset" and name == "patches":
            return Thing(kind, known={**known, "numbers": range(PATCHES), "count": PATCHES, "next": None})
        if kind.endswith("Cursor"):
            return self._page(kind.removesuffix("Cursor"), known, arguments)
        if name == "object" and "id" in arguments:
            return object_of(arguments["id"])
        if kind == "Object":
            kind = "Commit"
            if thing.type == "TreeEntry":
                kind = "TextBlob" if "." in str(known.get("path", "")).rpartition("/")[2] else "Tree"
            elif thing.type == "Reference" and thing.number % TAGGED == 0:
                kind = "Tag"
        revision = str(known.get("revspec", ""))
        number = arguments.get("id", thing.number) if kind == "Ticket" else thing.number
        if name == "revparse_single":
            number = object_of(revision).number if revision[:2] in KINDS else self._rows["Commit"]
        if kind == "ACL" and "GeneralACL" in self._schema.type_map:
            kind = "GeneralACL"
        return Thing(CONCRETE.get(kind, kind), number, known)

    def _page(self, kind: str, known: Mapping[str, Any], arguments: Mapping[str, Any]) -> Thing:
        """A page of rows: as many as a sealed cursor or a filter says, from its position downwards."""
        place = _opened(self._key, arguments.get("cursor")) or {}
        place = place if isinstance(place, dict) else {}
        count = place.get("count") or (arguments.get("filter") or {}).get("count") or PAGE
        highest, position = self._rows.get(kind, PAGE), str(place.get("next") or "")
        begin = object_of(arguments.get("from") or position).number if kind == "Commit" else 0
        begin = begin or (int(position) if position.isdecimal() else highest)
        numbers = list(range(min(begin, highest), 0, -1))
        following = numbers[count] if count < len(numbers) else None
        return Thing(f"{kind}Cursor", known={**known, "numbers": numbers[:count], "count": count, "next": following})

    def _leaf(self, thing: Thing, name: str, kind: str) -> Any:
        if kind == "Cursor":
            following = thing.known["next"]
            place = {"count": thing.known["count"], "next": str(following), "search": ""}
            return None if following is None else seal(self._key, place)
        if kind in ("Int", "Float"):
            return {"size": len(BLOB), "mode": 0o100644}.get(name, thing.number)
        if kind == "Boolean":
            return True
        if kind == "Time":
            return f"2026-01-02T03:04:{thing.number % 60:02}Z"
        return text_of(thing, name)

    def _concrete(self, kind: Any, number: int) -> str:
        return kind.name if isinstance(kind, GraphQLObjectType) else CONCRETE.get(kind.name, "Commit")


def _clashes(opened: Mapping[tuple[str, str], Counter[tuple[str, str]]]) -> Iterator[str]:
    """What of a document ends the process over one repository (git F15)."""
    for seen in opened.values():
        fields, places = Counter(name for _, name in seen.elements()), {place for place, _ in seen}
        if fields["HEAD"] and len(places) > 1:
            yield "two aliases"
        if fields["log"] > 1:
            yield "two logs"
        if fields["log"] and READS_OBJECTS & fields.keys():
            yield "log beside objects"
