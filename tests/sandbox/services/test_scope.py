"""The sandbox plays what can be asked: the shim's operations, the relay of webhooks, the recorded triggers of these."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    print_ast,
    validate,
    visit,
)

from shim.sandbox.engine.schema import Schema
from shim.sandbox.services import available, load
from shim.services import discover
from shim.settings import ERAS
from shim.upstream import loads

from ..conftest import ROOT
from ..recorded import load as items_of

ASKED = Path(__file__).parent / "asked"
# `Type.field` with the reason why it stays although nobody selects it.
_PROBED = "the probe of the era lists the fields of this type (conventions 11)"
_AGES = ("id", "created", "updated")
_SELECTED = "a column that the recordings of authentication, transport and limits select"
_PANICS = "the real servers panic over it, as is recorded (era-2026)"
_SUBMITTED = "recordings select it of new jobs, and the numbers of all that follow depend on these"
_KINDS = ("", "User", "Git", "Tracker", "Ticket")
TRANSLATED = sorted({one.name for one in discover()} & set(available()))
KEPT = {
    "Query.version": "leads to the type that the probe of the era lists",
    **dict.fromkeys((f"Version.{name}" for name in ("major", "minor", "patch", "deprecationDate")), _PROBED),
    **dict.fromkeys((f"Version.{name}" for name in ("buildVersion", "buildDate", "features", "settings")), _PROBED),
    "Features.artifacts": "what a field of that type leads to",
    **dict.fromkeys(("Settings.sshUser", "Settings.buildTimeout"), "likewise"),
    **dict.fromkeys((f"{kind}.{name}" for kind in ("Entity", "User") for name in _AGES), _SELECTED),
    **{f"{kind}WebhookSubscription.{sample}": _PANICS for kind in _KINDS for sample in ("sample", "sample.event")},
    **dict.fromkeys(("Job.created", "Job.updated", "Job.visibility", "Job.log", "Log.fullURL"), _SUBMITTED),
    "Mutation.submit.visibility": _SUBMITTED,
    "Artifact.url": "all recordings of uploads select it",
    "Thread.descendants.cursor": "the recordings show where it leads, which nobody is to follow",
    "Patchset.patches.cursor": "likewise",
    "TrackerACL.edit": "the interface has it",
    **dict.fromkeys(("Object.type", "Blob.type"), "all recordings of the entries of trees select it"),
}


@lru_cache
def schema(service: str, era: str) -> GraphQLSchema:
    """A schema of the sandbox."""
    return Schema(load(service).schema_text(), era).typed


def triggers(service: str) -> Iterator[DocumentNode]:
    """The documents that caused recorded events, but for incoming mail; and the queries of their subscriptions.

    A service whose recordings tell only in words what caused them has its triggers among what is asked.
    """
    for path in sorted((ROOT / service / "webhooks").glob("*.yaml")):
        for item in items_of(path):
            trigger = item.get("trigger", {})
            if isinstance(trigger, dict) and trigger.get("by") == "graphql":
                yield parse(trigger["request"])
            yield from (parse(native["query"]) for native in _natives(item))


def _natives(item: dict[str, Any]) -> list[dict[str, Any]]:
    natives = item.get("native") or []
    natives = natives if isinstance(natives, list) else [natives]
    return [native for native in natives if native.get("query")]


def documents(service: str, era: str) -> list[DocumentNode]:
    """All that may be asked of a service of an era."""
    own = next(one for one in discover() if one.name == service)
    asking = [own.operations, loads((ASKED / f"{service}.graphql").read_text())]
    asked = [
        operation.document
        for operations in asking
        for operation in operations.every()
        if operations.offered(operation.name, era) and operations.of(operation.name, era).era == operation.era
    ]
    return [*asked, *(triggers(service) if era == ERAS[0] else ())]


class _Used(Visitor):
    """The fields and arguments that a document names, also as those of the interfaces of their types."""

    def __init__(self, document: DocumentNode, typed: GraphQLSchema) -> None:
        super().__init__()
        self.names: set[str] = set()
        self._info = TypeInfo(typed)
        visit(document, TypeInfoVisitor(self._info, self))

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        self._note(node.name.value)

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        kind, field = self._info.get_parent_type(), self._info.get_field_def()
        if self._info.get_directive() is None and kind is not None:
            names = (name for name, known in kind.fields.items() if known is field)  # type: ignore[union-attr]
            self._note(f"{next(names, '__type')}.{node.name.value}")

    def _note(self, name: str) -> None:
        kind = self._info.get_parent_type()
        if kind is None or name.startswith("__"):
            return
        self.names.add(f"{kind.name}.{name}")
        for interface in getattr(kind, "interfaces", ()):
            if name.partition(".")[0] in interface.fields:
                self.names.add(f"{interface.name}.{name}")


def closed(names: set[str], typed: GraphQLSchema) -> set[str]:
    """Names with the same fields of all types that have the interfaces they are fields of."""
    return names | {
        f"{kind.name}.{name.partition('.')[2]}"
        for kind in typed.type_map.values()
        for interface in getattr(kind, "interfaces", ())
        for name in names
        if name.partition(".")[0] == interface.name
    }


def offered(typed: GraphQLSchema) -> Iterator[str]:
    """The fields of a schema as `Type.field`, their arguments as `Type.field.argument`."""
    for kind in typed.type_map.values():
        if kind.name.startswith("__") or not hasattr(kind, "fields") or hasattr(kind, "out_type"):
            continue
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}"
            yield from (f"{kind.name}.{name}.{argument}" for argument in field.args)


@pytest.mark.parametrize("service", TRANSLATED)
def test_what_is_offered_can_be_asked(service: str) -> None:
    """In one era at least: what both have alike needs no mark."""
    schemas = {era: schema(service, era) for era in ERAS}
    offers = set().union(*map(offered, schemas.values()))
    used = set().union(
        *(
            closed(_Used(document, typed).names, typed)
            for era, typed in schemas.items()
            for document in documents(service, era)
        )
    )
    assert sorted(offers - used - closed({*KEPT}, schemas[ERAS[-1]])) == []


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("service", TRANSLATED)
def test_what_can_be_asked_is_offered(service: str, era: str) -> None:
    typed = schema(service, era)
    for document in documents(service, era):
        assert validate(typed, document) == [], print_ast(document)
