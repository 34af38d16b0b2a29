"""Which tool of a patchset has which key: GraphQL knows tools by their ids alone (lists G8).

Where nothing is known a tool is made anew, which stands beside the other one and harms nothing.
"""

from __future__ import annotations

import hashlib

from shim.services.call import Call


def known_tool(call: Call, patchset: int, key: str) -> int | None:
    """The id of the tool that was made with this key, None if it is not known."""
    return call.backend.notes.known(_place(call, patchset, key))


def remember(call: Call, patchset: int, key: str, tool: int) -> None:
    """Remember a tool by its key."""
    call.backend.notes.keep(_place(call, patchset, key), tool)


def _place(call: Call, patchset: int, key: str) -> str:
    named = f"{call.backend.upstream.origin} tool {patchset} {key}"
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
