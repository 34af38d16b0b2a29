"""Schemas: the eras of one text, and their agreement with the real ones."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)

from shim.sandbox.engine.schema import Rule, Schema
from shim.sandbox.services import available
from shim.settings import ERAS

REAL = Path(__file__).parents[4] / "shared" / "schemas"
TEXT = """
directive @era(from: String, until: String) on FIELD_DEFINITION | ARGUMENT_DEFINITION | OBJECT | ENUM_VALUE
directive @raw(until: String) on INPUT_OBJECT
directive @access(scope: AccessScope!, kind: AccessKind!) on FIELD_DEFINITION
enum AccessScope { A B }
enum AccessKind { RO RW }
enum Colour { RED GREEN @era(from: "2026") }
type New @era(from: "2026") { id: Int! }
input Change @raw(until: "2024") { name: String }
type Query {
  old: Int! @era(until: "2024")
  new: New @era(from: "2026")
  both(x: ID! @era(until: "2024"), x: String! @era(from: "2026")): [String!]! @access(scope: B, kind: RO)
  colour: Colour!
}
"""


def _fields(schema: GraphQLSchema) -> dict[str, str]:
    assert schema.query_type is not None
    return {name: str(field.type) for name, field in schema.query_type.fields.items()}


@pytest.mark.parametrize(
    ("era", "own", "argument", "colours"),
    [("2024", {"old": "Int!"}, "ID!", ["RED"]), ("2026", {"new": "New"}, "String!", ["RED", "GREEN"])],
)
def test_one_text_holds_both_eras(era: str, own: dict[str, str], argument: str, colours: list[str]) -> None:
    schema = Schema(TEXT, era)
    assert _fields(schema.typed) == own | {"both": "[String!]!", "colour": "Colour!"}
    assert schema.typed.query_type is not None
    assert str(schema.typed.query_type.fields["both"].args["x"].type) == argument
    assert list(schema.typed.type_map["Colour"].values) == colours  # type: ignore[attr-defined]


@pytest.mark.parametrize(("era", "marks"), [("2024", ["raw"]), ("2026", [])])
def test_the_texts_own_marks_are_no_directives_of_the_schema(era: str, marks: list[str]) -> None:
    schema = Schema(TEXT, era).typed
    assert not {directive.name for directive in schema.directives} & {"era", "raw"}
    node = schema.type_map["Change"].ast_node
    assert node is not None
    assert [directive.name.value for directive in node.directives or ()] == marks


def test_what_is_executed_has_neither_arguments_nor_obligations() -> None:
    relaxed = Schema(TEXT, "2024").relaxed
    assert _fields(relaxed) == {"old": "Int", "both": "[String]", "colour": "Colour"}
    assert relaxed.query_type is not None
    assert not relaxed.query_type.fields["both"].args


def test_rules_and_scopes_come_from_the_directives() -> None:
    schema = Schema(TEXT, "2024")
    assert schema.rules("Query", "both") == (Rule("access", {"scope": "B", "kind": "RO"}),)
    assert schema.rules("Query", "old") == ()
    assert schema.scopes == ["A", "B"]


# Fields as the recorded server had them (March 2023), which the real schema at hand, of a later one, has otherwise.
OLDER = {("meta", "2024"): {"Mutation.updateSSHKey", "Mutation.deleteWebhook"}}


def _real(service: str, era: str) -> GraphQLSchema:
    path = REAL / f"{service}-{era}.graphqls"
    if not path.exists():
        pytest.skip(f"no schema of the real {service} of {era} beside this checkout")
    return build_schema(path.read_text("utf-8"), assume_valid=True)


def _guards(kind: GraphQLObjectType | GraphQLInterfaceType, name: str) -> list[str]:
    node = kind.fields[name].ast_node
    assert node is not None
    return sorted(
        directive.loc.source.body[directive.loc.start : directive.loc.end]
        for directive in node.directives or ()
        if directive.loc
    )


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("service", available())
def test_schemas_are_subsets_of_the_real_ones(service: str, era: str) -> None:
    real = _real(service, era)
    text = import_module(f"shim.sandbox.services.{service}").SERVICE.schema_text()
    ours = Schema(text, era).typed
    for name, kind in ours.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        other = real.type_map[name]
        assert type(other) is type(kind), name
        if isinstance(kind, GraphQLEnumType):
            assert kind.values.keys() <= other.values.keys(), name  # type: ignore[attr-defined]
        elif isinstance(kind, GraphQLInputObjectType):
            expected = {field: str(value.type) for field, value in other.fields.items()}  # type: ignore[attr-defined]
            assert {field: str(value.type) for field, value in kind.fields.items()}.items() <= expected.items(), name
        elif isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            _compare_fields(kind, other, OLDER.get((service, era), set()))  # type: ignore[arg-type]


def _compare_fields(
    kind: GraphQLObjectType | GraphQLInterfaceType, other: GraphQLObjectType | GraphQLInterfaceType, older: set[str]
) -> None:
    assert {i.name for i in kind.interfaces} <= {i.name for i in other.interfaces}, kind.name
    for own, field in kind.fields.items():
        place = f"{kind.name}.{own}"
        if place in older:
            continue
        real = other.fields[own]
        assert str(field.type) == str(real.type), place
        for name, argument in field.args.items():
            # What ours asks for the real one takes: an argument that it may do without counts as well.
            assert str(argument.type) in (str(real.args[name].type), f"{real.args[name].type}!"), place
        assert _guards(kind, own) == _guards(other, own), place
