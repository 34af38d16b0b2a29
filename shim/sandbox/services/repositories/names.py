"""Names of repositories: what the servers allow (git dossier, 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shim.sandbox.engine.errors import FieldError, sql_null, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.services.names import NAME, PATTERN, RESERVED

_LENGTHS = {"name": 256, "description": 1024, "readme": None}
_LONGEST_FILE = 255


def check_name(name: str) -> None:
    """Raises FieldError (field `name`) for a name that no repository may have."""
    reason = RESERVED.get(name, None if NAME.fullmatch(name) else f"must match {PATTERN}")
    if reason:
        raise FieldError(f"Invalid repository name '{name}' ({reason})", field="name")


def check_free(call: Call, name: str) -> None:
    """Raises FieldError (field `name`) if the caller has a repository of that name."""
    if call.store.repositories.first(lambda row: row.owner is call.user and row.name == name):
        raise FieldError("A repository with this name already exists.", field="name")


def check_columns(given: Mapping[str, Any]) -> None:
    """Raises FieldError where PostgreSQL would not take the values; a visibility cannot be null."""
    for column, limit in _LENGTHS.items():
        if given.get(column) is not None:
            sql_text(given[column], limit)
    if "visibility" in given and given["visibility"] is None:
        raise sql_null("visibility", "repository")


def check_disk(call: Call, name: str, probe: str) -> None:
    """Raises FieldError where the servers' file system would not take a new directory.

    `probe` is the file in it that they look for first.
    """
    if len(name) > _LONGEST_FILE:
        raise FieldError(f"stat {_directory(call, name)}/{probe}: file name too long")


def check_move(call: Call, old: str, new: str) -> None:
    """Raises FieldError where the servers' file system would not rename a directory."""
    if len(new) > _LONGEST_FILE:
        raise FieldError(f"rename {_directory(call, old)} {_directory(call, new)}: file name too long")


def _directory(call: Call, name: str) -> str:
    """Where a repository of the caller lies on the servers' disk."""
    root = call.instance.get(call.service.name, "repos")
    return f"{root}/{call.user.canonical_name}/{name}"
