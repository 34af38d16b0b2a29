"""A credential of the operator's that stands in for callers who have none (builds G8, meta 5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from shim.rest.caller import Policy, bearer
from shim.rest.errors import Refusal
from shim.services.asking import Asking
from shim.settings import Setting
from shim.upstream import Kind

UNUSABLE = "The credential that stands in for callers without one is refused by the API"
REFUSED = (400, 401, 403)
"""The statuses with which a caller's credential is refused."""


def stand_in(service: str, key: str, *grants: str) -> Setting:
    """The setting that holds it: `key` in the section of the shim's settings for a service, e.g. `manifest-token`; it
    has `grants` of that service, e.g. `JOBS:RO`.
    """
    places = ((f"{service}.sr.ht::shim", key),)
    needed = tuple(f"{service}.sr.ht/{grant}" for grant in grants)
    example = f"(an OAuth 2.0 token with {' '.join(needed)})"
    return Setting(key.replace("-", "_"), places, partial(credential, needed), "", example, secret=True)


def credential(grants: Sequence[str], value: str) -> str:
    """An OAuth 2.0 token, without the word Bearer, that has the grants. What is wrong is not quoted: it is a secret."""
    try:
        caller = bearer(value, Policy(b""))
    except Refusal:
        raise ValueError("is no OAuth 2.0 bearer token") from None
    if lacking := [grant for grant in grants if caller.lacks(grant)]:
        raise ValueError(f"is a token without {' '.join(lacking)}")
    return value


@contextmanager
def standing_in(deputy: Asking, key: str) -> Iterator[None]:
    """While a deputy asks: where the API refuses the credential, the client is told by 502, the operator by the log."""
    try:
        yield
    except Refusal as refusal:
        if refusal.status not in REFUSED:
            raise
        deputy.trace.note(Kind.TOKEN, f"the API refuses {key}")
        raise Refusal(502, UNUSABLE) from None
