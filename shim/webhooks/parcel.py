"""What is to be delivered, and who keeps what could not be."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

from shim.services.events import Sender
from shim.services.subscription import Subscription
from shim.webhooks.outcome import Outcome


@dataclass(frozen=True)
class Parcel:
    """A payload for a target; its UUID stays the same whenever it is sent.

    `key` stands for the subscription and the form of the payload: together with `event` and `uuid` it tells one parcel
    from all others. `url` is where it goes.
    """

    key: str
    subscription: Subscription
    url: str
    event: str
    uuid: str
    payload: bytes
    sender: Sender = Sender.GO


class Outbox(Protocol):
    """Keeps what could not be delivered, until it can be."""

    def keep(self, parcel: Parcel, outcome: Outcome) -> None:
        """Keep a parcel after an attempt that `outcome` tells of; when this returns, a crash loses nothing.

        One that is kept already stays as it is. Raises StoreError.
        """
        ...


def key_of(service: str, sealed: str, native: bool = False) -> str:
    """What stands for a subscription where neither its URL nor its seal must be written down (32 hex digits).

    `native` tells the form that its second URL gets from the old one.
    """
    text = f"{service}/{sealed}/native" if native else f"{service}/{sealed}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
