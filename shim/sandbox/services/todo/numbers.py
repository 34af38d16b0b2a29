"""The numbers of data sets and databases, and GraphQL's names of them (todo dossier, 2.2, 3.9)."""

from __future__ import annotations

from enum import IntFlag

from shim.sandbox.services.rights import Rights


class Access(Rights):
    """Rights on a tracker."""

    BROWSE = 1
    SUBMIT = 2
    COMMENT = 4
    EDIT = 8
    TRIAGE = 16


NOTHING = Access(0)
EVERYTHING = Access(31)
USUAL = Access.BROWSE | Access.SUBMIT | Access.COMMENT


class EventType(IntFlag):
    """What an event consists of, in the order in which GraphQL lists it."""

    CREATED = 1
    COMMENT = 2
    STATUS_CHANGE = 4
    LABEL_ADDED = 8
    LABEL_REMOVED = 16
    ASSIGNED_USER = 32
    UNASSIGNED_USER = 64
    USER_MENTIONED = 128
    TICKET_MENTIONED = 256

    def each(self) -> list[EventType]:
        """The single types."""
        return [one for one in EventType if one & self]


STATUS = {0: "REPORTED", 1: "CONFIRMED", 2: "IN_PROGRESS", 4: "PENDING", 8: "RESOLVED"}
RESOLUTION = {
    0: "UNRESOLVED",
    1: "FIXED",
    2: "IMPLEMENTED",
    4: "WONT_FIX",
    8: "BY_DESIGN",
    16: "INVALID",
    32: "DUPLICATE",
    64: "NOT_OUR_BUG",
    128: "CLOSED",
}
