"""The app of the shim's own pages."""

from __future__ import annotations

from flask import Blueprint, Flask
from jinja2 import StrictUndefined

from shim.guide.entry import plain
from shim.pages import access, failures, headers, site, words
from shim.pages.calendar import calendar
from shim.pages.dashboard import dashboard
from shim.pages.migrate import migrate
from shim.pages.own import own
from shim.pages.site import Site


def build(about: Site, *others: Blueprint) -> Flask:
    """The app that answers `/usage`, `/migrate`, `/sunset.ics` and `/api/shim`, and what `others` answer."""
    app = Flask("shim.pages", static_folder=None)
    app.url_map.strict_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["style"] = headers.STYLE
    app.jinja_env.filters |= {**words.FILTERS, "plain": plain}
    site.install(app, about)
    access.install(app)
    failures.install(app)
    app.after_request(headers.add)
    for blueprint in (calendar, dashboard, migrate, own, *others):
        app.register_blueprint(blueprint)
    return app
