"""Values that end a server's process wherever they come from (conventions 10.3, git 4.3, era-2026 G2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shim.upstream.guard import leaves

BEYOND, NUL, EMPTY = "an id beyond 32 bits", "a NUL", "an empty revspec"
_LOADS_BY_ID = {"todo", "lists"}
_LOADS_BY_NAME = {"git", "hg", "todo", "lists", "paste"}
_PLAIN = {"git": "blob", "lists": "email", "todo": "tracker"}


def value_in(service: str, variables: Mapping[str, Any]) -> str:
    """What of a request's variables kills a service, nothing if none does.

    Ids beyond 64 bits are refused by all, those beyond 32 by services that look them up without a loader.
    """
    for value in leaves(variables):
        if isinstance(value, int) and service in _LOADS_BY_ID and is_beyond(value):
            return BEYOND
        if isinstance(value, str) and service in _LOADS_BY_NAME and "\0" in value:
            return NUL
    return ""


def path_of(service: str, path: str) -> str:
    """What of the path of a plain request kills a service."""
    named = re.match(rf"/query/{_PLAIN.get(service, '-')}/(\d+)\b", path)
    return BEYOND if named and is_beyond(int(named[1])) else ""


def is_beyond(number: int) -> bool:
    """Whether a number passes for an Int, and no column holds it."""
    furthest = number if number >= 0 else -number - 1
    return 2**31 <= furthest < 2**63
