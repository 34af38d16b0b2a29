"""Recorded REST exchanges: vcrpy cassettes, version 1, as `fixtures/README.md` describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import yaml

KINDS = ("reads", "writes", "webhooks")
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_FILLER = re.compile(r"\{((?:\\u[0-9a-f]{4})+|\S)\*(\d+)\}")
_TOLD_FORM = re.compile(r"\(multipart: (.*)\)")
_NOW = re.compile(r"\{now\}")
_FORMS = {"legacy": "legacy", "rfc3339": "rfc3339", "graphql": "rfc3339"}


class CassetteError(ValueError):
    """A file that is no cassette of the recorded form."""


@dataclass(frozen=True)
class Request:
    """A request as sent: `url` is absolute and percent-encoded, `headers` are pairs in order."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    @property
    def parts(self) -> SplitResult:
        """The URL in its parts."""
        return urlsplit(self.url)

    @property
    def target(self) -> str:
        """Path and query, as they stand in the request line."""
        parts = self.parts
        return (parts.path or "/") + ("?" + parts.query if parts.query else "")

    def header(self, name: str) -> str | None:
        """The first value of a header, in any spelling of its name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def without_header(self, name: str) -> Request:
        """The same request without a header, in any spelling of its name."""
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0].lower() != name.lower()))

    def with_header(self, name: str, value: str) -> Request:
        """The same request with `value` in place of the header's present values."""
        return replace(self, headers=(*self.without_header(name).headers, (name, value)))

    def merged(self) -> Request:
        """The same request without doubled slashes in its path."""
        parts = self.parts
        return replace(self, url=urlunsplit(parts._replace(path=re.sub("/{2,}", "/", parts.path))))

    @property
    def safe(self) -> bool:
        """Whether sending it twice changes nothing (RFC 9110, 9.2.1)."""
        return self.method in {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Answer:
    """An answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The Content-Type, or an empty text."""
        return self.headers.get("content-type", "")

    @property
    def text(self) -> str | None:
        """The body as text, None where it is not UTF-8."""
        try:
            return self.body.decode()
        except UnicodeDecodeError:
            return None


@dataclass(frozen=True)
class Exchange:
    """One recorded request (symbolic) with its answer; `index` counts from 0 within the file."""

    index: int
    request: Request
    recorded: Answer


@dataclass(frozen=True)
class Cassette:
    """One file of exchanges, at least one, that begin from the untouched data set, in order.

    `derived` exchanges were written after a contract, not recorded from a server.
    """

    path: Path
    service: str
    kind: str
    note: str
    exchanges: tuple[Exchange, ...]
    derived: bool = False

    @property
    def origin(self) -> str:
        """The service's web origin, as recorded."""
        parts = self.exchanges[0].request.parts
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def name(self) -> str:
        """The path below the fixtures root, e.g. `git/rest/reads/auth.yaml`."""
        return "/".join(self.path.parts[-4:])


def load(path: Path) -> Cassette:
    """Read one cassette (`<root>/<service>/rest/<kind>/<name>.yaml`). Raises CassetteError."""
    try:
        document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        interactions = document["interactions"]
        exchanges = tuple(_exchange(index, item) for index, item in enumerate(interactions))
        note, derived = str(document.get("note", "")), document.get("derived") is True
    except (OSError, yaml.YAMLError) as error:
        raise CassetteError(f"{path}: {' '.join(str(error).split())}") from error
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise CassetteError(f"{path}: not a cassette of the recorded form ({error!r})") from error
    if not exchanges:
        raise CassetteError(f"{path}: no exchanges in it")
    return Cassette(path, path.parts[-4], path.parts[-2], note, exchanges, derived)


def find(root: Path) -> list[Path]:
    """The cassettes below a fixtures root, in order."""
    return sorted(path for path in root.glob("*/rest/*/*.yaml") if path.parts[-2] in KINDS)


def locate(paths: Sequence[Path]) -> tuple[Path, tuple[Path, ...]]:
    """The fixtures root that paths speak of, and the single cassettes among them (none: all of the root).

    A path is a root, a cassette, or a folder of cassettes. Raises CassetteError.
    """
    roots, named = set(), []
    for path in (path.absolute() for path in paths):
        root = _root_above(path)
        roots.add(root or path)
        if root:
            named += [path] if path.is_file() else sorted(path.rglob("*.yaml"))
    if len(roots) != 1 or any(root.is_file() for root in roots):
        raise CassetteError(f"{', '.join(map(str, paths))}: give one fixtures root, or cassettes of one")
    return roots.pop(), tuple(named)


def _root_above(path: Path) -> Path | None:
    """The root of a path inside `<root>/<service>/rest`, None for a path outside."""
    for index, part in reversed(list(enumerate(path.parts))):
        if part == "rest" and path.parts[index + 1 : index + 2] in ((), *((kind,) for kind in KINDS)):
            return Path(*path.parts[: index - 1])
    return None


def _form(text: str, headers: Mapping[str, Sequence[str]]) -> str:
    """A multipart body that is only told of, `(multipart: a=b, c=d)`, written out with the boundary of its type."""
    told = _TOLD_FORM.fullmatch(text)
    if told is None:
        return text
    boundary = "".join(headers["Content-Type"]).partition("boundary=")[2]
    fields = (pair.partition("=") for pair in told[1].split(", "))
    parts = (f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, _, v in fields)
    return f"{''.join(parts)}--{boundary}--\r\n"


def _exchange(index: int, item: Mapping[str, Any]) -> Exchange:
    request, response = item["request"], item["response"]
    asked = Request(
        method=request["method"],
        url=quote(_expand(request["uri"]), safe=_ASCII),
        headers=tuple((name, value) for name, values in request["headers"].items() for value in values),
        body=None if request["body"] is None else _bytes(_sent(request)),
    )
    body = response["body"]["string"]
    text = _mark(body, item.get("now")) if isinstance(body, str) else body
    headers = {name.lower(): ", ".join(values) for name, values in response["headers"].items()}
    return Exchange(index, asked, Answer(int(response["status"]["code"]), headers, _bytes(text)))


def _sent(request: Mapping[str, Any]) -> str | bytes:
    body: str | bytes = request["body"]
    return _form(body, request["headers"]) if isinstance(body, str) else body


def _bytes(body: str | bytes) -> bytes:
    return body if isinstance(body, bytes) else _expand(body).encode()


def _expand(text: str) -> str:
    """Fill in `{x*N}`, which stands for N times x, also where x is escaped as in JSON."""
    return _FILLER.sub(lambda found: found[1] * int(found[2]), text)


def _mark(text: str, forms: str | list[str] | None) -> str:
    """Write the form of each `{now}` into the symbol, where the recording tells it (`now`)."""
    order = chain(forms, repeat("")) if isinstance(forms, list) else repeat(forms or "")

    def mark(found: re.Match[str]) -> str:
        form = _FORMS.get(next(order))
        return f"{{now:{form}}}" if form else found[0]

    return _NOW.sub(mark, text)
