"""The program behind a User-Agent, and nothing else of it: what may be kept must not be a secret."""

from __future__ import annotations

import re
from functools import lru_cache

from shim.usage.report import OTHER, UNKNOWN

LONGEST = 64
_PRODUCT = re.compile(r"[A-Za-z][A-Za-z0-9._+-]*(?:/[A-Za-z0-9._+~-]+)?", re.ASCII)
_SECRETS = re.compile(
    r"[0-9A-Za-z_+/=]{33,}"  # tokens, old and new
    r"|[0-9a-fA-F-]{24,}"  # hexadecimal digits, UUIDs
    r"|(?=[A-Za-z]*[0-9])[0-9A-Za-z]{16,}"  # letters mixed with digits
)


@lru_cache(1024)
def product(agent: str) -> str:
    """The first product token (RFC 9110 10.1.5) of a User-Agent, e.g. `hut/0.4.0`.

    '' if there is none, '(other)' for one that is longer than 64 characters or looks like a credential.
    """
    words = agent.split(None, 1)
    found = _PRODUCT.match(words[0]) if words else None
    if not found:
        return UNKNOWN
    odd = len(found[0]) > LONGEST or _SECRETS.search(words[0])
    return OTHER if odd else found[0]
