"""A credential of the operator's that stands in for callers who have none (builds G8, meta 5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shim.crypto import BearerToken, TokenError
from shim.parsers import bearer_token
from shim.rest.errors import Refusal
from shim.services.call import Call
from shim.settings import Setting
from shim.upstream import Kind

UNUSABLE = "The credential that stands in for callers without one is refused by the API"
REFUSED = (400, 401, 403)
"""The statuses with which a caller's credential is refused."""


def stand_in(service: str, key: str, example: str) -> Setting:
    """The setting that holds it: `key` in the section of the shim's settings for a service, e.g. `manifest-token`."""
    places = ((f"{service}.sr.ht::shim", key),)
    return Setting(key.replace("-", "_"), places, credential, "", example, secret=True)


def credential(value: str) -> str:
    """A bearer token that can be read. What is wrong is not quoted: it is a secret."""
    try:
        BearerToken.read(bearer_token(value))
    except TokenError:
        raise ValueError("is no OAuth 2.0 bearer token") from None
    return value


@contextmanager
def standing_in(deputy: Call, key: str) -> Iterator[None]:
    """While a deputy asks: where the API refuses the credential, the client is told by 502, the operator by the log."""
    try:
        yield
    except Refusal as refusal:
        if refusal.status not in REFUSED:
            raise
        deputy.trace.note(Kind.TOKEN, f"the API refuses {key}")
        raise Refusal(502, UNUSABLE) from None
