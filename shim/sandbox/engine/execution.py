"""One operation, executed by graphql-core as gqlgen would answer it (conventions 4.3, 10.3).

The relaxed schema lets every field run; what failed is collected with its path, and afterwards nulls are
carried up to the nearest nullable place of the typed schema.
"""

from __future__ import annotations

import builtins
import logging
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from keyword import iskeyword
from typing import Any, TypeAlias, cast

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    execute_sync,
)

from shim.sandbox.engine import coercion
from shim.sandbox.engine.context import Context
from shim.sandbox.engine.cursor import Cursor
from shim.sandbox.engine.errors import NULL, DiedError, FieldError, PanicError, ValidationError, coded
from shim.sandbox.engine.validation import MAX_COMPLEXITY, Document

Path = tuple[str | int, ...]
Info: TypeAlias = "GraphQLResolveInfo[Any]"
_log = logging.getLogger(__name__)
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def execute(
    call: Context, document: Document, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Run an operation of a document and return the answer: `errors`, if any, then `data`.

    Raises RequestError for bad variables, DiedError where the real process dies.
    """
    values = coercion.variables(call.service.schema.typed, operation, given)
    weight = document.complexity(operation)
    if weight > MAX_COMPLEXITY:
        message = f"operation has complexity {weight}, which exceeds the limit of {MAX_COMPLEXITY}"
        return {"errors": [coded("COMPLEXITY_LIMIT_EXCEEDED", message)], "data": None}
    return _Execution(call, values).run(document, operation)


class _Execution:
    def __init__(self, call: Context, values: dict[str, Any]) -> None:
        self._call = call
        self._values = values
        self._schema = call.service.schema
        self._errors: list[dict[str, Any]] = []
        self._failed: list[Path] = []
        self._types: dict[Path, Any] = {}

    def run(self, document: Document, operation: OperationDefinitionNode) -> dict[str, Any]:
        result = execute_sync(
            self._schema.relaxed,
            document.executable,
            self._call.service.root(operation.operation.value),
            variable_values=self._values,
            operation_name=operation.name.value if operation.name else None,
            middleware=[self],
            type_resolver=lambda value, _info, _type: value.typename,
        )
        for error in result.errors or ():
            if isinstance(error.original_error, DiedError):
                raise error.original_error
            self._fail(tuple(error.path or ()), PanicError())
        data = result.data
        for path in self._failed:
            data = self._without(data, path)
        return {"errors": self._errors, "data": data} if self._errors else {"data": data}

    def resolve(self, following: Callable[..., Any], source: Any, info: Info, **given: Any) -> Any:
        """The middleware around every field."""
        if info.field_name == "__schema":
            return self._schema.typed
        if info.field_name == "__type":
            return self._schema.typed.get_type(given["name"])
        if info.field_name.startswith("__") or info.parent_type.name.startswith("__"):
            return following(source, info, **given)
        return self._guarded(source, info, tuple(info.path.as_list()))

    def _guarded(self, source: Any, info: Info, path: Path) -> Any:
        kind = cast(GraphQLObjectType, self._schema.typed.type_map[info.parent_type.name])
        field = kind.fields[info.field_name]
        self._types[path] = field.type
        try:
            self._call.place = path
            value = self._value(source, info, field)
        except DiedError:
            raise
        except ValidationError as errors:
            self._fail(path, *errors.errors)
        except FieldError as error:
            self._fail(path, error)
        except Exception:
            _log.exception("the resolver of %s failed", ".".join(map(str, path)))
            self._fail(path, PanicError())
        else:
            self._expect(field.type, value, path)
            return value
        return None

    def _value(self, source: Any, info: Info, field: GraphQLField) -> Any:
        """The attribute of that name, a method called with the call and the arguments; cursors are sealed."""
        if info.path.prev is None:
            self._call.enter(str(info.path.key))
        given = coercion.arguments(field, info.field_nodes[0], self._values, self._call.service.scalars)
        self._call.check(self._schema.rules(info.parent_type.name, info.field_name))
        value = getattr(source, snake(info.field_name))
        if callable(value):
            value = value(self._call, **{parameter(name): argument for name, argument in given.items()})
        return self._call.seal(value) if isinstance(value, Cursor) else value

    def _expect(self, declared: Any, value: Any, path: Path) -> None:
        """Report nulls where the schema allows none."""
        if isinstance(declared, GraphQLNonNull):
            if value is None:
                self._fail(path, FieldError(NULL))
            declared = declared.of_type
        if isinstance(declared, GraphQLList) and value is not None:
            for index, item in enumerate(value):
                self._expect(declared.of_type, item, (*path, index))

    def _fail(self, path: Path, *errors: FieldError) -> None:
        self._call.failed += len(errors)
        for error in errors:
            place = {"path": [*self._call.prefix, *path, *error.suffix]}
            extensions = {"extensions": error.extensions} if error.extensions else {}
            self._errors.append({"message": error.message, **place, **extensions})
        self._failed.append(path)

    def _without(self, data: Any, path: Path) -> Any:
        """`data` with a null at `path`, or above it where that place cannot be null."""
        while path and isinstance(self._type(path), GraphQLNonNull):
            path = path[:-1]
        if not path:
            return None
        parent = data
        for key in path[:-1]:
            if parent is None:
                return data
            parent = parent[key]
        if parent is not None:
            parent[path[-1]] = None
        return data

    def _type(self, path: Path) -> Any:
        """The declared type of a place: a field's, or that of a list's items."""
        if not isinstance(path[-1], int):
            return self._types[path]
        declared = self._type(path[:-1])
        return (declared.of_type if isinstance(declared, GraphQLNonNull) else declared).of_type


@lru_cache(1024)
def snake(name: str) -> str:
    """The attribute that holds a field: `canonicalName` is `canonical_name`, `HEAD` is `head`."""
    return _CAPITAL.sub("_", name).lower()


@lru_cache(1024)
def parameter(name: str) -> str:
    """The parameter that takes an argument: as above, but `from` is `from_` and `id` is `id_`."""
    word = snake(name)
    return f"{word}_" if iskeyword(word) or hasattr(builtins, word) else word
