"""Rights in access lists: bits of a number, which GraphQL shows one by one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntFlag
from typing import TypeVar

_Rights = TypeVar("_Rights", bound="Rights")


class Rights(IntFlag):
    """The rights that a service knows; a subclass names them as GraphQL does, in capitals."""

    @classmethod
    def read(cls: type[_Rights], value: int | Iterable[str]) -> _Rights:
        """Rights as a number, or by their names. Raises KeyError for a name of none."""
        return cls(value) if isinstance(value, int) else cls(sum(cls[name.upper()] for name in value))

    @classmethod
    def given(cls: type[_Rights], input_: dict[str, bool]) -> _Rights:
        """Rights as an input tells of each."""
        return cls.read(name for name, given in input_.items() if given)

    @property
    def shown(self) -> property:
        """The attribute that tells whether an entry has it, by the entry's `permissions`."""
        return property(lambda entry: bool(entry.permissions & self))
