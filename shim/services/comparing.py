"""An owner's look at subscriptions has upstream's records of one of them compared with what arrived."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from werkzeug.exceptions import HTTPException

from shim.rest.errors import Crash, Refusal
from shim.services.bridge import Named
from shim.services.call import Call
from shim.services.deliveries import Deliveries
from shim.services.levels import Level, Place

_REFUSED = (Refusal, HTTPException, Crash)


def compare(call: Call, level: Level, place: Place, found: Sequence[Named]) -> None:
    """Compare a page of records of that one of these subscriptions whose turn it is, by one call upstream at most.

    The answer to the caller does not depend on what becomes of it, so that is no part of what replaces his call.
    """
    bridge = call.backend.bridge
    if (check := bridge.due(found)) is None:
        return
    told = len(call.trace.sent)
    with suppress(*_REFUSED):
        rows, following = Deliveries(call, level, check.named.id, place).newest(check.cursor)
        bridge.compared(check, rows, following)
    del call.trace.sent[told:]
