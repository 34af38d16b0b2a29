"""Loading of lists, mail and patchsets: what the caller may see (lists dossier, 4.4).

What no lookup can be made with kills the real server. The functions return rows, or None for what the caller may
not see; what kind of row, their names say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shim.sandbox.engine.cursor import Cursor, Page
from shim.sandbox.engine.errors import DiedError, PanicError
from shim.sandbox.engine.lookup import integer, text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists.paging import page_by_time


def list_named(call: Call, owner: Any, name: str) -> Any:
    """The list of that name."""
    row = call.store.lists.first(lambda row: row.owner is owner and row.name == text(name))
    return row if row and row.visible(call, call.user) else None


def list_of(call: Call, list_id: int) -> Any:
    """The list of that id."""
    row = call.store.lists.get(integer(list_id))
    return row if row and row.visible(call, call.user) else None


def email(call: Call, email_id: int | None) -> Any:
    """The mail of that id."""
    return _browsable(call, email_id and call.store.emails.get(integer(email_id)))


def message(call: Call, message_id: str) -> Any:
    """The mail of that Message-ID.

    The real server selects by the stored ids, with brackets, of all that are asked for at once, and looks in the
    result by the shown id, without: an id is found if another field of the request asks for its other spelling.
    Here that has to come before.
    """
    call.touched.add(text(message_id))
    rows = [row for row in call.store.emails if row.stored_id in call.touched and row.message_id == message_id]
    return next((row for row in reversed(rows) if row.browsable(call)), None)


def patchset(call: Call, patchset_id: int | None) -> Any:
    """The patchset of that id."""
    return _browsable(call, patchset_id and call.store.patchsets.get(integer(patchset_id)))


def thread(call: Call, root_id: int) -> Any:
    """The thread that begins with a mail, whoever may read it. Raises DiedError for one that cannot be read."""
    root = call.store.emails.get(root_id)
    if root.header_block is None:
        raise DiedError(f"the thread of mail {root_id}, whose charset is unknown")
    return root.as_thread()


def threads(emails: Sequence[Any], cursor: Cursor | None) -> Page[Any]:
    """The threads that begin with some of these mails, the last changed first."""
    roots = [row for row in emails if row.thread_id is None]
    roots.sort(key=lambda row: row.updated, reverse=True)
    found = page_by_time(roots, cursor, lambda row: row.updated)
    if any(root.header_block is None for root in found.results):
        raise PanicError
    return Page([root.as_thread() for root in found.results], found.cursor)


def _browsable(call: Call, row: Any) -> Any:
    return row if row and row.browsable(call) else None
