"""Error answers (conventions 6.2, 6.6): JSON lists of reasons, and the pages that were HTML even below /api."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from shim import tracebacks
from shim.rest.json import answer, text

log = structlog.get_logger(__name__)

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{paragraph}</p></main></body>
</html>
"""
_BARE = (
    "<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n"
    "  <body>\n    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n"
)
_CRASH = "500 Internal Error"
_CRASHED = "The server could not answer this request. The request id in the X-Request-Id header finds it in the log."
TOO_LARGE = "Request body is too large"
_LONGEST_CAUSE = 200
_JSON_ABORTS = {401: "401 unauthorized", 404: "404 not found"}
_SITE_ABORTS = {401: "401 Unauthorized", 404: "404 Not Found"}


def reason(text: str, field: str | None = None) -> dict[str, str]:
    """One entry of an error list; `field` comes first and is left out where none applies."""
    return {"reason": text} if field is None else {"field": field, "reason": text}


class Refusal(Exception):
    """An answer of a status and a list of reasons that ends the call; `headers` are further ones."""

    def __init__(
        self, status: int, *reasons: str | dict[str, str], headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        super().__init__(status, *reasons)
        self.status, self.headers = status, headers
        self.errors = [reason(r) if isinstance(r, str) else r for r in reasons]

    def after(self, earlier: Iterable[dict[str, str]]) -> Refusal:
        """The same refusal behind the reasons found before it."""
        return Refusal(self.status, *earlier, *self.errors, headers=self.headers)

    def response(self) -> Response:
        """The answer: `{"errors": [...]}`."""
        made = answer({"errors": self.errors}, self.status)
        made.headers.update(self.headers)
        return made


class InternalRefusal(Refusal):
    """A failed internal authorization: the reason stands alone, without a list (conventions 3.5)."""

    def __init__(self) -> None:
        super().__init__(403, "Internal request authorization failed.")

    def after(self, earlier: Iterable[dict[str, str]]) -> Refusal:
        """Never preceded by anything."""
        return self

    def response(self) -> Response:
        """The answer: the bare entry."""
        return answer(self.errors[0], self.status)


class Crash(Exception):
    """A place where the old service crashed with its 500 page, which clients know only by its status.

    A `bare` crash came before the site's own error pages could be made: the web server answered.
    """

    def __init__(self, cause: str, *, bare: bool = False) -> None:
        super().__init__(cause)
        self.bare = bare


def is_api(path: str) -> bool:
    """Whether errors at this path were JSON: it starts with /api (so does /apix)."""
    return path.startswith("/api")


def page(status: int, title: str, paragraph: str) -> Response:
    """An HTML page in place of the instance's own layout."""
    return text(_PAGE.format(title=title, paragraph=paragraph), status)


def install(app: Flask | Blueprint) -> None:
    """Answer every kind of failure of an app, or of a part of it, the way the old services did."""
    app.register_error_handler(Refusal, _once(lambda refusal: refusal.response()))
    app.register_error_handler(HTTPException, _once(_abort))
    app.register_error_handler(Exception, _once(_crash))


def _once(answer: Callable[[Any], Any]) -> Callable[[Exception], Any]:
    """An answer to an exception, which nothing is left of afterwards."""

    def answered(error: Exception) -> Any:
        try:
            return answer(error)
        finally:
            tracebacks.drop(error)

    return answered


def _abort(error: HTTPException) -> Any:
    code = error.code or 500
    if code == 413:
        return Refusal(413, TOO_LARGE).response()
    if code == 308 or code not in _JSON_ABORTS:
        return error.get_response(request.environ)
    if is_api(request.path):
        return Refusal(code, _JSON_ABORTS[code]).response()
    return page(code, _SITE_ABORTS[code], "There is nothing here.")


def shown_path() -> str:
    """What a log may have of the request's path."""
    path: str = g.endpoint.shown(request.path) if "endpoint" in g else request.path
    return path


def _crash(error: Exception) -> Response:
    """The 500 page, which promises a line in the log: a fault of ours comes with its traceback."""
    g.told = True
    path = shown_path()
    if not isinstance(error, Crash):
        log.exception("crash", path=path, method=request.method)
        return page(500, _CRASH, _CRASHED)
    cause = str(error)[:_LONGEST_CAUSE]
    log.warning("imitated crash", cause=cause, path=path, method=request.method)
    if error.bare:
        return text(_BARE, 500, "text/html")
    return page(500, _CRASH, _CRASHED)
