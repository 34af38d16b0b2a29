"""One page in three formats, chosen by the suffix of its address: HTML without one, `.csv`, `.json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from werkzeug.exceptions import BadRequest

from shim.pages.words import iso
from shim.usage.sheet import sheet

_SIZES = {"": 100, "html": 100, "csv": 5000, "json": 5000}
"""How many rows a page has by its format."""
_LAST_PAGE = 10_000
_NAMED_LIKE_FORMATS = tuple(f".{suffix}" for suffix in _SIZES if suffix)


@dataclass(frozen=True)
class Page:
    """What there is to tell. `rows`, of one dataclass `kind`, make up the CSV; JSON has the `facts` beside them.

    `shown` is for HTML alone.
    """

    template: str
    title: str
    kind: type
    rows: Sequence[Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Slice:
    """The rows that one answer holds, counted from `first` of `total`, and the addresses of those around it."""

    rows: Sequence[Any]
    first: int
    total: int
    before: str | None
    after: str | None

    @property
    def last(self) -> int:
        """The number of the last of them."""
        return self.first + len(self.rows) - 1


def page(blueprint: Blueprint, rule: str) -> Callable[[Callable[..., Page]], Callable[..., Page]]:
    """Declare a page at a rule and, by suffix, its other formats.

    What looks like a suffix is one. A name that ends like that has its page at `.html`, see `suffix_for`.
    """

    def decorate(view: Callable[..., Page]) -> Callable[..., Page]:
        @wraps(view)
        def answering(suffix: str = "", **values: str) -> Response:
            return _ANSWERS[suffix](view(**values), suffix)

        blueprint.add_url_rule(rule, view.__name__, answering)
        blueprint.add_url_rule(f"{rule}.<any(csv, html, json):suffix>", view.__name__, answering)
        return view

    return decorate


def suffix_for(name: str) -> str | None:
    """The suffix behind a name at the end of a page's address, needed where the end of the name looks like one."""
    return "html" if name.endswith(_NAMED_LIKE_FORMATS) else None


def _html(page: Page, suffix: str) -> Response:
    facts = {"period": None, "facts": page.facts, **page.facts, **page.shown}
    others = {kind: _here(suffix=kind) for kind in ("csv", "json")}
    body = render_template(page.template, title=page.title, rows=_slice(page.rows, suffix), formats=others, **facts)
    return Response(body, content_type="text/html; charset=utf-8")


def _json(page: Page, suffix: str) -> Response:
    part = _slice(page.rows, suffix)
    told = {"title": page.title, **page.facts, "total": part.total, "rows": part.rows, "next": part.after}
    return _linked(jsonify(plain(told)), part)


def _csv(page: Page, suffix: str) -> Response:
    part = _slice(page.rows, suffix)
    body = sheet([column.name for column in fields(page.kind)], (plain(row).values() for row in part.rows))
    name = request.path.strip("/").replace("/", "-").encode("ascii", "replace").decode()
    answer = Response(body, content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return _linked(answer, part)


_ANSWERS = {"": _html, "html": _html, "csv": _csv, "json": _json}


def plain(value: Any) -> Any:
    """A value as JSON has it: dataclasses as objects, times as texts in UTC."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | range):
        return [plain(each) for each in value]
    return iso(value) if isinstance(value, datetime) else value


def _slice(rows: Sequence[Any], suffix: str) -> Slice:
    """The rows that `?page=2` asks for. Raises BadRequest."""
    text, size = request.args.get("page", "1"), _SIZES[suffix]
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= _LAST_PAGE:
        raise BadRequest(f"page is a number from 1 to {_LAST_PAGE}.")
    number = int(text)
    start = (number - 1) * size
    before = _here(page=number - 1) if number > 1 else None
    after = _here(page=number + 1) if start + size < len(rows) else None
    return Slice(rows[start : start + size], start + 1, len(rows), before, after)


def _here(**changes: Any) -> str:
    """The address of this page with another page or suffix, and the same period."""
    kept = {"since": request.args["since"]} if "since" in request.args else {}
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **kept, **changes})


def _linked(answer: Response, part: Slice) -> Response:
    if part.after:
        answer.headers["Link"] = f'<{part.after}>; rel="next"'
    return answer
