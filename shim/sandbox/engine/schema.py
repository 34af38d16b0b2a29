"""From a service's schema text to the schemas of one era: the typed one and the relaxed one that is executed.

The text marks what only one era has with `@era(from: "2026")` or `@era(until: "2024")`; an input object with
`@raw` reaches the resolver as it was sent, numbers being no strings (`coercion`). Execution needs a
relaxed schema, without arguments and with everything nullable: the real servers run all fields although one
has failed and null the parents afterwards, and read arguments by rules of their own (`coercion`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    ArgumentNode,
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    FieldDefinitionNode,
    GraphQLEnumType,
    GraphQLSchema,
    ListTypeNode,
    Node,
    NonNullTypeNode,
    TypeNode,
    Visitor,
    build_ast_schema,
    parse,
    value_from_ast_untyped,
    visit,
)
from graphql.language.visitor import REMOVE

ANY = "_Any"
_MARKS = ("era", "raw")


@dataclass(frozen=True)
class Rule:
    """One of the directives that guard a field: `access`, `private`, `internal`, ... with its arguments."""

    name: str
    arguments: dict[str, str]


class Schema:
    """The schema of one service in one era."""

    def __init__(self, text: str, era: str) -> None:
        document = visit(parse(text), _EraFilter(era))
        self.typed = build_ast_schema(document, assume_valid=True)
        relaxed = visit(document, _Relaxer())
        scalar = parse(f"scalar {ANY}")
        both = DocumentNode(definitions=(*relaxed.definitions, *scalar.definitions))
        self.relaxed = build_ast_schema(both, assume_valid=True)
        self._rules = _rules(self.typed)

    @property
    def scopes(self) -> list[str]:
        """The access scopes of the service, in the schema's order."""
        scopes = self.typed.type_map["AccessScope"]
        return list(cast(GraphQLEnumType, scopes).values)

    def rules(self, type_name: str, field_name: str) -> tuple[Rule, ...]:
        """What guards a field."""
        return self._rules.get((type_name, field_name), ())


class _EraFilter(Visitor):
    """Drops what the era does not have, the directive that says so, and the definitions of the text's own marks."""

    def __init__(self, era: str) -> None:
        super().__init__()
        self._era = era

    def enter(self, node: Node, *_: Any) -> Any:
        if isinstance(node, DirectiveDefinitionNode) and node.name.value in _MARKS:
            return REMOVE
        for directive in getattr(node, "directives", None) or ():
            if directive.name.value == "era" and not self._has(directive):
                return REMOVE
        if isinstance(node, DirectiveNode) and (node.name.value == "era" or not self._has(node)):
            return REMOVE
        return None

    def _has(self, directive: DirectiveNode) -> bool:
        bounds = _arguments(directive)
        return bounds.get("from", self._era) <= self._era <= bounds.get("until", self._era)


class _Relaxer(Visitor):
    """Makes every field nullable and takes its arguments away."""

    def enter_field_definition(self, node: FieldDefinitionNode, *_: Any) -> FieldDefinitionNode:
        return FieldDefinitionNode(name=node.name, type=_nullable(node.type), arguments=(), directives=())


def _nullable(node: TypeNode) -> TypeNode:
    if isinstance(node, NonNullTypeNode):
        return _nullable(node.type)
    if isinstance(node, ListTypeNode):
        return ListTypeNode(type=_nullable(node.type))
    return node


def _rules(schema: GraphQLSchema) -> dict[tuple[str, str], tuple[Rule, ...]]:
    found = {}
    for type_name, kind in schema.type_map.items():
        for name, field in getattr(kind, "fields", {}).items():
            directives = (field.ast_node and field.ast_node.directives) or ()
            rules = tuple(Rule(d.name.value, _arguments(d)) for d in directives)
            if rules:
                found[type_name, name] = rules
    return found


def _arguments(directive: DirectiveNode) -> dict[str, str]:
    nodes: tuple[ArgumentNode, ...] = directive.arguments or ()
    return {node.name.value: value_from_ast_untyped(node.value) for node in nodes}
