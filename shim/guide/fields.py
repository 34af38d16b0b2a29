"""The old fields of an endpoint, each with the GraphQL fields that it comes from and how it is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields
from marshmallow.fields import Field

from shim.guide.documents import operations
from shim.guide.selection import Place
from shim.rest import described
from shim.rest.compiled import Converted
from shim.rest.described import ANYWHERE, HERE, Said
from shim.rest.endpoint import Endpoint
from shim.rest.json import dumps
from shim.services.service import Service
from shim.upstream import Operation

Group = Sequence[Place]
AS_IT_IS = "as it is"
_OUTWARDS = ".."


@dataclass(frozen=True)
class Source:
    """A GraphQL field that a value comes from: its operation, its path, the types on which alone it is selected."""

    operation: str
    path: str
    on: str = ""


@dataclass(frozen=True)
class Row:
    """One old field: its dotted name (`results[].owner.name`), what it looks like, and where it comes from.

    `how` says how the value is made; `when` whose objects have the field (empty: all). Without `sources` there is
    no such field in GraphQL.
    """

    field: str
    old: str
    sources: tuple[Source, ...]
    how: str
    when: str = ""


def rows(service: Service, endpoint: Endpoint, era: str) -> tuple[Row, ...]:
    """The fields of what an endpoint answers, in their order; none where it answers no JSON."""
    schema = service.answered(endpoint)
    if schema is None:
        return ()
    table = _Table(operations(service, endpoint, era))
    return tuple(table.of(schema, table.holding(schema), "[]." if schema.many else "", ""))


class _Table:
    """The rows of schemas over some documents.

    Where an object lies is known as groups of places: those of the document that tells most of it first. A value is
    taken from the first group that has it.
    """

    def __init__(self, asked: Sequence[Operation]) -> None:
        self._roots = [Place(operation) for operation in asked]

    def of(self, schema: Schema, groups: Sequence[Group], prefix: str, when: str) -> Iterator[Row]:
        """The rows of an object that lies in these groups."""
        for name, field in schema.dump_fields.items():
            told = described.of(field)
            inner, shape = _inside(field)
            old = prefix + (field.data_key or name) + ("[]" if shape and inner is not field else "")
            if shape is None:
                yield self._row(old, name, field, groups, told.when or when)
            else:
                around = self._objects(name, field, shape, groups)
                yield from self.of(shape, around, f"{old}.", told.when or when)

    def holding(self, schema: Schema, *, within: bool = False) -> list[Group]:
        """Where in the documents an object of a schema is selected: mutations first, then those that tell most.

        One `within` another may be told of anywhere, so that whatever tells most comes first.
        """
        ranked = []
        for root in self._roots:
            scores = [(_score(schema, place), place) for place in root.everything()]
            most = max(score for score, _ in scores)
            if most:
                is_later = not within and not root.operation.is_mutation
                ranked.append((is_later, -most, [p for score, p in scores if score == most]))
        return [group for _, _, group in sorted(ranked, key=lambda row: row[:2])]

    def _row(self, old: str, name: str, field: Field[Any], groups: Sequence[Group], when: str) -> Row:
        told = described.of(field)
        found: Group = () if isinstance(field, fields.Constant) else _first(groups, _paths(name, field, told), False)
        distinct = dict.fromkeys(Source(p.operation.name, str(p), p.condition) for p in found)
        return Row(old, told.old or _looks(field), tuple(distinct), _made(field, told), when)

    def _objects(self, name: str, field: Field[Any], shape: Schema, groups: Sequence[Group]) -> Sequence[Group]:
        """Where a nested object lies: beside its owner's fields or further out, else wherever it is told of."""
        told = described.of(field)
        if told.places == (HERE,):
            return groups
        if told.places == (ANYWHERE,):
            return self.holding(shape, within=True)
        reached = (_reached(group, _paths(name, field, told), True) for group in groups)
        found = [[row for place in group for row in _rows(field, place)] for group in reached if group]
        return found or self.holding(shape, within=True)


def _score(schema: Schema, place: Place) -> int:
    """How many of an object's fields are selected at a place."""
    score = 0
    for name, field in schema.dump_fields.items():
        paths = _paths(name, field, described.of(field))
        reached = [row for path in paths for found in place.reach(path) for row in _rows(field, found)]
        _, shape = _inside(field)
        score += max((_score(shape, p) for p in reached), default=0) if shape else bool(reached)
    return score


def _rows(field: Field[Any], place: Place) -> Sequence[Place]:
    """The rows of a list, which lie one step further in where it comes in pages."""
    return (place.reach("results") if isinstance(field, fields.List) else ()) or [place]


def _first(groups: Sequence[Group], paths: Sequence[str], outwards: bool) -> Group:
    return next((found for group in groups if (found := _reached(group, paths, outwards))), ())


def _reached(group: Group, paths: Sequence[str], outwards: bool) -> list[Place]:
    """The places at some paths from any of a group; `outwards` looks around where a path leads nowhere from inside."""
    return [found for path in paths for place in group for found in _either(place, path, outwards)]


def _either(place: Place, path: str, outwards: bool) -> Sequence[Place]:
    """The places at a path from one; of `owner|me` those of the first that there is, `..runner` is further out."""
    scopes = list(place.around()) if outwards or path.startswith(_OUTWARDS) else [place]
    reached = (scope.reach(choice) for choice in path.removeprefix(_OUTWARDS).split("|") for scope in scopes)
    return next(filter(None, reached), ())


def _paths(name: str, field: Field[Any], told: Said) -> Sequence[str]:
    if told.places:
        return [path for path in told.places if path != HERE]
    return () if isinstance(field, fields.Constant | fields.Function) else (field.attribute or name,)


def _inside(field: Field[Any]) -> tuple[Field[Any], Schema | None]:
    """What a list holds, or the field itself; and the schema of the object that it is, if it is one."""
    inner = field.inner if isinstance(field, fields.List) else field
    shape = described.of(field).shape or (inner.shape if isinstance(inner, Converted) else None)
    if isinstance(inner, fields.Nested):
        return inner, inner.schema
    return inner, shape() if shape else None


def _looks(field: Field[Any]) -> str:
    inner, _ = _inside(field)
    if isinstance(inner, fields.Constant):
        return "null" if inner.constant is None else type(inner.constant).__name__
    old = inner.old if isinstance(inner, Converted) else Converted.old
    return old if inner is field else f"list of {old}"


def _made(field: Field[Any], told: Said) -> str:
    inner, _ = _inside(field)
    if isinstance(inner, fields.Constant):
        return f"constant {dumps(inner.constant)}" + (f": {told.how}" if told.how else "")
    return told.how or (inner.how if isinstance(inner, Converted) else "") or AS_IT_IS
