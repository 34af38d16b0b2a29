"""All that is to be told of an endpoint to whoever leaves it, ready for a page or a terminal."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any

from shim.guide.documents import OWNER, Document, documents, operations
from shim.guide.examples import filled, old_body
from shim.guide.fields import Row, rows
from shim.rest.endpoint import Endpoint
from shim.services.service import Service
from shim.upstream import Operation

_REFERENCE = re.compile(r" \((?:conventions|clients|era-2026|upstream-safety|[a-z]+)(?: rows?)? [A-Z]?\d[^()]*\)")
PAGING = (
    "Lists come in pages: ask with `cursor: null`, then with the `cursor` of the answer before, until that is null. A"
    " cursor holds all arguments of its list and can't be made up; there is no `start`, and no `total`. Rows come in"
    " GraphQL's order, which may be another one: of repositories the last changed is first, not that with the highest"
    " `id`."
)
MINE = "Documents that begin at `me` ask for the caller's own things, those with `$u` for anybody's."
FURTHER = "Mostly {first} will do; the shim asks {further} in rarer cases, or because it costs the server less."
NOTHING = "The shim answers this by itself and asks nothing of GraphQL."
DOWNLOAD = "No GraphQL: `GET {path}` of the API answers this, with the header that GraphQL takes."
HUT = "hut asks the instance of its own configuration; `--instance NAME` names another one of it."


@dataclass(frozen=True)
class Entry:
    """What replaces an endpoint in an era.

    `title` is its method and first rule; `text` says what it answers where that is no JSON, `rows` where it is.
    `grants` are those of an OAuth 2.0 token; `documents` begin with those that are needed. `page` is the path of
    its page below an origin, `call` a curl line of the old call.
    """

    service: str
    slug: str
    title: str
    summary: str
    text: str
    method: str
    rules: tuple[str, ...]
    scope: str | None
    grants: tuple[str, ...]
    documents: tuple[Document, ...]
    rows: tuple[Row, ...]
    call: str
    notes: tuple[str, ...]
    page: str


def entry(service: Service, endpoint: Endpoint, era: str, origin: str) -> Entry:
    """The entry of an endpoint, with lines that ask the service at an origin (`https://git.example.org`)."""
    table = rows(service, endpoint, era)
    offered = operations(service, endpoint, era)
    needed = _telling(offered, table)
    asked = _ordered(offered, needed)
    told = documents(service, endpoint, asked, origin)
    return Entry(
        service=service.name,
        slug=endpoint.slug,
        title=endpoint.name,
        summary=plain(endpoint.summary),
        text="" if table else plain(inspect.getdoc(endpoint.view) or ""),
        method=endpoint.method,
        rules=endpoint.rules,
        scope=endpoint.scope,
        grants=service.wanted(endpoint),
        documents=told,
        rows=table,
        call=_call(endpoint, [v.file for d in told for v in d.variables if v.file], origin),
        notes=tuple(_notes(asked, needed, endpoint)),
        page=page(service, endpoint),
    )


def page(service: Service, endpoint: Endpoint) -> str:
    """The path of an endpoint's page."""
    return f"/migrate/{service.name}/{endpoint.slug}"


def plain(text: str) -> str:
    """A docstring without what it refers to and without the ends of its lines."""
    return " ".join(_REFERENCE.sub("", " ".join(text.split())).split())


def _telling(asked: Sequence[Operation], table: Sequence[Row]) -> frozenset[str]:
    """The operations that are needed: those that tell an old field, else the first; and what writes."""
    told = {source.operation for row in table for source in row.sources} or {o.name for o in asked[:1]}
    return frozenset(told | {operation.name for operation in asked if operation.is_mutation})


def _ordered(asked: Sequence[Operation], needed: Container[str]) -> Sequence[Operation]:
    """What is needed first, in the order of the calls: what is read before what is written."""
    return sorted(asked, key=lambda operation: (operation.is_mutation, operation.name not in needed))


def _notes(asked: Sequence[Operation], needed: Container[str], endpoint: Endpoint) -> Iterator[str]:
    if not asked:
        yield DOWNLOAD.format(path=endpoint.download) if endpoint.download else NOTHING
        return
    queries = [f"`{operation.name}`" for operation in asked if not operation.is_mutation]
    written = [operation for operation in asked if operation.is_mutation]
    further = [f"`{o.name}`" for o in asked if o.name not in needed]
    if written and queries:
        yield _calls(queries, written)
    elif further:
        first = [f"`{o.name}`" for o in asked if o.name in needed]
        yield FURTHER.format(first=", ".join(first), further=", ".join(further))
    if any(operation.cursors for operation in asked):
        yield PAGING
    if len({OWNER in rule for rule in endpoint.rules}) > 1 and any(operation.mine for operation in asked):
        yield MINE
    yield HUT


def _calls(queries: Sequence[str], written: Sequence[Operation]) -> str:
    """What is asked before a mutation, and for what."""
    names = " and ".join(f"`{operation.name}`" for operation in written)
    wanted = any("id" in operation.variables for operation in written)
    reason = "which tells the `id` that it takes" if wanted else "which tells what its answer does not"
    further = f"; {' and '.join(queries[1:])} where more is to be known" if queries[1:] else ""
    number = "Two" if len(queries) == len(written) == 1 else "Several"
    return f"{number} calls: first {queries[0]}, {reason}, then {names}{further}."


def _call(endpoint: Endpoint, files: Sequence[str], origin: str) -> str:
    """The old call, as its clients made it."""
    words = ["curl -sS", *([] if endpoint.method == "GET" else ["-X", endpoint.method])]
    words += ['-H "Authorization: token $TOKEN"'] if endpoint.authorized else []
    words += _body(old_body(endpoint)) or [f"-F {quote(f'file=@{file}')}" for file in files[:1]]
    return " ".join([*words, quote(origin + filled(endpoint))])


def _body(body: Mapping[str, Any] | str) -> list[str]:
    if isinstance(body, str):
        return [f"-H 'Content-Type: text/html' --data-binary {quote(body)}"]
    return [f"-H 'Content-Type: application/json' --data-binary {quote(json.dumps(body))}"] if body else []
