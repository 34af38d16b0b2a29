"""What is to be delivered, and who keeps what could not be."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass
from typing import Protocol

from shim.services.events import Sender
from shim.services.subscription import Subscription
from shim.webhooks.sending.outcome import Outcome


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

    def keep(self, parcel: Parcel, outcome: Outcome) -> object:
        """Keep a parcel after an attempt that `outcome` tells of; when this returns, a crash loses nothing.

        One that is kept already stays as it is. Raises StoreError.
        """
        ...

    def arrived(self, parcel: Parcel, outcome: Outcome) -> None:
        """Note that a target took a parcel, or said that it is gone, which ends the waiting of others.

        Raises StoreError.
        """
        ...


def key_of(subscription: Subscription, native: bool = False) -> str:
    """What stands for a subscription where nothing of it must be written down: a hash of all that was sealed.

    `native` tells the form that its second URL gets from the old one.
    """
    text = json.dumps([*astuple(subscription), native])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
