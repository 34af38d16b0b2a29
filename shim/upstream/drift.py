"""Whether a schema still understands every operation (design D5): the check behind `shim doctor` and the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLSchema, validate

from shim.upstream.operations import Operation, Operations


@dataclass(frozen=True)
class Drift:
    """One thing that a schema refuses in an operation."""

    operation: str
    message: str


def drifts(operations: Operations, schema: GraphQLSchema, era: str) -> Iterator[Drift]:
    """Everything that the schema of an era refuses in the operations which that era is asked."""
    for name in operations:
        if operations.offered(name, era):
            yield from _of(operations.of(name, era), schema)


def _of(operation: Operation, schema: GraphQLSchema) -> Iterator[Drift]:
    for form in filter(None, (operation, operation.mine)):
        for error in validate(schema, form.document):
            yield Drift(operation.name, error.message)
