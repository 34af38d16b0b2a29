"""Lists, mail and patchsets made for a test, which nobody can send here; and what kills the server."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from shim.sandbox.services.lists.access import Access, MailingListACL
from shim.sandbox.services.lists.email import Email, Patch
from shim.sandbox.services.lists.patchset import Patchset

from ...conftest import Client

CREATE = """
mutation ($name: String!, $visibility: Visibility!) { createMailingList(name: $name, visibility: $visibility) { id } }
"""
START = datetime(2024, 3, 1, 12, 0, 0, 250_000, timezone.utc)
_RAW = b"From: Erin <erin@example.net>\r\nMessage-ID: %s\r\n\r\ntext\r\n"


def mailing_list(client: Client, name: str = "fresh", visibility: str = "PUBLIC", user: str = "jdoe") -> int:
    """A new list, which anybody may browse; its id."""
    made = client.data(CREATE, user=user, name=name, visibility=visibility)
    return made["createMailingList"]["id"]  # type: ignore[no-any-return]


def restrict(client: Client, list_id: int, *rights: Access) -> None:
    """Set what everybody may do."""
    client.store.lists.get(list_id).default_access = Access(sum(rights))


def grant(client: Client, list_id: int, username: str, *rights: Access) -> None:
    """An entry in the access list."""
    rows, user = client.store.access, client.store.users.named(username)
    rows.add(MailingListACL(rows.take_id(), list_id, user, Access(sum(rights))))


def email(client: Client, list_id: int, minute: int = 0, raw: bytes | None = None, **columns: Any) -> Email:
    """A mail that came so many minutes after the start, a quarter of a second late."""
    rows, time = client.store.emails, START + timedelta(minutes=minute)
    row_id = rows.take_id()
    stored = columns.pop("stored_id", f"<{row_id}@example.net>")
    raw = raw or _RAW % stored.encode()
    places = {"sender_user": None, "parent_id": None, "thread_id": None, "patchset_id": None, **columns}
    counts = {"replies": 0, "participants": 0, "is_patch": False, "patch": Patch()}
    texts = {"subject": f"Mail {minute}", "stored_id": stored, "body": "text\r\n", "raw": raw}
    ages = {"id": row_id, "list_id": list_id, "received": time, "updated": time}
    row = Email(**{**ages, **counts, **texts, **places})
    rows.add(row)
    return row


def patchset(client: Client, list_id: int, patches: int = 2) -> Patchset:
    """A patchset whose patches came one a minute."""
    rows = client.store.patchsets
    row = rows.add(Patchset(rows.take_id(), list_id, START, START, "Fix", None, 1, "PROPOSED", None))
    for index in range(1, patches + 1):
        email(client, list_id, index, patchset_id=row.id, is_patch=True, patch=Patch(index, 1))
    return row  # type: ignore[no-any-return]


def replied(client: Client, root: Email, times: int) -> None:
    """Answers to a mail, one a minute."""
    for minute in range(1, times + 1):
        email(client, root.list_id, minute, thread_id=root.id, parent_id=root.id)
    client.store.emails.add(replace(root, replies=times))


def death(client: Client, path: str = "/query", query: str = "", user: str = "jdoe", **variables: Any) -> str | None:
    """What the real server dies of when it is asked this, if it does."""
    before = len(client.sandbox.deaths)
    body = {"query": query, "variables": variables} if query else None
    client.open(path, "POST" if query else "GET", json=body, headers=client.bearer(user))
    return next((cause for _, cause in client.sandbox.deaths[before:]), None)
