"""Mail, and the threads that it makes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from typing import Any, ClassVar

from shim.sandbox.engine.cursor import Cursor, Page
from shim.sandbox.instance.call import Call
from shim.sandbox.services.lists import headers, loaders
from shim.sandbox.services.lists.paging import page_by_time
from shim.sandbox.services.lists.people import Entity, Mailbox, User

_MESSAGE_ID = re.compile(r"<([^<>\s]+)>")


@dataclass(frozen=True)
class Patch:
    """What the subject of a patch tells."""

    typename: ClassVar[str] = "Patch"
    index: int | None = None
    version: int | None = None


@dataclass
class Email:
    """A mail in the archive of a list. `raw` is the message; `stored_id` its Message-ID, with brackets."""

    typename: ClassVar[str] = "Email"
    id: int
    list_id: int
    sender_user: User | None
    parent_id: int | None
    thread_id: int | None
    patchset_id: int | None
    received: datetime
    updated: datetime
    subject: str
    stored_id: str
    body: str
    replies: int
    participants: int
    is_patch: bool
    patch: Patch
    raw: bytes

    @cached_property
    def header_block(self) -> EmailMessage | None:
        """The headers; None where the real server cannot read the message."""
        return headers.parse(self.raw)

    def browsable(self, call: Call) -> bool:
        """Whether the caller may read it."""
        row = call.store.lists.get(self.list_id)
        return row is not None and row.browsable(call, call.user)

    @property
    def message_id(self) -> str:
        """The Message-ID without brackets, where it can be read."""
        found = _MESSAGE_ID.fullmatch(self.stored_id) if self.header_block else None
        return found[1] if found else self.stored_id

    def sender(self, _call: Call) -> Entity:
        """Who sent it. Raises FieldError where the address cannot be read."""
        return self.sender_user or Mailbox(*headers.sender(self.header_block))

    def header(self, _call: Call, want: str) -> Sequence[str]:
        """The values of a header."""
        return headers.values(self.header_block, want)

    def envelope(self, call: Call) -> str:
        """Where the whole message can be had (2024)."""
        return f"{call.origin}/query/email/{self.id}"

    raw_message = envelope

    def parent(self, call: Call) -> object:
        """What it is a reply to."""
        return loaders.email(call, self.parent_id)

    def thread(self, call: Call) -> object:
        """The thread that it is in."""
        return loaders.thread(call, self.thread_id or self.id)

    def patchset(self, call: Call) -> object:
        """The patchset that it is in."""
        return loaders.patchset(call, self.patchset_id)

    def list(self, call: Call) -> object:
        """The list."""
        return loaders.list_of(call, self.list_id)

    def as_thread(self) -> Thread:
        """The thread that it begins."""
        return Thread(self.id, self.replies, self.participants)


@dataclass(frozen=True)
class Thread:
    """A thread, by the mail that it begins with."""

    typename: ClassVar[str] = "Thread"
    root_id: int
    replies: int
    participants: int

    def root(self, call: Call) -> object:
        """The first mail."""
        return loaders.email(call, self.root_id)

    def descendants(self, call: Call, cursor: Cursor | None = None) -> Page[Any]:
        """All others, the oldest first."""
        rows = call.store.emails.where(lambda row: row.thread_id == self.root_id)
        rows.sort(key=lambda row: row.received)
        return page_by_time(rows, cursor, lambda row: row.received)

    def mbox(self, call: Call) -> str:
        """Where all mail can be had."""
        return f"{call.origin}/query/thread/{self.root_id}.mbox"
