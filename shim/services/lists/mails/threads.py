"""The mails of a thread, of which upstream tells without a cursor of our own only the oldest ones (lists 4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from shim.services.call import Call
from shim.services.lists.asking.instants import instant
from shim.services.lists.asking.milestones import ask
from shim.services.lists.asking.paging import MOST_KEYS
from shim.services.lists.mails import envelopes
from shim.services.lists.mails.mails import by_id, fetched, visible, with_senders
from shim.services.lists.mails.names import MOST_NAMED, ids_here
from shim.services.lists.mails.series import patches_cursor
from shim.services.lists.mails.threading import Thread
from shim.services.service import BATCH
from shim.upstream import SERVER_PAGE

_LOADED = 2
"""The fields of a mail in a thread that loaders read, of which there are as many as mails."""
Row = Mapping[str, Any]


def conversation(call: Call, root: Row, place: Thread) -> tuple[Sequence[Row], str | None, bool]:
    """A thread's mails, its root first; where the archive of it is; whether these are all of them.

    A mail that is no root after all, or none that is known to be readable, stands alone.
    """
    if place.root != root["id"] or place.replies is None:
        return [root], None, place.root != root["id"]
    if place.replies == 0:
        return [root], None, True
    asked = {"id": root["id"], "cursor": call.sealed(MOST_KEYS), **_patches(call, place.replies)}
    result, has_senders = fetched(call, lambda senders: ask(call, "raw", "Thread", senders=senders, **asked))
    thread = visible(call, result, "mail", "thread")
    page = thread["descendants"]
    below: Sequence[Row] = page["results"]
    if not has_senders:
        below = with_senders(call, below)
    complete = page["cursor"] is None
    if not complete:
        further = _named(call, root, below, envelopes.names_in(call, thread["mbox"]))
        below = [*below, *further]
        complete = len(below) == place.replies
    ordered = sorted(below, key=lambda mail: (instant(mail["created"]), mail["id"]))
    return [root, *ordered], thread["mbox"], complete


def _patches(call: Call, replies: int) -> dict[str, Any]:
    """What asks for the patches at each of a few mails, which they are too where upstream chooses how many."""
    few = min(replies, SERVER_PAGE)
    whole = few == replies or not call.backend.pager.seals
    loaded = ceil(_LOADED * min(replies, MOST_KEYS) / BATCH)
    return {"series": whole, "rows": few if whole else loaded, **patches_cursor(call)}


def _named(call: Call, root: Row, known: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """The mails of an archive that are not known, by their names in it."""
    told = {envelopes.bare(mail["message_id"]) for mail in (root, *known)}
    unknown = [name for name in names if name not in told]
    ids = ids_here(call, root["list"], unknown[:MOST_NAMED])
    return by_id(call, ids, texts=True)
