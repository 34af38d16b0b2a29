"""The credentials with which a shim asks for callers who need none: those that services have settings for."""

from __future__ import annotations

import time
from collections.abc import Mapping

from shim.compare.stand.credentials import YEAR, Keys, active
from shim.compare.stand.settings import Settings
from shim.crypto import BearerToken

_SETTINGS = {"meta": "lookup-token"}
"""Where nobody was asked for a token, and some are recorded to have been answered."""


def stand_ins(service: str, settings: Settings, keys: Keys) -> Mapping[tuple[str, str], str]:
    """A token of all rights of some active user's for what a service needs one for, by section and key.

    Raises InputError for the data set.
    """
    if service not in _SETTINGS:
        return {}
    token = BearerToken(int(time.time()) + YEAR, "", "", active(settings.dataset(service)))
    return {(f"{service}.sr.ht::shim", _SETTINGS[service]): token.mint(keys.private_key)}
