"""Clones made when a repository is created (git dossier, 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shim.sandbox.engine import gourl
from shim.sandbox.engine.errors import FieldError
from shim.sandbox.services.git.bare import Bare

if TYPE_CHECKING:
    from shim.sandbox.instance.call import Call
    from shim.sandbox.services.git.repository import Repository

_PROTOCOLS = ("http", "https", "git")


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
