"""Documents: gqlparser's texts and places, and the weight of an operation."""

from __future__ import annotations

import pytest
from graphql import build_schema

from shim.sandbox.engine.errors import RequestError
from shim.sandbox.engine.validation import Document

SCHEMA = build_schema(
    """
    enum Colour { RED }
    type Query { me: User!, user(name: String!, colour: Colour, age: Int): User }
    type User { id: Int!, name: String, friend: User }
    """
)


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("{ me { xyz } }", 'Cannot query field "xyz" on type "User".', (1, 8)),
        ("{ me { nam } }", 'Cannot query field "nam" on type "User". Did you mean "name"?', (1, 8)),
        (
            "{ me }",
            'Field "me" of type "User!" must have a selection of subfields. Did you mean "me { ... }"?',
            (1, 3),
        ),
        (
            "{ user { id } }",
            'Field "user" argument "name" of type "String!" is required, but it was not provided.',
            (1, 3),
        ),
        ('{\n  user(name: "x", xyz: 1) { id } }', 'Unknown argument "xyz" on field "Query.user".', (2, 3)),
        ("{ user(name: $x) { id } }", 'Variable "$x" is not defined.', (1, 14)),
        ("query($x: Int) { me { id } }", 'Variable "$x" is never used.', (1, 7)),
        (
            '{ user(name: "x", colour: BLUE) { id } }',
            'Value "BLUE" does not exist in "Colour" enum.',
            (1, 27),
        ),
        ('{ user(name: "x", age: "y") { id } }', 'Int cannot represent non-integer value: "y"', (1, 25)),
        ("subscription { x }", 'Schema does not support operation type "subscription"', (1, 1)),
    ],
)
def test_validation_texts(text: str, message: str, place: tuple[int, int]) -> None:
    with pytest.raises(RequestError) as caught:
        Document.read(text, SCHEMA)
    (error,) = caught.value.errors
    assert error["message"] == message
    assert error["locations"] == [{"line": place[0], "column": place[1]}]
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}


def test_a_syntax_error_quotes_as_go_does() -> None:
    with pytest.raises(RequestError, match=r'^Unexpected Name "x"$'):
        Document.read("x", SCHEMA)


def test_a_syntax_error() -> None:
    with pytest.raises(RequestError) as caught:
        Document.read("query {", SCHEMA)
    assert caught.value.errors == [
        {
            "message": "Expected Name, found <EOF>",
            "locations": [{"line": 1, "column": 8}],
            "extensions": {"code": "GRAPHQL_PARSE_FAILED"},
        }
    ]


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("", None, "no operation provided"),
        ("query A { me { id } } query B { me { id } }", None, "operation  not found"),
        ("query A { me { id } }", "C", "operation C not found"),
    ],
)
def test_operations_not_found(text: str, name: str | None, message: str) -> None:
    with pytest.raises(RequestError, match=f"^{message}$"):
        Document.read(text, SCHEMA).operation(name)


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("{ me { id name friend { id } } }", 5),
        ("{ __typename me { ... on User { id } } }", 3),
        ("{ a: me { ...f } b: me { ...f } } fragment f on User { id name }", 6),
        ("{ __schema { types { name } } me { id } }", 2),
        ('{ __type(name: "User") { name } }', 2),
    ],
)
def test_the_weight_is_the_number_of_fields(text: str, weight: int) -> None:
    document = Document.read(text, SCHEMA)
    assert document.complexity(document.operation(None)) == weight
