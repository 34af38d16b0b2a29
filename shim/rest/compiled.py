"""Schemas as plain functions: what marshmallow finds out anew for every value is found out once.

A schema stays the description, and marshmallow's own walk over its fields is what this one is tested against, the
exceptions that it raises included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from marshmallow import Schema, fields, missing
from marshmallow.decorators import POST_DUMP, PRE_DUMP

Convert = Callable[[Any], Any]
Step = tuple[str, str | None, Convert]
"""A key of the answer; the key of the value in the data, None where the whole object is converted; the conversion."""
_ABSENT = (KeyError, IndexError, TypeError, AttributeError)


class Converted(fields.Field[Any]):
    """A field whose value in the answer depends on nothing but its value in the data.

    `old` and `how` tell what the old value looks like, and how it is made of the new one; `shape` describes it where
    it is an object.
    """

    old: ClassVar[str] = "as in GraphQL"
    how: ClassVar[str] = ""
    shape: ClassVar[type[Schema] | None] = None

    def convert(self, value: Any) -> Any:
        """The value as the old services wrote it; the one in the data may be null."""
        raise NotImplementedError

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return self.convert(value)


def compiled(schema: Schema) -> Callable[[Any], dict[str, Any]]:
    """A function that makes of one object what the fields of a schema describe; its hooks are left to `dump`.

    No schema may hold itself.
    """
    steps = [_step(name, field, schema) for name, field in schema.dump_fields.items()]
    look, absent = schema.get_attribute, missing

    def serialize(obj: Any) -> dict[str, Any]:
        found = {}
        for key, name, convert in steps:
            if name is None:
                value = convert(obj)
            else:
                try:
                    value = obj[name]
                except _ABSENT:
                    value = look(obj, name, absent)
                    if value is absent:
                        continue
                value = convert(value)
            if value is not absent:
                found[key] = value
        return found

    return serialize


def _step(name: str, field: fields.Field[Any], schema: Schema) -> Step:
    """How a field is read and converted; one of an unknown kind is left to marshmallow."""
    key = name if field.data_key is None else field.data_key
    if type(field) is fields.Constant:
        return key, None, lambda obj: field.constant
    if type(field) is fields.Function and field.serialize_func is not None:
        return key, None, field.serialize_func
    convert, place = _conversion(field), name if field.attribute is None else field.attribute
    if convert is None or field.dump_default is not missing:
        return key, None, lambda obj: field.serialize(name, obj, accessor=schema.get_attribute)
    return (key, None, _within(place, convert, schema)) if "." in place else (key, place, convert)


def _within(path: str, convert: Convert, schema: Schema) -> Convert:
    """Convert what stands at a dotted path."""
    parts = path.split(".")

    def look(obj: Any) -> Any:
        value = obj
        try:
            for part in parts:
                value = value[part]
        except _ABSENT:
            value = schema.get_attribute(obj, path, missing)
        return missing if value is missing else convert(value)

    return look


def _conversion(field: fields.Field[Any]) -> Convert | None:
    """What a field makes of a value by the value alone, if that is known."""
    if isinstance(field, Converted):
        return field.convert
    if type(field) is fields.Nested:
        return _nested(field)
    if type(field) is fields.List:
        inner = _conversion(field.inner)
        return inner and _each(inner)
    return None


def _nested(field: fields.Nested) -> Convert:
    """What a nested schema makes of an object, or of each of many."""
    schema = field.schema
    many = bool(schema.many or field.many)
    hooks = type(schema).resolve_hooks()
    if hooks[PRE_DUMP] or hooks[POST_DUMP]:
        return lambda value: None if value is None else schema.dump(value, many=many)
    serialize = compiled(schema)
    return _each(serialize) if many else lambda value: None if value is None else serialize(value)


def _each(convert: Convert) -> Convert:
    """The conversion of a list of values; null stays null."""
    return lambda values: None if values is None else [convert(value) for value in values]
