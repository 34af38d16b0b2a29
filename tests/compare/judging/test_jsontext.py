from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.compare.judging.jsontext import Array, Object, array, parse, path_pattern, put, select, show, write

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 2]), st.booleans())
def test_reads_what_json_writes_and_keeps_every_byte(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    node = parse(text)
    assert node.text == text
    assert node.value == value


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "[1,]", "[,]", "{1: 2}", '{"a" 1}', '{"a": 1,}', "[1 2]", '"\\q"', '"\x01"', "01", "[1", "nul"],
)
def test_refuses_what_is_no_json(text: str) -> None:
    with pytest.raises(ValueError, match=r"at \d+"):
        parse(text)


def test_a_bare_symbol_is_a_scalar() -> None:
    assert parse('{"expires_in": {seconds}}').value == {"expires_in": "{seconds}"}


def test_of_repeated_names_the_last_counts() -> None:
    node = parse('{"a": 1, "a": 2}')
    assert isinstance(node, Object)
    assert node.value == {"a": 2}


@given(VALUES)
def test_writes_as_the_old_services_did(value: Any) -> None:
    assert write(value).text == json.dumps(value)


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        ("", ["$"]),
        ("results[*].id", ["$.results[0].id", "$.results[1].id"]),
        ("results[1].tags[*]", ["$.results[1].tags[0]"]),
        ("results[*].absent", []),
        ("results[7]", []),
        ("next.inner", []),
    ],
)
def test_selects_by_path(pattern: str, places: list[str]) -> None:
    node = write({"results": [{"id": 1, "tags": []}, {"id": 2, "tags": ["x"]}], "next": None})
    assert [show(path) for path, _ in select(node, path_pattern(pattern))] == places


@pytest.mark.parametrize("text", [".a", "a.", "a[", "a[x]", "a..b", "[]"])
def test_refuses_what_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        path_pattern(text)


def test_puts_without_touching_the_rest() -> None:
    node = parse('{"a":[1, 2 ],"b":{}}')
    assert put(node, ("a", 1), write("é")).text == '{"a":[1, "\\u00e9" ],"b":{}}'
    assert node.text == '{"a":[1, 2 ],"b":{}}'


def test_nothing_can_be_put_into_a_scalar() -> None:
    with pytest.raises(KeyError):
        put(write(1), ("a",), write(2))


def test_lists_are_written_in_the_old_spelling() -> None:
    assert array([]).text == "[]"
    assert array([write(1), write("a")]).text == '[1, "a"]'
    assert isinstance(array([]), Array)
