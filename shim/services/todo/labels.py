"""/api/.../labels: the labels of a tracker (todo row 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response

from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.rest.page import cut
from shim.services.call import Call
from shim.services.todo.access import tracker_in
from shim.services.todo.resources import Label

labels = Endpoints()
_label = Label()


@labels.get(
    "/api/trackers/<t>/labels",
    "/api/user/<u>/trackers/<t>/labels",
    scope="trackers:read",
    operation="Labels",
    resource=paged(Label),
)
def index(call: Call, t: str) -> Response:
    """Labels by descending id, which is in no answer but in `next`."""
    start = call.start

    def fetch(cursor: str | None) -> tuple[Sequence[Any], str | None]:
        tracker = tracker_in(call, call.fetch("Labels", t=t, cursor=cursor))
        page = tracker["labels"]
        return [{**label, "tracker": tracker} for label in page["results"]], page["cursor"]

    return call.page(_label, cut(call.everything("labels", fetch).rows, start))
