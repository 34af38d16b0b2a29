"""What a cursor's position is, list by list (conventions 5.4, as data; git 4.1, era-2026 G4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Position(Enum):
    """What stands in a cursor's `next`."""

    ID = "id"
    MICROSECONDS = "microseconds"
    SECONDS = "seconds"
    NAME = "name"
    COMMIT = "commit"


class Defect(Enum):
    """How following the server's own cursors goes wrong."""

    NONE = "none"
    TIES = "equal or changing timestamps repeat or move rows"
    LOSES_TWO = "the first two entries of every following page are lost"
    REPEATS = "the second page repeats the first, for ever"
    EMPTY = "the second page is always empty"
    SKIPS = "rows within the truncated second are skipped"


@dataclass(frozen=True)
class Listing:
    """One upstream list: what it is ordered by, in which direction, its cursor's position, its defect.

    `hidden` says that no row tells its position: without cursors of one's own it goes by when it was made.
    """

    order: str
    position: Position = Position.ID
    ascending: bool = False
    defect: Defect = Defect.NONE
    hidden: bool = False


_BY_ID = Listing("id")
_BY_ID_UPWARDS = Listing("id", ascending=True, defect=Defect.REPEATS)
_BY_UPDATED = Listing("updated", Position.MICROSECONDS, defect=Defect.TIES)
_BY_NAME = Listing("name", Position.NAME, ascending=True, defect=Defect.LOSES_TWO)
_MAILING_LISTS = Listing("updated", Position.MICROSECONDS, defect=Defect.EMPTY)


def _truncated(order: str) -> Listing:
    return Listing(order, Position.SECONDS, defect=Defect.SKIPS)


LISTINGS = {
    "git.repositories": _BY_UPDATED,
    "git.acls": _BY_ID,
    "git.artifacts": _BY_ID,
    "git.log": Listing("committer time", Position.COMMIT),
    "git.references": _BY_NAME,
    "git.entries": _BY_NAME,
    "hg.repositories": _BY_UPDATED,
    "todo.trackers": _BY_ID,
    "todo.labels": _BY_ID,
    "todo.events": _BY_ID,
    "todo.subscriptions": _BY_ID,
    "todo.tickets": Listing("number"),
    "todo.acls": _BY_ID_UPWARDS,
    "builds.jobs": _BY_ID,
    "builds.tasks": _BY_ID,
    "builds.secrets": _BY_ID,
    "lists.lists": _MAILING_LISTS,
    "lists.threads": _truncated("updated"),
    "lists.patches": _truncated("created"),
    "lists.acls": _truncated("created"),
    "lists.emails": _truncated("as the query says"),
    "lists.subscriptions": _truncated("none"),
    "meta.auditlog": _BY_ID,
    "meta.sshkeys": _BY_ID_UPWARDS,
    "meta.pgpkeys": _BY_ID_UPWARDS,
    "meta.invoices": _BY_ID_UPWARDS,
    "paste.pastes": Listing("id", hidden=True),
    "hub.projects": _BY_UPDATED,
    "hub.sources": _BY_UPDATED,
    "hub.trackers": _BY_UPDATED,
    "hub.lists": _MAILING_LISTS,
    "webhooks": _BY_ID_UPWARDS,
    "deliveries": _BY_ID,
}
