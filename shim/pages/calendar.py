"""`/sunset.ics`: the calendar of ends that people subscribe to."""

from __future__ import annotations

from flask import Blueprint, Response

from shim.pages.site import here
from shim.sunset.calendar import calendar as written

calendar = Blueprint("calendar", __name__)


@calendar.get("/sunset.ics")
def ics() -> Response:
    """All that is declared, for everybody."""
    answer = Response(written(here().backends.values()), content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
