"""Fields of old resources beside dates: values that pass through, and enums in lower case."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from marshmallow import Schema

from shim.rest.compiled import Converted, compiled


class Plain(Converted):
    """A value that passes through as upstream gave it; bytes that are no UTF-8 become U+FFFD."""

    def convert(self, value: Any) -> Any:
        """The value."""
        if isinstance(value, str) and not value.isascii():
            return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return value


class Lower(Converted):
    """An enum's name in lower case, as old visibilities were written."""

    old = "enum in lower case"
    how = "in lower case"

    def convert(self, value: Any) -> str | None:
        """The name; null stays null."""
        return None if value is None else str(value).lower()


class Resource(Schema):
    """An old resource: its keys come out in the order in which its fields are declared."""

    @cached_property
    def _compiled(self) -> Callable[[Any], dict[str, Any]]:
        return compiled(self)

    def _serialize(self, obj: Any, *, many: bool = False) -> Any:
        """What `dump` does between its hooks."""
        if many and obj is not None:
            return [self._compiled(each) for each in obj]
        return self._compiled(obj)

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes over, which may have other fields."""
        return {name: value for name, value in self.__dict__.items() if name != "_compiled"}


class ShortUser(Resource):
    """A user inside another resource (conventions 7.1)."""

    canonical_name = Plain()
    name = Plain()


class User(ShortUser):
    """A user on its own (conventions 7.1)."""

    email = Plain()
    url = Plain()
    location = Plain()
    bio = Plain()
