"""Mails that a test puts into the sandbox, where nobody can send any."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from shim.sandbox.services.lists.email import Email, Patch
from shim.sandbox.services.lists.patchset import Patchset

START = datetime(2024, 8, 1, 12, 0, 0, 250_000, timezone.utc)
RAW = b"From: Erin <erin@example.net>\r\n%sSubject: Mail\r\n\r\ntext\r\n"


class Archive:
    """The rows of the sandbox's lists.sr.ht."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def list_id(self, name: str, owner: str = "jdoe") -> int:
        """The id of a list."""
        rows = self.store.lists.where(lambda row: row.name == name)
        return next(row.id for row in rows if row.owner.username == owner)

    def patchset(self, list_id: int, seconds: float = 0, **columns: Any) -> Patchset:
        """A series without patches that came so many seconds after the start."""
        rows, time = self.store.patchsets, START + timedelta(seconds=seconds)
        told = {"subject": "Series", "prefix": None, "version": 1, "status": "PROPOSED", "cover_letter_id": None}
        ages = {"id": rows.take_id(), "list_id": list_id, "created": time, "updated": time}
        row = Patchset(**{**ages, **told, **columns})
        rows.add(row)
        return row

    def mail(self, list_id: int, minute: float = 0, raw: bytes | None = None, **columns: Any) -> Email:
        """A mail that came so many minutes after the start, a quarter of a second late."""
        rows, time = self.store.emails, START + timedelta(minutes=minute)
        row_id = rows.take_id()
        stored = columns.pop("stored_id", f"<{row_id}@example.net>")
        header = f"Message-ID: {stored}\r\n".encode() if stored else b""
        places = {"sender_user": None, "parent_id": None, "thread_id": None, "patchset_id": None}
        counts = {"replies": 0, "participants": 0, "is_patch": False, "patch": Patch()}
        texts = {"subject": f"Mail {minute}", "stored_id": stored, "body": "text\r\n", "raw": raw or RAW % header}
        ages = {"id": row_id, "list_id": list_id, "received": time, "updated": time}
        row = Email(**{**ages, **counts, **texts, **places, **columns})
        rows.add(row)
        return row


def operations(answer: Any) -> dict[str, int]:
    """How often each operation was sent behind an answer, by its Server-Timing."""
    entries = [entry.split(";") for entry in answer.headers["Server-Timing"].split(", ")]
    counts = {parts[0]: parts[2] for parts in entries if len(parts) > 2 and parts[0] != "total"}
    return {name: int(told.removeprefix('desc="').rstrip('"')) for name, told in counts.items()}
