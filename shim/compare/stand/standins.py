"""The credentials with which a shim asks for callers who need none: those that its services have settings for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from shim.compare.stand.credentials import YEAR, Keys, active
from shim.compare.stand.settings import Settings
from shim.crypto import BearerToken
from shim.services import discover
from shim.services.service import Service


def stand_ins(name: str, settings: Settings, keys: Keys) -> Mapping[tuple[str, str], str]:
    """Tokens of all rights for a service's endpoints that never ask for one, by section and key; of any active user.

    Raises InputError for the data set.
    """
    service = next((service for service in discover() if service.name == name), None)
    wanted = set(_settings(service)) if service else set()
    if not wanted:
        return {}
    user = active(settings.dataset(name))
    token = BearerToken(int(time.time()) + YEAR, "", "", user).mint(keys.private_key)
    return dict.fromkeys(wanted, token)


def _settings(service: Service) -> Iterator[tuple[str, str]]:
    names = {endpoint.stand_in for endpoint in service if not endpoint.authorized}
    return (place for setting in service.settings if setting.name in names for place in setting.places[:1])
