"""/api/blobs/...: what files of pastes hold (paste 2 row 6)."""

from __future__ import annotations

import re
from codecs import iterdecode
from collections.abc import Iterator

from flask import Response
from werkzeug.exceptions import NotFound

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.paste.resources import Blob

blobs = Endpoints()
_blob = Blob()
_SHA = re.compile("[0-9a-f]{40}")
_PIECE = 2**16


@blobs.get("/api/blobs/<sha>", scope="pastes:read", download="/query/blob/<sha>", resource=Blob)
def show(call: Call, sha: str) -> Response:
    """The contents of that SHA-1, for whoever knows it; what can be no SHA-1 is not asked for (paste 4.3)."""
    if not _SHA.fullmatch(sha):
        raise NotFound
    content = call.download(f"/query/blob/{sha}")
    if len(content) <= _PIECE:
        return json.answer(_blob.dump({"sha": sha, "contents": content.decode("utf-8", "replace")}))
    return Response(_written(sha, content), content_type=json.CONTENT_TYPE)


def _written(sha: str, content: bytes) -> Iterator[str]:
    """The same answer piece by piece: as a whole it may take twenty times as much memory as the contents."""
    before, after = json.dumps(_blob.dump({"sha": sha, "contents": ""})).rsplit('""', 1)
    yield f'{before}"'
    pieces = (content[begin : begin + _PIECE] for begin in range(0, len(content), _PIECE))
    for text in iterdecode(pieces, "utf-8", "replace"):
        yield json.dumps(text)[1:-1]
    yield f'"{after}'
