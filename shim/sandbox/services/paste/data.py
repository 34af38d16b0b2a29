"""The rows of paste.sr.ht, in the shape of either era."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from shim.sandbox.data.columns import Rows, column, columns, moment
from shim.sandbox.data.table import Table
from shim.sandbox.instance import users
from shim.sandbox.services.paste.rows import Blob, File, Paste


class Pastes(Table[Any]):
    """Pastes by the numbers that the sequence gives them."""

    def key(self, row: Paste) -> int:
        """The number; what GraphQL shows as the id is the SHA."""
        return row.row_id


def blob_hash(content: bytes) -> str:
    """What contents are named by."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _blob(*, id: int, sha: str, content: bytes) -> Blob:  # noqa: A002
    """Contents that are what their name says. Raises ValueError."""
    if blob_hash(content) != sha:
        raise ValueError(f"blob {id}: its contents are not {sha}")
    return Blob(id, sha, content)


TABLES = (
    users.described(users.User),
    Rows("blobs", _blob, columns("id", "sha", content=column("base64", read=base64.b64decode))),
    Rows(
        "pastes",
        Paste,
        columns(
            *("sha", "visibility"),
            row_id=column("id"),
            user=column("user_id", key="users"),
            created=moment(),
        ),
        kind=Pastes,
    ),
    Rows("files", File, columns("id", "paste_id", "filename", blob=column("blob_id", key="blobs"))),
)
