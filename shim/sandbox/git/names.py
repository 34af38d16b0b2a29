"""Names and addresses of repositories: what the servers allow (git dossier, 7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shim.sandbox import gourl
from shim.sandbox.errors import FieldError, sql_text
from shim.sandbox.git.bare import Bare

if TYPE_CHECKING:
    from shim.sandbox.call import Call
    from shim.sandbox.git.repository import Repository

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_RESERVED = {
    ".": "must not be . or ..",
    "..": "must not be . or ..",
    ".git": "must not be .git or .hg",
    ".hg": "must not be .git or .hg",
}
_PROTOCOLS = ("http", "https", "git")
_LONGEST_FILE = 255
_COLUMNS = {"name": 256, "description": 1024, "readme": None}


def check_name(name: str) -> None:
    """Raises FieldError (field `name`) for a name that no repository may have."""
    reason = _RESERVED.get(name, None if _NAME.fullmatch(name) else f"must match ^{_NAME.pattern}$")
    if reason:
        raise FieldError(f"Invalid repository name '{name}' ({reason})", field="name")


def check_free(call: Call, name: str) -> None:
    """Raises FieldError (field `name`) if the caller has a repository of that name."""
    if call.store.repositories.first(lambda row: row.owner is call.user and row.name == name):
        raise FieldError("A repository with this name already exists.", field="name")


def check_columns(given: Mapping[str, Any]) -> None:
    """Raises FieldError where PostgreSQL would not take the values."""
    for column, limit in _COLUMNS.items():
        if given.get(column) is not None:
            sql_text(given[column], limit)
    if "visibility" in given and given["visibility"] is None:
        column = 'column "visibility" of relation "repository"'
        raise FieldError(f"pq: null value in {column} violates not-null constraint")


def check_disk(call: Call, name: str) -> None:
    """Raises FieldError where the servers' file system would not take a new directory."""
    if len(name) > _LONGEST_FILE:
        raise FieldError(f"stat {_directory(call, name)}/objects/info: file name too long")


def check_move(call: Call, old: str, new: str) -> None:
    """Raises FieldError where the servers' file system would not rename a directory."""
    if len(new) > _LONGEST_FILE:
        raise FieldError(f"rename {_directory(call, old)} {_directory(call, new)}: file name too long")


def _directory(call: Call, name: str) -> str:
    root = call.instance.get("git.sr.ht", "repos")
    return f"{root}/{call.user.canonical_name}/{name}"


def cloned(call: Call, url: str) -> Bare:
    """What a clone of `url` holds: repositories of the instance are copied, others cannot be reached.

    Raises FieldError (field `cloneUrl`).
    """
    address = gourl.parse(url)
    if not address.host:
        raise _refused("Cannot use URL without host")
    if address.scheme not in _PROTOCOLS:
        raise _refused(f'Unsupported protocol "{address.scheme}"')
    if f"{address.scheme}://{address.host}" not in call.instance.origins(call.service.name):
        return Bare.empty()
    owner, _, name = address.path.strip("/").partition("/")
    if not owner.startswith("~"):
        raise _refused("Invalid username")
    source: Repository | None = call.store.repositories.first(
        lambda row: (row.owner.canonical_name, row.name) == (owner, name) and row.readable(call)
    )
    if source is None:
        raise _refused("Repository not found")
    return source.bare.copy()


def _refused(message: str) -> FieldError:
    return FieldError(message, field="cloneUrl")
