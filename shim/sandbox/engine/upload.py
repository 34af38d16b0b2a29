"""Files sent with a request, and the multipart form that brings them (conventions 10.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from shim.sandbox.engine import gojson
from shim.sandbox.engine.errors import FieldError, RequestError

_SPECIAL = r'[()<>@,;:\\"/\[\]?=]'
_ESCAPED = re.compile(rf"\\({_SPECIAL})")
_QUOTED = re.compile(rf';\s*filename="((?:\\{_SPECIAL}|[^"])*)"')


@dataclass(frozen=True)
class Upload:
    """A file: its base name, its declared content type (None: none), its bytes."""

    filename: str
    content_type: str | None
    content: bytes


@dataclass(frozen=True)
class _Part:
    name: str
    filename: str | None
    content_type: str | None
    content: bytes


def unmarshal_upload(value: Any) -> Upload:
    """Read a value of the scalar Upload. Raises FieldError for anything but a file."""
    if not isinstance(value, Upload):
        raise FieldError(f"{gojson.kind(value)} is not an Upload")
    return value


def read_form(body: bytes, boundary: str) -> dict[str, Any]:
    """The parameters of a multipart request, with the files in their places among the variables.

    Raises RequestError (422) with gqlgen's texts.
    """
    try:
        parts = list(_parts(body, boundary.encode()))
    except ValueError as error:
        raise _refused("failed to parse multipart form") from error
    if not parts or parts[0].name != "operations":
        raise _refused("first part must be operations")
    parameters: dict[str, Any] = _json(parts[0], "operations")
    if len(parts) < 2 or parts[1].name != "map":
        raise _refused("second part must be map")
    places: dict[str, Any] = _json(parts[1], "map")
    files = {part.name: part for part in parts[2:]}
    for name, paths in places.items():
        _put(parameters, name, paths, files.get(name))
    return parameters


def _parts(body: bytes, boundary: bytes) -> Iterator[_Part]:
    decoder = MultipartDecoder(boundary)
    decoder.receive_data(body)
    decoder.receive_data(None)
    head: Field | File | None = None
    content = b""
    while not isinstance(event := decoder.next_event(), (Epilogue, NeedData)):
        if isinstance(event, (Field, File)):
            head, content = event, b""
        elif isinstance(event, Data) and head is not None:
            content += event.data
            if not event.more_data:
                yield _Part(head.name, _filename(head), head.headers.get("Content-Type"), content)


def _filename(head: Field | File) -> str | None:
    """The name of a part's file as Go reads it: only a backslash is undone, and only before these characters."""
    quoted = _QUOTED.search(head.headers.get("Content-Disposition", ""))
    if quoted:
        return _ESCAPED.sub(r"\1", quoted[1])
    return head.filename if isinstance(head, File) else None


def _base(name: str) -> str:
    """The last part of a path, as Go tells it."""
    return name.rstrip("/").rpartition("/")[2] or name[:1]


def _json(part: _Part, name: str) -> Any:
    try:
        value = gojson.decode(part.content)
        if not isinstance(value, dict):
            raise gojson.DecodeError(f"no object in {name}")
    except gojson.DecodeError as error:
        raise _refused(f"{name} form field could not be decoded") from error
    return value


def _put(parameters: dict[str, Any], name: str, paths: Any, part: _Part | None) -> None:
    if not paths or not isinstance(paths, list):
        raise _refused(f"invalid empty operations paths list for key {name}")
    if part is None:
        raise _refused(f"failed to get key {name} from form")
    upload = Upload(_base(part.filename or ""), part.content_type, part.content)
    for path in paths:
        _set(parameters, str(path).split("."), upload)


def _set(place: Any, path: list[str], upload: Upload) -> None:
    *above, last = [int(key) if key.isdecimal() else key for key in path]
    try:
        for key in above:
            place = place[key]
        place[last] = upload
    except (KeyError, IndexError, TypeError) as error:
        raise _refused(f"invalid operations path {'.'.join(path)}") from error


def _refused(message: str) -> RequestError:
    return RequestError(422, {"message": message})
