"""What workers and the keeper of the gate say to each other: lines over a Unix socket, one call after the other.

`[service, pool, weight of the pool, calls, waiting, slow, caller, weight, patience]` asks for a turn; the answer is `1`
or `0`. `good` or `bad` ends the turn; a connection that ends gives back whatever it held.
"""

from __future__ import annotations

import json
from dataclasses import astuple

from shim.upstream.gate.admission import Bounds, Entry

LONGEST = 4096
ADMITTED, REFUSED, GOOD, BAD = b"1\n", b"0\n", b"good\n", b"bad\n"


def asking(bounds: Bounds, caller: str, weight: int, patience: float) -> bytes:
    """The line that asks for a turn."""
    return json.dumps([*astuple(bounds), caller, weight, patience]).encode() + b"\n"


def asked(line: bytes) -> tuple[Entry, float]:
    """The entry that a line asks for, and for how long it may wait. Raises ValueError or TypeError for another line."""
    *bounds, caller, weight, patience = json.loads(line)
    return Entry(Bounds(*bounds), str(caller), int(weight)), float(patience)
