"""What workers and the keeper of the gate say to each other: lines over a Unix socket, one call after the other.

`[service, pool, weight of the pool, calls, waiting, slow, caller, weight, patience]` asks for a turn; the answer is `1`
or `0`. `good` or `bad` ends the turn; a connection that ends gives back whatever it held.
"""

from __future__ import annotations

import json
from dataclasses import astuple
from functools import lru_cache

from shim.upstream.gate.admission import Bounds, Entry

LONGEST = 4096
ADMITTED, REFUSED, GOOD, BAD = b"1\n", b"0\n", b"good\n", b"bad\n"


def asking(bounds: Bounds, caller: str, weight: int, patience: float) -> bytes:
    """The line that asks for a turn."""
    return b"%s, %s]\n" % (_begun(bounds), json.dumps([caller, weight, patience])[1:-1].encode())


@lru_cache(64)
def _begun(bounds: Bounds) -> bytes:
    """The beginning of the line, which is the same for all calls of a service."""
    return json.dumps(astuple(bounds))[:-1].encode()


def asked(line: bytes) -> tuple[Entry, float]:
    """The entry that a line asks for, and for how long it may wait. Raises ValueError or TypeError for another line."""
    *bounds, caller, weight, patience = json.loads(line)
    return Entry(Bounds(*bounds), str(caller), int(weight)), float(patience)
