"""Patchsets as old clients saw them: with headers of the patch that completed the series (lists 3.5, 4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.parser import HeaderParser
from typing import Any

from werkzeug.exceptions import HTTPException

from shim.rest.errors import Crash, Refusal
from shim.services.call import Call
from shim.services.lists.asking.instants import instant
from shim.services.lists.mails import envelopes
from shim.services.lists.resources import name_of

MOST_PATCHES = 500
"""How many patches of a series are looked at."""
MOST_ARCHIVES = 2
"""How many archives one page downloads for series with more patches than are told."""
INDEXED_SINCE = "2025-01-08"
"""Since then the last patch by its number completes a series, before it was the last one to arrive (lists 1)."""
Row = Mapping[str, Any]


class Series:
    """Completes the patchsets of one answer; `complete` says whether all of it is known."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._archives = MOST_ARCHIVES
        self._told: dict[int, dict[str, Any]] = {}
        self.complete = True

    def told(self, patchset: Row) -> dict[str, Any]:
        """A patchset with `submitter`, `reply_to` and `message_id`."""
        known = self._told.get(patchset["id"])
        if known is None:
            known = self._told[patchset["id"]] = {**patchset, **self._headers(patchset)}
        return known

    def _headers(self, patchset: Row) -> dict[str, Any]:
        patches = patchset["patches"]
        if patches["cursor"] is not None and (last := self._archived(patchset)) is not None:
            return last
        return headers_of(last_of(patches["results"], patchset["created"], self._call.era))

    def _archived(self, patchset: Row) -> dict[str, Any] | None:
        """The headers of the last message in the series' archive, None where it can't be had."""
        self._archives -= 1
        if self._archives < 0:
            self.complete = False
            return None
        try:
            head = envelopes.last_head(self._call, patchset["mbox"])
        except (Refusal, HTTPException, Crash):
            head = None
        self.complete &= head is not None
        return None if head is None else headers_in(head)


def patches_cursor(call: Call) -> dict[str, Any]:
    """The variable that asks for the patches of a series: for all of them where that can be."""
    return {"patches": call.sealed(MOST_PATCHES)}


def last_of(patches: Sequence[Row], created: str, era: str) -> Row | None:
    """The patch that completed a series, None where there are no patches."""
    by_arrival = era == "2024" or created < INDEXED_SINCE

    def place(patch: Row) -> tuple[int, tuple[str, str]]:
        return (0 if by_arrival else patch["patch"]["index"] or 0), instant(patch["created"])

    return max(patches, key=place, default=None)


def headers_of(patch: Row | None) -> dict[str, Any]:
    """What a patchset tells of the patch that completed it."""
    if patch is None:
        return {"submitter": None, "reply_to": None, "message_id": None}
    first = {member: next(iter(patch[name]), None) for member, name in (("submitter", "from"), ("reply_to", "replyTo"))}
    return {**first, "message_id": name_of(patch)}


def headers_in(head: str) -> dict[str, Any]:
    """The same out of the headers of a message, each of which may have several lines."""
    told: dict[str, str] = {}
    for name, value in HeaderParser().parsestr(head).raw_items():
        told.setdefault(name.lower(), value.replace("\r", "").replace("\n", "").strip())
    names = {"submitter": "from", "reply_to": "reply-to", "message_id": "message-id"}
    return {member: told.get(name) for member, name in names.items()}
