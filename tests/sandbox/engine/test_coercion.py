"""Variables and arguments by the rules of gqlparser and gqlgen."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, build_schema, parse

from shim.sandbox.engine import coercion, gojson
from shim.sandbox.engine.errors import FieldError, RequestError

SCHEMA = build_schema(
    """
    scalar Cursor
    enum Colour { RED GREEN }
    input Inner { n: Int!, colour: Colour }
    directive @raw on INPUT_OBJECT
    input Change @raw { n: Int, name: String }
    input Filter { count: Int = 20, inner: [Inner!] }
    type Query {
      field(
        i: Int, s: String, b: Boolean, id: ID, f: Float, c: Cursor
        colour: Colour!, many: [Int!], filter: Filter, change: Change, d: Int = 7
      ): Int
    }
    """
)


def _operation(text: str) -> OperationDefinitionNode:
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def _variable(declared: str, given: str) -> Any:
    operation = _operation(f"query ($v: {declared}) {{ field(i: $v) }}")
    return coercion.variables(SCHEMA, operation, gojson.decode(given.encode()))


@pytest.mark.parametrize(
    ("declared", "given", "message", "path"),
    [
        ("String!", "{}", "must be defined", []),
        ("String!", '{"v": null}', "cannot be null", []),
        ("String", '{"v": true}', "cannot use bool as String", []),
        ("String", '{"v": ["x"]}', "cannot use slice as String", []),
        ("String", '{"v": {}}', "cannot use map as String", []),
        ("Int", '{"v": "abc"}', "cannot use string as Int", []),
        ("Int", '{"v": 1.5}', "cannot use value 0 as Int", []),
        ("Int", '{"v": 9223372036854775808}', "cannot use value 9223372036854775807 as Int", []),
        ("Int", '{"v": -9223372036854775809}', "cannot use value -9223372036854775808 as Int", []),
        ("Boolean", '{"v": "x"}', "cannot use string as Boolean", []),
        ("Boolean", '{"v": 1}', "cannot use string as Boolean", []),
        ("ID", '{"v": false}', "cannot use bool as ID", []),
        ("Colour", '{"v": "BLUE"}', "BLUE is not a valid Colour", []),
        ("Colour", '{"v": true}', "enums must be ints or strings", []),
        ("[Int!]", '{"v": [1, "x"]}', "cannot use string as Int", [1]),
        ("[Int!]", '{"v": [null]}', "cannot be null", [0]),
        ("Filter", '{"v": 5}', "must be a Filter", []),
        ("Filter", '{"v": {"nope": 1}}', "unknown field", ["nope"]),
        ("Filter", '{"v": {"inner": [{}]}}', "must be defined", ["inner", 0, "n"]),
        (
            "Filter",
            '{"v": {"inner": {"n": 1, "colour": "x"}}}',
            "x is not a valid Colour",
            ["inner", 0, "colour"],
        ),
    ],
)
def test_variables_refused(declared: str, given: str, message: str, path: list[object]) -> None:
    with pytest.raises(RequestError) as caught:
        _variable(declared, given)
    (error,) = caught.value.errors
    assert error["message"] == message
    assert error["path"] == ["variable", "v", *path]
    assert caught.value.status == 422


@pytest.mark.parametrize(
    ("declared", "given", "values"),
    [
        ("String", '{"v": 5}', {"v": "5"}),
        ("Int!", '{"v": "12"}', {"v": "12"}),
        ("Colour", '{"v": "red"}', {"v": "red"}),
        ("[Int!]", '{"v": 3}', {"v": "3"}),
        ("Cursor", '{"v": {"any": "thing"}}', {"v": {"any": "thing"}}),
        ("Int", "{}", {}),
        ("Int = 4", "{}", {"v": "4"}),
        ("Int", '{"v": null}', {"v": None}),
    ],
)
def test_variables_let_through_stay_as_sent(declared: str, given: str, values: dict[str, object]) -> None:
    assert _variable(declared, given) == values


def _arguments(text: str, **values: Any) -> dict[str, Any]:
    (node,) = _operation("{ field(" + text + ") }").selection_set.selections
    assert isinstance(node, FieldNode)
    assert SCHEMA.query_type is not None
    scalars = {"Cursor": lambda value: f"<{value}>"}
    return coercion.arguments(SCHEMA.query_type.fields["field"], node, values, scalars)


@pytest.mark.parametrize(
    ("text", "values", "read"),
    [
        ("colour: RED", {}, {"colour": "RED", "d": 7}),
        ("colour: RED, d: null", {}, {"colour": "RED", "d": None}),
        (
            "colour: RED, i: 5, s: 5, f: 1.5, b: true",
            {},
            {"colour": "RED", "i": 5, "s": "5", "f": 1.5, "b": True, "d": 7},
        ),
        (
            "colour: RED, many: 3, id: $x, i: $y",
            {"x": gojson.Number("9")},
            {"colour": "RED", "many": [3], "id": "9", "d": 7},
        ),
        ("colour: RED, filter: {}", {}, {"colour": "RED", "filter": {"count": 20}, "d": 7}),
        (
            "colour: RED, filter: {inner: [{n: $n}], count: null}",
            {"n": "4"},
            {"colour": "RED", "filter": {"count": None, "inner": [{"n": 4}]}, "d": 7},
        ),
        ("colour: RED, change: $c", {"c": {"n": True}}, {"colour": "RED", "change": {"n": True}, "d": 7}),
        ("colour: RED, c: $c", {"c": "x"}, {"colour": "RED", "c": "<x>", "d": 7}),
    ],
)
def test_arguments_are_read_by_their_types(text: str, values: dict[str, Any], read: dict[str, Any]) -> None:
    assert _arguments(text, **values) == read


@pytest.mark.parametrize(
    ("text", "values", "message", "suffix"),
    [
        ("colour: $v", {"v": None}, "enums must be strings", ("colour",)),
        ("colour: $v", {"v": "red"}, "red is not a valid Colour", ("colour",)),
        ("colour: RED, i: $v", {"v": {}}, "map is not Int", ("i",)),
        (
            "colour: RED, filter: {inner: [{n: $v}]}",
            {"v": []},
            "slice is not Int",
            ("filter", "inner", 0, "n"),
        ),
    ],
)
def test_faults_carry_the_arguments_path(
    text: str, values: dict[str, Any], message: str, suffix: tuple[object, ...]
) -> None:
    with pytest.raises(FieldError) as caught:
        _arguments(text, **values)
    assert (caught.value.message, caught.value.suffix) == (message, suffix)
