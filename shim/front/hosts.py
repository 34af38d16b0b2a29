"""Which service is meant (design 1): by host name, else by the first segment of the path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import NotFound

from shim.front.own import is_own
from shim.rest.errors import is_api
from shim.rest.intake import is_left

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


_VERSION = "/api/version"


class Front:
    """A WSGI app in front of the services' apps; the request is rewritten here and nowhere else.

    `origins` are the services' public URLs: their hosts pick a service, as old clients expect. Any other
    host, one that several services share included, is path mode: `/git/api/...` reaches git. `own` answers the
    shim's own pages at every host. `begin` and `end` are called around the time in which a process serves.
    """

    def __init__(
        self,
        apps: Mapping[str, Flask],
        origins: Mapping[str, str],
        own: Flask | None = None,
        begin: Callable[[], object] | None = None,
        end: Callable[[], object] | None = None,
    ) -> None:
        self._begin, self._end = begin, end
        self.apps, self._origins, self._own = dict(apps), dict(origins), own
        named = [(_host(urlsplit(origin).netloc), name) for name, origin in origins.items()]
        hosts = Counter(host for host, _ in named)
        self._hosts = {host: name for host, name in named if hosts[host] == 1}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        start_response = _closing(start_response, environ)
        if self._own is not None and is_own(environ.get("PATH_INFO", "")):
            return self._own.wsgi_app(environ, start_response)
        name = self._by_host(environ) or self._by_path(environ)
        app = self.apps.get(name or "")
        if app is None:
            return NotFound(self._help()).get_response(environ)(environ, start_response)
        return app.wsgi_app(environ, start_response)

    def begin(self) -> None:
        """A process begins to serve: what it does beside its requests may begin as well."""
        if self._begin:
            self._begin()

    def close(self) -> None:
        """A process ends: what it knows is written down."""
        if self._end:
            self._end()

    def _by_host(self, environ: WSGIEnvironment) -> str | None:
        """The service that is meant by host name; its origin is then what redirects lead to."""
        name = self._hosts.get(_host(str(environ.get("HTTP_HOST", ""))))
        if name is not None:
            environ["shim.origin"] = self._origins[name]
        return name

    def _by_path(self, environ: WSGIEnvironment) -> str | None:
        path: str = environ.get("PATH_INFO", "")
        head, _, rest = path.lstrip("/").partition("/")
        if head not in self.apps:
            return None
        environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{head}"
        environ["PATH_INFO"] = f"/{rest}"
        return head

    def _help(self) -> str:
        paths = ", ".join(f"/{name}{_simplest(app)}" for name, app in sorted(self.apps.items()))
        hosts = ", ".join(sorted(self._hosts))
        return f"No service answers here. Ask by host name ({hosts}) or by path ({paths})."


def _simplest(app: Flask) -> str:
    """A path of a service that anybody may try: its version, or what else there is without a name in its path."""
    rules = app.url_map.iter_rules()
    paths = [rule.rule for rule in rules if "GET" in (rule.methods or ()) and not rule.arguments]
    return _VERSION if _VERSION in paths else next((path for path in paths if is_api(path)), "/api")


def _closing(start_response: StartResponse, environ: WSGIEnvironment) -> StartResponse:
    """Let the server close the connection behind an answer to a request whose body nobody has read.

    gunicorn would hold a thread to read it to its end. It leaves out an app's `Connection`, but the object behind its
    `start_response` can be told.
    """

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        close = getattr(getattr(start_response, "__self__", None), "force_close", None)
        if close is not None and is_left(environ):
            close()
        return start_response(status, headers, *error)

    return start


def _host(netloc: str) -> str:
    """A host in lower case, without the port where it is the usual one: the web server chose by name alone."""
    host, _, port = netloc.lower().rpartition(":")
    return host if host and port in ("80", "443") else netloc.lower()
