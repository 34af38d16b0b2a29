"""Fields of old resources beside dates: values that pass through, and enums in lower case."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields


class Plain(fields.Raw):
    """A value that passes through as upstream gave it; bytes that are no UTF-8 become U+FFFD."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and not value.isascii():
            return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return value


class Lower(fields.Field[str]):
    """An enum's name in lower case, as old visibilities were written."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value).lower()


class Resource(Schema):
    """An old resource: its keys come out in the order in which its fields are declared."""


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
