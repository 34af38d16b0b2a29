"""Rights on mailing lists, as bits and as GraphQL shows them (lists dossier, 4.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag
from typing import ClassVar

from shim.sandbox.services.lists.people import User


class Access(IntFlag):
    """Rights on a list."""

    BROWSE = 1
    REPLY = 2
    POST = 4
    MODERATE = 8

    @classmethod
    def read(cls, value: int | Iterable[str]) -> Access:
        """Rights as a number, or by their names."""
        return cls(value) if isinstance(value, int) else cls(sum(cls[name.upper()] for name in value))


USUAL = Access.BROWSE | Access.REPLY | Access.POST
EVERYTHING = USUAL | Access.MODERATE


def _right(right: Access) -> property:
    return property(lambda entry: bool(entry.permissions & right))


class Rights:
    """What all that gives rights has in common: a member `permissions`, shown one by one."""

    browse = _right(Access.BROWSE)
    reply = _right(Access.REPLY)
    post = _right(Access.POST)
    moderate = _right(Access.MODERATE)


@dataclass(frozen=True)
class GeneralACL(Rights):
    """Rights that hang on no entry."""

    typename: ClassVar[str] = "GeneralACL"
    permissions: Access


@dataclass
class MailingListACL(Rights):
    """A user's entry in the access list of a mailing list; those of mere addresses have no user."""

    typename: ClassVar[str] = "MailingListACL"
    id: int
    list_id: int
    user: User | None
    permissions: Access
