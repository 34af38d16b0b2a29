"""The old resources of paste.sr.ht (paste 3)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from marshmallow.fields import Field

from shim.rest.dates import LegacyTime
from shim.rest.described import said
from shim.rest.fields import Lower, Plain, Resource, ShortUser


class File(Resource):
    """A file of a paste; its contents are asked for by their SHA-1."""

    filename: Field[Any] = Plain()
    blob_id: Field[Any] = Plain()


class SentFile(File):
    """A file as POST answers it: as it was sent, which the API tells no better."""

    filename = Plain(
        metadata=said(how="the name that was sent, without directories; null for none", old="text or null")
    )
    blob_id = Plain(metadata=said(how="the SHA-1 of the contents that were sent, in hex", old="text"))


class Paste(Resource):
    """A paste (paste 3.1)."""

    created = LegacyTime()
    visibility = Lower()
    sha = Plain()
    user = fields.Nested(ShortUser)
    files: Field[Any] = fields.List(fields.Nested(File))


class OwnPaste(Paste):
    """A paste of the caller's in a list, where the API would want another grant to tell whose it is."""

    user = fields.Nested(ShortUser, metadata=said("me"))


class WrittenPaste(OwnPaste):
    """A paste as POST answers it."""

    files = fields.List(fields.Nested(SentFile))


class Blob(Resource):
    """What a file holds (paste 3.2)."""

    created = fields.Constant(
        None, metadata=said(how="GraphQL does not tell when contents were first kept", old="null")
    )
    sha = Plain(metadata=said(how="the SHA-1 that was asked for: `files.hash` of a paste", old="text"))
    contents = Plain(metadata=said(how="what stands at the address `files.contents` of a paste, as UTF-8", old="text"))
