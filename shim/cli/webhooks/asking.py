"""Asks the API for subscriptions and their deliveries on behalf of users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO

from shim.cli.common import BadInput, backends
from shim.cli.webhooks.common import Desk
from shim.crypto import BearerToken, TokenError
from shim.services.subscription import Subscription
from shim.webhooks.queue.overview import Known
from shim.webhooks.reconciling.checks import Checks
from shim.webhooks.reconciling.records import Calls, Records, internally

CALLS = 1000
"""How often the API is asked at most, in one run."""
_PART = 500
Place = tuple[str, str, str, str]
"""Where subscriptions hang: a service, a user, a kind and the parent's id."""


class Asking:
    """Asks the API as whom it may: one user by a token, or each by the authorization of the instance's services."""

    def __init__(self, desk: Desk, token_file: IO[str] | None, calls: int = CALLS) -> None:
        """`calls` bounds how often it asks; `hints` tell where trackers and lists were, `keys` what hangs at a place.

        Raises BadInput for what is no token.
        """
        self._desk, self.services = desk, backends(desk.config)
        self._calls, self._records = Calls(calls), dict[tuple[str, str], Records]()
        self.hints: dict[Place, str] = {}
        self.keys: dict[Place, list[str]] = {}
        self._token = self.user = ""
        try:
            if token_file is not None:
                self._token = token_file.read(4096).strip()
                self.user = BearerToken.read(self._token).username
        except (TokenError, ValueError):
            raise BadInput("--token-file holds no personal access token") from None

    def records(self, service: str, user: str) -> Records:
        """What a service tells a user."""
        if (service, user) not in self._records:
            self._records[service, user] = self._asked(service, user)
        return self._records[service, user]

    def _asked(self, service: str, user: str) -> Records:
        key = self._desk.config.network_key
        if self._token:
            return Records(self.services[service], lambda: f"Bearer {self._token}", user, user, self._calls)
        if key is None:
            raise BadInput("asking as each user needs [sr.ht] network-key; ask as one by --token-file")
        return Records(self.services[service], internally(key, user), user, user, self._calls)

    def places(self, users: tuple[str, ...], checks: Checks) -> list[Place]:
        """Where subscriptions hang that are known, and those that any user may have: first what was not compared for
        the longest time.
        """
        since: dict[Place, int] = {}
        for some in _in_parts(self._desk.overview.everybody()):
            told = checks.since([each.key for each in some])
            for each in some:
                if each.subscription is None or not each.subscription.user:
                    continue
                place, at = place_of(each.subscription), told.get(each.key, 0)
                since[place] = min(at, since.get(place, at))
                self.keys.setdefault(place, []).append(each.key)
                self.hints[place] = each.place or self.hints.get(place, "")
        named = (*users, self.user) if self.user else users
        for place in ((name, user.lstrip("~"), "user", "") for name in self.services for user in named):
            since.setdefault(place, 0)
        wanted = [place for place in since if place[0] in self.services and self.user in ("", place[1])]
        return sorted(wanted, key=lambda place: (since[place], place))


def place_of(subscription: Subscription) -> Place:
    """Where a subscription hangs."""
    return subscription.service, subscription.user, subscription.kind, subscription.parent


def _in_parts(found: Iterable[Known]) -> Iterator[list[Known]]:
    """The same, so many at once that one statement can be about them."""
    each = iter(found)
    while some := list(islice(each, _PART)):
        yield some
