"""Answers made up from a service's schema, and what each costs or does to the process that gives it.

Whatever is looked up exists. Rows are numbered from the highest down, as ids are; the id of a git object tells
its kind and its number.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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

from bench import deadly
from bench.things import BLOB, KINDS, TAGGED, Thing, object_of, text_of
from shim.crypto import SealError, seal, unseal

PAGE = 25
PATCHES = 3
ROW_WISE = {
    ("Ticket", "labels"),
    ("Ticket", "assignees"),
    ("Tracker", "labels"),
    ("Tracker", "tickets"),
    ("Label", "tickets"),
    ("Patchset", "patches"),
    ("Patchset", "tools"),
    ("Thread", "descendants"),
    ("Job", "tasks"),
    ("Job", "artifacts"),
    ("JobGroup", "jobs"),
    ("Paste", "files"),
    ("File", "hash"),
}
"""The fields that cost a transaction for each row that they are read of (upstream-safety 3.1)."""
LOADED = {
    ("Email", "parent"),
    ("Email", "patchset"),
    ("Thread", "root"),
    ("Job", "group"),
}
"""Some of those that cost one for each BATCH different rows that they lead to."""
BATCH = 100
READS_OBJECTS = {"objects", "object", "path", "reference", "revparse_single"}
OPENS = READS_OBJECTS | {"HEAD", "log", "references"}
CONCRETE = {"Object": "Commit", "Entity": "User", "EventDetail": "Comment", "Blob": "TextBlob", "ACL": "DefaultACL"}


@dataclass
class Outcome:
    """An answer's body; how many rows are in it; how many transactions it takes for single rows.

    `deadly` is what kills the process instead of it, or nothing.
    """

    body: bytes = b""
    rows: int = 0
    row_wise: int = 0
    deadly: str = ""


def opened(key: str, value: Any) -> Any:
    """What a sealed cursor holds, for no two of one place are equal; any other value as it is."""
    try:
        return unseal(key, value) if isinstance(value, str) else value
    except SealError:
        return value


class Run:
    """One execution, and what it comes by."""

    def __init__(self, schema: Any, network_key: str, rows: Mapping[str, int]) -> None:
        self._schema = schema
        self._key, self._rows = network_key, rows
        self._outcome = Outcome()
        self._opened: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
        self._dear: Counter[tuple[str, str]] = Counter()
        self._loaded: dict[tuple[str, str], set[int]] = {}

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
        self._outcome.deadly = self._outcome.deadly or next(_clashes(self._opened), "")
        batches = (-(-len(numbers) // BATCH) for numbers in self._loaded.values())
        self._outcome.row_wise = sum(n for n in (*self._dear.values(), *batches) if n > 1)
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
            found = self._object(thing, info.field_name, kind.name, arguments)
            self._load(thing, info.field_name, found)
            return found
        return self._leaf(thing, info.field_name, kind.name)

    def _note(self, thing: Thing, name: str, path: list[str | int]) -> None:
        """Count a field that costs each of its rows a transaction; remember where a repository is opened."""
        if (thing.type, name) in ROW_WISE or (name == "artifacts" and thing.number % TAGGED == 0):
            self._dear[thing.type, name] += 1
        if thing.type == "Repository" and name in OPENS:
            repository = str(thing.known.get("owner")), str(thing.known.get("name") or thing.number)
            self._opened.setdefault(repository, Counter())[".".join(map(str, path[:-1])), name] += 1

    def _load(self, thing: Thing, name: str, found: Thing | None) -> None:
        """Remember what a loader had to find."""
        if found is not None and (thing.type, name) in LOADED:
            self._loaded.setdefault((thing.type, name), set()).add(found.number)

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
        if name == "user" and "username" in arguments:
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
        number = arguments["id"] if isinstance(arguments.get("id"), int) else thing.number
        if thing.type == "Email" and name == "list":
            number = 1
        if name == "revparse_single" and arguments["revspec"] == "":
            self._outcome.deadly = deadly.EMPTY
        if name == "revparse_single":
            number = object_of(revision).number if revision[:2] in KINDS else self._rows["Commit"]
        if kind == "ACL" and "GeneralACL" in self._schema.type_map:
            kind = "GeneralACL"
        return Thing(CONCRETE.get(kind, kind), number, known)

    def _page(self, kind: str, known: Mapping[str, Any], arguments: Mapping[str, Any]) -> Thing:
        """A page of rows: as many as a sealed cursor or a filter says, from its position downwards."""
        place = opened(self._key, arguments.get("cursor")) or {}
        place = place if isinstance(place, dict) else {}
        count = place.get("count") or (arguments.get("filter") or {}).get("count") or PAGE
        highest, position = self._rows.get(kind, PAGE), str(place.get("next") or "")
        begin = object_of(arguments.get("from") or position).number if kind == "Commit" else 0
        begin = begin or (int(position) if position.isdecimal() else highest)
        numbers = [number for number in self._numbers(kind, known) if number <= begin]
        following = numbers[count] if count < len(numbers) else None
        return Thing(f"{kind}Cursor", known={**known, "numbers": numbers[:count], "count": count, "next": following})

    def _numbers(self, kind: str, known: Mapping[str, Any]) -> Sequence[int]:
        """The rows of a list, the highest first."""
        return range(self._rows.get(kind, PAGE), 0, -1)

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
        if isinstance(kind, GraphQLObjectType):
            return kind.name
        return CONCRETE.get(kind.name) or self._schema.get_possible_types(kind)[0].name


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
