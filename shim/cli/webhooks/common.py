"""What these commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import click

from shim import logs
from shim.cli.common import BadInput, configuration, opened_store
from shim.settings import Config
from shim.store import Store
from shim.webhooks.assembly import Parts
from shim.webhooks.queue.overview import Known, Overview

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
urls_option = click.option("--urls", is_flag=True, help="Show targets whole: their query strings may hold secrets.")
subscription_argument = click.argument("subscription")
SHORT = 8
"""How many digits of a key are shown."""


@dataclass(frozen=True)
class Desk:
    """What a command works on."""

    config: Config
    store: Store
    parts: Parts

    @property
    def overview(self) -> Overview:
        """The subscriptions."""
        return Overview(self.parts.outbox)

    def one(self, beginning: str) -> Known:
        """The subscription whose key begins so. Raises BadInput unless there is just one."""
        found = self.overview.named(beginning.lower())
        if len(found) != 1:
            what = "is the key of no subscription; see `shim webhooks list --all`"
            raise BadInput(f"{beginning!r} {what if not found else 'is the beginning of several keys'}")
        return found[0]


@contextmanager
def opened(config_path: str | None) -> Iterator[Desk]:
    """The outbox that is configured, or end with the line that says what is missing."""
    logs.configure()
    config = configuration(config_path)
    with opened_store(config) as store:
        parts = Parts.of(config, store)
        if parts is None:
            raise BadInput("webhooks are not configured: they need [sr.ht] network-key; see `shim webhooks verify`")
        yield Desk(config, store, parts)


def shown(url: str, whole: bool) -> str:
    """A target as it may be seen by anybody: without user name, query string and fragment."""
    if whole:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(not a URL)"
    query = "?..." if parts.query else ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")) + query


def moment(seconds: int | None) -> str | None:
    """A time as JSON has it."""
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).isoformat()


def told(known: Known, whole: bool) -> dict[str, Any]:
    """A subscription as JSON has it."""
    subscription = known.subscription
    return {
        "key": known.key,
        "service": known.service,
        "kind": subscription and subscription.kind,
        "user": subscription and subscription.user,
        "target": shown(known.url, whole) if subscription else None,
        "second": known.second,
        "events": list(subscription.events) if subscription else None,
        "expires": moment(subscription.expires) if subscription else None,
        "state": known.state,
        "reason": known.reason,
        "waiting": known.waiting,
        "refused": known.refused,
        "attempts": known.attempts,
        "oldest": moment(known.oldest),
        "next": moment(known.next_at),
        "used": moment(known.used_at),
    }
