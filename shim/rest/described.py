"""What fields of old resources say of themselves to whoever writes a client of the GraphQL API in their place.

It stands with the field: by its class where that is enough, and in its metadata, which `said` makes, where it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields
from marshmallow.fields import Field

from shim.rest.page import SIZE

HERE, ANYWHERE = ".", "*"
Described = type[Schema] | Schema | str | None
"""How an endpoint says what JSON it answers: by a schema, or by the name of one of its service's; None for no JSON."""


@dataclass(frozen=True)
class Said:
    """Where a field's value comes from, and how it is made.

    `places` are paths of response keys from the object on, `HERE` for the object itself, `ANYWHERE` for wherever such
    an object is told of; `..key` is one of an object around; `Type:key` takes a key only where it is selected on that
    type, `a|b` is b where there is no a. `how` says how the value is made, `old` what it looks like, `when` whose
    objects have it at all (empty: all have); `shape` describes what a function makes.
    """

    places: tuple[str, ...] = ()
    how: str = ""
    old: str = ""
    when: str = ""
    shape: type[Schema] | None = None


def said(*places: str, how: str = "", old: str = "", when: str = "", shape: type[Schema] | None = None) -> Any:
    """The metadata of a field that tell where its value comes from."""
    return {"said": Said(places, how, old, when, shape)}


def of(field: Field[Any]) -> Said:
    """What a field says; nothing at all of one that has no need to."""
    found = field.metadata.get("said")
    return found if isinstance(found, Said) else Said()


_PAGE: Mapping[str, str] = {
    "next": "null on the last page; in place of `start` and `next` GraphQL has `cursor`, null behind the last page",
    "total": "the number of all rows, which GraphQL does not tell",
    "results_per_page": f"constant {SIZE}; how many rows a page of GraphQL has is for its server to choose",
}


def paged(resource: type[Schema], **notes: str) -> Schema:
    """The schema of a page of a resource's objects, for descriptions only; `notes` tell how a member is made."""
    told = {**_PAGE, **notes}
    key = "null" if "next" in notes else "digits as a text, or null"
    members: dict[str, Field[Any]] = {
        "next": fields.Raw(metadata=said(how=told["next"], old=key)),
        "results": fields.List(fields.Nested(resource)),
        "total": fields.Raw(metadata=said(how=told["total"], old="integer")),
        "results_per_page": fields.Raw(metadata=said(how=told["results_per_page"], old="integer")),
    }
    return Schema.from_dict(members, name=f"PageOf{resource.__name__}")()
