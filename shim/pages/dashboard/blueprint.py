"""The routes of the dashboard, which all ask for its password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from werkzeug.exceptions import NotFound

from shim.pages import access, formats
from shim.pages.formats import Page
from shim.pages.period import CHOICES, Period
from shim.pages.site import here
from shim.pages.words import NOBODY
from shim.store import Store
from shim.usage.report import Report

_NO_STORE = (
    "Nothing is recorded: the store is turned off. To turn it on, set store in the [shim] section of the configuration,"
    " for example to sqlite:////var/lib/shim/shim.sqlite3, and restart the shim."
)
MENU = {
    "overview": "Overview",
    "endpoints": "Endpoints",
    "callers": "Callers",
    "calendar": "Calendar",
    "parity": "Parity",
}

dashboard = Blueprint("dashboard", __name__)
dashboard.before_request(access.ask)


@dashboard.context_processor
def _common() -> dict[str, Any]:
    urls = {"endpoint_url": endpoint_url, "caller_url": caller_url, "migrate_url": migrate_url}
    return {"menu": MENU, "choices": CHOICES, "notice": here().config.notice, **urls}


def page(rule: str) -> Callable[[Callable[..., Page]], Callable[..., Page]]:
    """Declare a page of the dashboard, with its other formats."""
    return formats.page(dashboard, rule)


def opened() -> Store:
    """The store. Raises NotFound where there is none."""
    store = here().store
    if store is None:
        raise NotFound(_NO_STORE)
    return store


def report() -> Report:
    """What can be asked of the store. Raises NotFound where there is none."""
    return Report(opened(), here().now)


def endpoint_url(service: str, slug: str, period: Period | None = None) -> str:
    """The address of an endpoint's page, nothing for what is none."""
    if here().find(service, slug) is None:
        return ""
    return url_for("dashboard.endpoint", service=service, slug=slug, since=period and period.text)


def migrate_url(service: str, slug: str) -> str:
    """The address of the guide to an endpoint, nothing for what is none."""
    return url_for("migrate.entry", service=service, slug=slug) if here().find(service, slug) else ""


def caller_url(name: str, period: Period | None = None) -> str:
    """The address of a caller's page."""
    known = name or NOBODY
    since = period and period.text
    return url_for("dashboard.caller", name=known, suffix=formats.suffix_for(known), since=since)
