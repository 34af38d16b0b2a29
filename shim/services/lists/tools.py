"""Which tool of a patchset has which key: GraphQL knows tools by their ids alone (lists G8).

What was made here is remembered for a while in this process. Where nothing is known a tool is made anew, which stands
beside the other one and harms nothing.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from shim.services.call import Call

MOST_TOOLS = 10_000
Place = tuple[str, int, str]
_lock = threading.Lock()
_known: OrderedDict[Place, int] = OrderedDict()


def known_tool(call: Call, patchset: int, key: str) -> int | None:
    """The id of the tool that was made with this key, None if it is not known."""
    with _lock:
        return _known.get((call.backend.upstream.origin, patchset, key))


def remember(call: Call, patchset: int, key: str, tool: int) -> None:
    """Remember a tool, and forget the oldest of too many."""
    with _lock:
        _known[call.backend.upstream.origin, patchset, key] = tool
        while len(_known) > MOST_TOOLS:
            _known.popitem(last=False)
