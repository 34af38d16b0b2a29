"""Operations: every GraphQL document lives in a `.graphql` file, parsed and printed once (design D2, D5).

A query that begins at `owner: user(username: $u)` also gets a form that begins at `owner: me`, for the
legacy routes without an owner in their path (git 4.1). An operation `X_2024` or `X_2026` stands in for
`X` in that era.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from gql import GraphQLRequest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    NameNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    parse,
    print_ast,
    visit,
)

from shim.upstream.repeat import repeat, replaced

_ERA = re.compile(r"^(?P<name>\w+?)_(?P<era>20\d\d)$")
OWNER_ALIAS = "owner"


class PreparedRequest(GraphQLRequest):
    """A request whose text was printed when its operation was loaded, not again on every call."""

    def __init__(self, operation: Operation, variables: dict[str, Any]) -> None:
        super().__init__(operation.document, variable_values=variables, operation_name=operation.name)
        self._text = operation.text

    @property
    def payload(self) -> dict[str, Any]:
        """What goes over the wire."""
        return {"query": self._text, "variables": self.variable_values, "operationName": self.operation_name}


@dataclass(frozen=True, eq=False)
class Operation:
    """One named operation with the fragments it uses; `mine` is its form for the caller's own things."""

    name: str
    document: DocumentNode
    era: str | None = None
    mine: Operation | None = None

    @cached_property
    def text(self) -> str:
        """The document as sent."""
        return print_ast(self.document)

    @cached_property
    def definition(self) -> OperationDefinitionNode:
        """The operation's node, which is always the document's first."""
        node = self.document.definitions[0]
        assert isinstance(node, OperationDefinitionNode)
        return node

    @property
    def is_mutation(self) -> bool:
        """Whether sending it twice could do something twice."""
        return self.definition.operation is OperationType.MUTATION

    @cached_property
    def variables(self) -> frozenset[str]:
        """The names of the variables it declares."""
        return frozenset(v.variable.name.value for v in self.definition.variable_definitions or ())

    @cached_property
    def cursors(self) -> frozenset[str]:
        """The names of the variables that continue a list."""
        kinds = {v.variable.name.value: print_ast(v.type) for v in self.definition.variable_definitions or ()}
        return frozenset(name for name, kind in kinds.items() if kind.strip("!") == "Cursor")

    def repeated(self, **counts: int) -> Operation:
        """The operation with some fields, named by alias, as often as told.

        `want0=2` makes `want0: f(x: $want0)` and `want1: f(x: $want1)` of the first, `note=0` drops `note`; so do
        the variables of these names.
        """
        return _repeated(self, tuple(sorted(counts.items())))

    def request(self, variables: Mapping[str, Any]) -> PreparedRequest:
        """A new request with these variables; those that the operation doesn't declare are left out."""
        return PreparedRequest(self, {k: v for k, v in variables.items() if k in self.variables})


class Operations(Mapping[str, Operation]):
    """The operations of one service, by name; `of(name, era)` picks the form of an era."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._byname: dict[tuple[str, str | None], Operation] = {(o.name, o.era): o for o in operations}

    def __getitem__(self, name: str) -> Operation:
        return self._byname[name, None]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({name for name, _ in self._byname}))

    def __len__(self) -> int:
        return len({name for name, _ in self._byname})

    def of(self, name: str, era: str) -> Operation:
        """The operation as that era understands it. Raises KeyError for an unknown name."""
        own = self._byname.get((name, era))
        return own if own is not None else self._byname[name, None]

    def offered(self, name: str, era: str) -> bool:
        """Whether the era has the operation at all (some exist in one era only)."""
        return (name, era) in self._byname or (name, None) in self._byname

    def every(self) -> Iterator[Operation]:
        """All operations of all eras in both forms, as the checks want them."""
        for operation in self._byname.values():
            yield operation
            if operation.mine is not None:
                yield operation.mine


@lru_cache(1024)
def _repeated(operation: Operation, counts: tuple[tuple[str, int], ...]) -> Operation:
    definition = repeat(operation.definition, dict(counts))
    fragments = {d.name.value: d for d in operation.document.definitions if isinstance(d, FragmentDefinitionNode)}
    return replace(operation, document=_without_unused(_document(definition, fragments)), mine=None)


def _without_unused(document: DocumentNode) -> DocumentNode:
    """The document without variables that nothing takes any more, which no server would accept."""
    first, *fragments = document.definitions
    assert isinstance(first, OperationDefinitionNode)
    used = set(re.findall(r"\$(\w+)", "".join(map(print_ast, (first.selection_set, *fragments)))))
    kept = tuple(v for v in first.variable_definitions or () if v.variable.name.value in used)
    return DocumentNode(definitions=(replaced(first, variable_definitions=kept), *fragments))


def load(package: str, *shared: str) -> Operations:
    """Load the `.graphql` files that lie in the package of a service, and the texts that it shares with others."""
    return loads(read(package) + "".join(shared))


def read(package: str, *names: str) -> str:
    """The text of the `.graphql` files `names` (default: all) in the package of a service."""
    found = sorted(f.name for f in files(package).iterdir() if f.name.endswith(".graphql"))
    return "".join(files(package).joinpath(name).read_text("utf-8") for name in names or found)


def loads(text: str) -> Operations:
    """Parse a text of named operations and fragments."""
    definitions = parse(text, no_location=True).definitions
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    return Operations(_operation(d, fragments) for d in definitions if isinstance(d, OperationDefinitionNode))


def _operation(definition: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Operation:
    assert definition.name is not None, "operations have names"
    match = _ERA.match(definition.name.value)
    name, era = (match["name"], match["era"]) if match else (definition.name.value, None)
    operation = Operation(name, _document(replaced(definition, name=NameNode(value=name)), fragments), era)
    mine = visit(operation.document, _OwnerIsMe())
    return operation if mine is operation.document else replace(operation, mine=Operation(name, mine, era))


def _document(definition: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> DocumentNode:
    """An operation with the fragments that it uses, its own and theirs."""
    used = (fragments[name] for name in _fragments_of(definition, fragments))
    return DocumentNode(definitions=(definition, *used))


def _fragments_of(node: Node, fragments: Mapping[str, FragmentDefinitionNode]) -> list[str]:
    names: dict[str, None] = {}

    class Collect(Visitor):
        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: Any) -> None:
            if spread.name.value not in names:
                names[spread.name.value] = None
                visit(fragments[spread.name.value], Collect())

    visit(node, Collect())
    return list(names)


class _OwnerIsMe(Visitor):
    """Turns `owner: user(username: $u)` into `owner: me` and drops the variable."""

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        if node.alias and node.alias.value.startswith(OWNER_ALIAS) and node.name.value == "user":
            return FieldNode(
                alias=node.alias, name=NameNode(value="me"), selection_set=node.selection_set, arguments=()
            )
        return None

    def leave_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> Any:
        if "$u" in print_ast(node.selection_set) or not node.variable_definitions:
            return None
        kept = tuple(v for v in node.variable_definitions if v.variable.name.value != "u")
        if len(kept) == len(node.variable_definitions):
            return None
        return replaced(node, variable_definitions=kept)
