"""`/migrate/`: for everybody, how to leave an old endpoint, made of its declaration."""

from __future__ import annotations

from difflib import get_close_matches

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.exceptions import BadRequest, NotFound

from shim.guide import entry as guide
from shim.pages.site import here
from shim.pages.words import moment
from shim.rest.endpoint import Endpoint
from shim.services.backend import Backend
from shim.settings import ERAS

migrate = Blueprint("migrate", __name__)
_SHORT, _HOUR = "public, max-age=300", "public, max-age=3600"
_MOST_LIKE = 5


@migrate.get("/migrate/")
def index() -> Response:
    """All services with their endpoints."""
    return _page("migrate.html", _HOUR, backends=here().backends.values())


@migrate.get("/migrate/<service>/<slug>")
def entry(service: str, slug: str) -> Response:
    """One endpoint: the old call, what to write instead, and how long it will answer."""
    found = here().find(service, slug)
    if found is None:
        return _unknown(service, slug)
    backend, endpoint = found
    era = _era(backend)
    return _page(
        "entry.html",
        _HOUR,
        entry=guide.entry(backend.service, endpoint, era, backend.config.origin),
        lifecycle=backend.lifecycle(endpoint),
        now=moment(here().now()),
        era=era,
        eras={each: url_for("migrate.entry", service=service, slug=slug, era=each) for each in reversed(ERAS)},
    )


def _era(backend: Backend) -> str:
    """The era that `?era=` asks for, else the configured one, the newest where that is found out. Raises BadRequest."""
    usual = ERAS[-1] if backend.config.era == "auto" else backend.config.era
    era = request.args.get("era", usual)
    if era not in ERAS:
        raise BadRequest(f"era is one of {', '.join(ERAS)}.")
    return era


def _unknown(service: str, slug: str) -> Response:
    """A page that names what may be meant."""
    answer = _page("unknown.html", _SHORT, near=_like(service, slug))
    answer.status_code = NotFound.code
    return answer


def _like(service: str, slug: str) -> list[tuple[Backend, Endpoint]]:
    """What may be meant by what is no endpoint: that of another service, or those that are written alike."""
    named = {f"{backend.service.name}/{endpoint.slug}": (backend, endpoint) for backend, endpoint in here()}
    elsewhere = [name for name in named if name.endswith(f"/{slug}")]
    near = get_close_matches(f"{service}/{slug}"[:200], named, _MOST_LIKE, 0.5)
    return [named[name] for name in dict.fromkeys([*elsewhere, *near])][:_MOST_LIKE]


def _page(template: str, caching: str, **facts: object) -> Response:
    answer = Response(render_template(template, **facts), content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = caching
    return answer
