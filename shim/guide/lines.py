"""Command lines that send a document, for a POSIX shell, whatever stands in the values.

Both read it from a here-document, in which the shell touches nothing and of which no line can be its end: in JSON
and in GraphQL alike a line feed inside a value is written as an escape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from shlex import quote
from typing import Any

from graphql import (
    REMOVE,
    SKIP,
    BooleanValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NameNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    VisitorAction,
    print_ast,
    visit,
)

from shim.upstream import Operation

_CREDENTIAL = '"Authorization: Bearer $TOKEN"'
_JSON = "'Content-Type: application/json'"
_NUMBERS = ("Int", "Float", "Boolean")
_LIKE_AN_ENUM = re.compile(r"[A-Z][A-Z0-9_]*")
NOTHING: Mapping[str, str] = {}


def curl(origin: str, text: str, values: Mapping[str, Any], files: Mapping[str, str] = NOTHING) -> str:
    """The line for curl: the token comes from the environment's TOKEN.

    `files` are names of local files by variable, or by `<variable>.<index>` for those in a list; with any, the form of
    the GraphQL multipart request is sent.
    """
    url = quote(f"{origin}/query")
    body = json.dumps({"query": text, "variables": emptied(values, files)}, indent=2)
    if not files:
        return _fed(f"curl -sS -H {_CREDENTIAL} -H {_JSON} --data-binary @- {url}", body)
    places = {str(i): [f"variables.{name}"] for i, name in enumerate(files)}
    parts = ["operations=<-", f"map={json.dumps(places)}", *(f"{i}=@{_named(f)}" for i, f in enumerate(files.values()))]
    return _fed(" ".join(["curl -sS -H", _CREDENTIAL, *(f"-F {quote(part)}" for part in parts), url]), body)


def hut(service: str, operation: Operation, values: Mapping[str, Any], files: Mapping[str, str] = NOTHING) -> str:
    """The line for hut (hut(1), `graphql`), which asks the instance of its own configuration, with its own token.

    Its `--var` gives texts alone, read as a row of CSV: all other values are written into the document. The line is
    empty where that can't be done: for files in a list, and because a text inside of an input could as well be the name
    of an enum's value.
    """
    if any("." in place for place in files):
        return ""
    kinds = {v.variable.name.value: v for v in operation.definition.variable_definitions or ()}
    given = {name: value for name, value in values.items() if name in kinds and name not in files}
    texts = {name: value for name, value in given.items() if _passes(value, print_ast(kinds[name].type))}
    absent = {name for name, value in given.items() if value is None and kinds[name].default_value is None}
    written = {name: value for name, value in given.items() if name not in texts and name not in absent}
    if any(_LIKE_AN_ENUM.fullmatch(text) for value in written.values() for text in _texts(value)):
        return ""
    options = [f"-v {quote(_cell(f'{name}={value}'))}" for name, value in texts.items()]
    options += [f"--file {quote(_cell(f'{name}={file}'))}" for name, file in files.items()]
    document = visit(operation.document, _Written(written)) if written else operation.document
    return _fed(" ".join(["hut graphql", quote(service), "--stdin", *options]), print_ast(document))


def emptied(values: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, Any]:
    """Values with null in the places of files."""
    names = [place.partition(".")[0] for place in files]
    nulls = {name: [None] * names.count(name) if f"{name}.0" in files else None for name in names}
    return {**values, **nulls}


def _fed(command: str, text: str) -> str:
    return f"{command} <<'EOF'\n{text}\nEOF\n"


def _named(file: str) -> str:
    """The name of a file as curl's forms take it."""
    return '"' + file.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _cell(text: str) -> str:
    """A text as a cell of CSV."""
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"') else text


def _passes(value: Any, kind: str) -> bool:
    """Whether a value can be given as a text on the command line."""
    return isinstance(value, str) and kind.strip("!") not in _NUMBERS and value.isprintable()


def _texts(value: Any) -> Iterator[str]:
    """The texts inside of a value, but not one that is the value itself."""
    for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        if isinstance(item, str):
            yield item
        yield from _texts(item)


class _Written(Visitor):
    """Writes values in the places of their variables."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__()
        self._values = values

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> VisitorAction:
        return REMOVE if node.variable.name.value in self._values else SKIP

    def leave_variable(self, node: VariableNode, *_: Any) -> ValueNode | None:
        return _literal(self._values[node.name.value]) if node.name.value in self._values else None


def _literal(value: Any) -> ValueNode:
    """A JSON value as GraphQL writes it."""
    if value is None:
        return NullValueNode()
    if isinstance(value, bool):
        return BooleanValueNode(value=value)
    if isinstance(value, int | float):
        return (IntValueNode if isinstance(value, int) else FloatValueNode)(value=json.dumps(value))
    if isinstance(value, Mapping):
        return ObjectValueNode(
            fields=tuple(ObjectFieldNode(name=NameNode(value=k), value=_literal(v)) for k, v in value.items())
        )
    if isinstance(value, list | tuple):
        return ListValueNode(values=tuple(map(_literal, value)))
    return StringValueNode(value=str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace"), block=False)
