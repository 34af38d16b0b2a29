"""The shim's own paths, which belong to no service and answer at every host: its pages, and where the API delivers."""

from __future__ import annotations

import re

_OWN = re.compile(r"/(usage|migrate|metrics|webhooks|sunset\.ics|api/shim)(?![^/.])")


def is_own(path: str) -> bool:
    """Whether a path is one of the shim's own: none of them was an old service's."""
    return _OWN.match(path) is not None
