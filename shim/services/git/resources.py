"""The old resources of git.sr.ht (git 3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, pre_dump
from marshmallow.fields import Field

from shim.rest.dates import LegacyTime
from shim.rest.described import said
from shim.rest.fields import Lower, Plain, Resource, ShortUser
from shim.services.git.objects import rebuilt_commit
from shim.upstream.text import raw

_TRIMMED = bytes(range(0x21)) + b".,:;<>\"\\'"
_RIM = _TRIMMED.decode()


_SIGNED = said(how="without spaces, dots, commas and quotes at either end")
_UNTOLD = said(
    how="GraphQL does not tell it: null stands for the whole signature", old="text", when="of a signed commit"
)


class WrittenRepository(Resource):
    """A repository as POST and PUT answer it: with upstream's own times (git 3)."""

    id = Plain()
    created: Field[Any] = Plain()
    updated: Field[Any] = Plain()
    name = Plain()
    owner = fields.Nested(ShortUser)
    description = Plain()
    visibility = Lower()


class Repository(WrittenRepository):
    """A repository (git 3.3)."""

    created = LegacyTime()
    updated = LegacyTime()


class Person(Resource):
    """An author or committer (git 3.4)."""

    email = Plain(metadata=_SIGNED)
    name = Plain(metadata=_SIGNED)


class Signature(Resource):
    """What the old services showed of a signed commit, for descriptions: no API tells it."""

    signature = Plain(metadata=_UNTOLD)
    data = Plain(metadata=_UNTOLD)


class Commit(Resource):
    """A commit (git 3.4). No API tells a signature; what rebuilds without one is proven to have none (4.9)."""

    id = Plain()
    short_id = Plain()
    author = fields.Nested(Person)
    committer = fields.Nested(Person)
    timestamp = LegacyTime(attribute="author.time")
    message = Plain(metadata=said(how="without line feeds at its beginning; it ends at the first NUL"))
    tree = Plain(attribute="tree.id")
    parents = fields.Function(
        lambda commit: [parent["id"] for parent in commit["parents"]],
        metadata=said("parents.id", how="their ids alone", old="list of texts"),
    )
    signature = fields.Constant(None, metadata=said(shape=Signature))

    @pre_dump
    def decoded(self, commit: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """Texts in the commit's own encoding; names without their rims. To libgit2 a NUL ends the message.

        Pure ASCII without escapes reads the same in all encodings.
        """
        author, committer, message = commit["author"], commit["committer"], commit["message"]
        texts = message + author["name"] + author["email"] + committer["name"] + committer["email"]
        encoding = None if texts.isascii() and "\x1b" not in texts else _encoding(commit)
        people = {"author": _person(author, encoding), "committer": _person(committer, encoding)}
        return {**commit, **people, "message": _message(message, encoding)}


class TreeEntry(Resource):
    """An entry of a tree (git 3.5)."""

    name = Plain()
    id = Plain()
    type = fields.Function(
        lambda entry: _type(entry["mode"]),
        metadata=said("mode", how="0o40000: tree, 0o160000: commit, any other: blob", old="enum in lower case"),
    )
    mode = fields.Function(
        lambda entry: _normalised(entry["mode"]),
        metadata=said("mode", how="of a file 0o100755 if anybody may execute it, otherwise 0o100644", old="integer"),
    )


class Tree(Resource):
    """A tree with its entries in git's own order (git 3.5)."""

    id = Plain()
    short_id = Plain()
    entries = fields.List(fields.Nested(TreeEntry))


class Artifact(Resource):
    """A file attached to a commit (git 3.8)."""

    created = LegacyTime()
    checksum = Plain()
    size = Plain()
    filename = Plain()
    url = Plain(
        metadata=said(
            how="where the file lies: /~OWNER/REPOSITORY/refs/download/TAG/FILENAME, or below the object storage",
            old="text",
        )
    )


class Reference(Resource):
    """A reference with its direct target (git 3.6)."""

    target = Plain()
    name = Plain()
    artifacts = fields.List(fields.Nested(Artifact))


def _type(mode: int) -> str:
    """What kind of object an entry is: a submodule's is a commit."""
    return {0o40000: "tree", 0o160000: "commit"}.get(mode, "blob")


def _normalised(mode: int) -> int:
    """A mode as libgit2 shows it: a regular file is executable or not (git Q15)."""
    if mode & 0o170000 != 0o100000:
        return mode
    return 0o100755 if mode & 0o111 else 0o100644


def _encoding(commit: Mapping[str, Any]) -> str:
    """What a commit's texts are to be decoded by, as far as it can be proven."""
    rebuilt = rebuilt_commit(commit)
    return (rebuilt and rebuilt[1]) or "utf-8"


def _person(person: Mapping[str, Any], encoding: str | None) -> dict[str, Any]:
    """A signature, decoded."""
    return {**person, "name": _trimmed(person["name"], encoding), "email": _trimmed(person["email"], encoding)}


def _trimmed(text: str, encoding: str | None) -> str:
    """A name or an address as libgit2 trims it; without an encoding it reads the same in all of them."""
    if encoding is None:
        return text.strip(_RIM)
    return raw(text).strip(_TRIMMED).decode(encoding, "replace")


def _message(text: str, encoding: str | None) -> str:
    if encoding is None:
        return text.partition("\0")[0].lstrip("\n")
    return raw(text).partition(b"\0")[0].decode(encoding, "replace").lstrip("\n")
