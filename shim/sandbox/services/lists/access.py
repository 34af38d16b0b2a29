"""Rights on mailing lists, as bits and as GraphQL shows them (lists dossier, 4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shim.sandbox.services.lists.people import User
from shim.sandbox.services.rights import Rights


class Access(Rights):
    """Rights on a list."""

    BROWSE = 1
    REPLY = 2
    POST = 4
    MODERATE = 8


USUAL = Access.BROWSE | Access.REPLY | Access.POST
EVERYTHING = USUAL | Access.MODERATE


class Shown:
    """What all that gives rights has in common: a member `permissions`, shown one by one."""

    browse = Access.BROWSE.shown
    reply = Access.REPLY.shown
    post = Access.POST.shown
    moderate = Access.MODERATE.shown


@dataclass(frozen=True)
class GeneralACL(Shown):
    """Rights that hang on no entry."""

    typename: ClassVar[str] = "GeneralACL"
    permissions: Access


@dataclass
class MailingListACL(Shown):
    """A user's entry in the access list of a mailing list; those of mere addresses have no user."""

    typename: ClassVar[str] = "MailingListACL"
    id: int
    list_id: int
    user: User | None
    permissions: Access
