"""The rows of lists.sr.ht, in the shape of either era."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shim.sandbox.data.columns import Column, Row, Rows, column, columns, moment
from shim.sandbox.data.table import Heap
from shim.sandbox.instance import users
from shim.sandbox.services.lists.access import Access, MailingListACL
from shim.sandbox.services.lists.email import Email, Patch
from shim.sandbox.services.lists.mailinglist import MailingList, MailingListSubscription
from shim.sandbox.services.lists.patchset import Patchset, PatchsetTool
from shim.sandbox.services.lists.people import User


def with_messages(data: Row, folder: Path) -> Row:
    """The lists, each mail with its message as `raw`: its file `mails/<id>.eml`, or the column `raw_message`."""
    return {**data, "emails": [{**row, "raw": _message(row, folder / "mails")} for row in data["emails"]]}


def _message(row: Row, folder: Path) -> bytes:
    if "raw_message" in row:
        return row["raw_message"].encode("utf-8", "surrogateescape")  # type: ignore[no-any-return]
    return (folder / f"{row['id']}.eml").read_bytes()


def _email(*, patch: Row | None, index: int | None, patch_version: int | None, **others: Any) -> Email:
    """A mail; what is told of its patch stands apart in 2024."""
    told = Patch(index, patch_version) if patch is None else Patch(patch["index"], patch["version"])
    return Email(patch=told, **others)


def _user(name: str, **how: Any) -> Column:
    return column(name, key="users", **how)


_AGES = {"created": moment(), "updated": moment()}
_UPPER = column(read=str.upper)

TABLES = (
    users.described(User),
    Rows(
        "lists",
        MailingList,
        columns(
            *("id", "name", "description", "visibility"),
            owner=_user("owner_id"),
            default_access=column(read=Access.read),
            last_activity=moment(default=None),
            **_AGES,
        ),
        sequences=("list", "lists"),
    ),
    Rows(
        "access",
        MailingListACL,
        columns("id", "list_id", user=_user("user_id", default=None), permissions=column(read=Access.read)),
        lists=("access", "acls"),
    ),
    Rows(
        "subscriptions",
        MailingListSubscription,
        columns("id", "list_id", user=_user("user_id", default=None), created=moment()),
        sequences=("subscription",),
        kind=Heap,
    ),
    Rows(
        "patchsets",
        Patchset,
        columns(*("id", "list_id", "subject", "prefix", "version", "cover_letter_id"), status=_UPPER, **_AGES),
        sequences=("patchset",),
    ),
    Rows(
        "tools",
        PatchsetTool,
        columns(*("id", "patchset_id", "details"), icon=_UPPER, **_AGES),
        sequences=("patchset_tool",),
        kind=Heap,
    ),
    Rows(
        "emails",
        _email,
        columns(
            *("id", "list_id", "parent_id", "thread_id", "patchset_id", "subject", "body", "is_patch", "raw"),
            sender_user=_user("sender_id", default=None),
            received=moment("received", "created"),
            updated=moment(),
            stored_id=column("message_id"),
            replies=column("replies", "nreplies"),
            participants=column("participants", "nparticipants"),
            patch=column(default=None),
            index=column("patch_index", default=None),
            patch_version=column(default=None),
        ),
        sequences=("email",),
    ),
)
