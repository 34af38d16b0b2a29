"""Recorded REST exchanges: vcrpy cassettes, version 1, as `fixtures/README.md` describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import yaml

from shim.compare.cassettes.exchange import Exchange, Request
from shim.compare.cassettes.finding import CassetteError
from shim.recordings.answer import Answer

_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_FILLER = re.compile(r"\{((?:\\u[0-9a-f]{4})+|\S)\*(\d+)\}")
_TOLD_BEFORE = re.compile(r"after (\d{1,3}) times ([A-Z]+) (/\S*) (\{.*\})")
_TOLD_FORM = re.compile(r"\(multipart: (.*)\)")
_NOW = re.compile(r"\{now\}")
_FORMS = {"legacy": "legacy", "rfc3339": "rfc3339", "graphql": "rfc3339"}


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
    answer = Answer(int(response["status"]["code"]), headers, _bytes(text))
    return Exchange(index, asked, answer, _before(asked, item.get("comment") or ""))


def _before(asked: Request, comment: str) -> tuple[Request, ...]:
    """The requests of the same caller that a comment tells of, JSON with the number of each in place of `<k>`."""
    told = _TOLD_BEFORE.fullmatch(comment)
    if told is None:
        return ()
    sent = replace(asked, method=told[2], url=urljoin(asked.url, told[3])).with_header(
        "Content-Type", "application/json"
    )
    return tuple(replace(sent, body=told[4].replace("<k>", str(k)).encode()) for k in range(int(told[1])))


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
