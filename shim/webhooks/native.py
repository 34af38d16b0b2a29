"""A native delivery that has arrived: whose it is, and the parcels that come of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shim.services.events import Kind, Sender, Translation, Untranslatable
from shim.services.service import Service
from shim.services.subscription import Subscription
from shim.webhooks.parcel import Parcel, key_of
from shim.webhooks.recent import Arrival

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


@dataclass(frozen=True)
class Addressee:
    """Whose a delivery is, by its URL."""

    service: Service
    sealed: str
    subscription: Subscription
    kind: Kind

    def translated(self, body: bytes) -> Native:
        """What the body of a delivery tells. Raises Untranslatable.

        Its event and UUID count, for which the signature vouches; the headers that repeat them are not signed.
        """
        operation = self.service.operations.of(self.kind.query, self.kind.eras[-1])
        translation = self.kind.translate(operation, body)
        if not _UUID.fullmatch(translation.uuid):
            raise Untranslatable("the event has no UUID")
        return Native(self, translation, body)


@dataclass(frozen=True)
class Native:
    """A native delivery, with its translation."""

    addressee: Addressee
    translation: Translation
    body: bytes

    @property
    def arrival(self) -> Arrival:
        """What tells it from all others, but for its repetitions."""
        return Arrival(self._key(), self.translation.uuid, self.translation.event.legacy)

    @property
    def is_wanted(self) -> bool:
        """Whether it is one of the events that were subscribed to: the API may know fewer kinds of them."""
        return self.translation.event.legacy in self.addressee.subscription.events

    @property
    def old(self) -> Parcel | None:
        """Its old form, None where nothing was sent."""
        event, uuid, _, payload = self.translation
        if payload is None:
            return None
        form, subscription = event.form(None), self.addressee.subscription
        sender = form.sender if form else Sender.GO
        encoded = payload.encode(errors="replace")
        return Parcel(self._key(), subscription, subscription.url, event.legacy, uuid, encoded, sender)

    @property
    def second(self) -> Parcel | None:
        """The native form for the second URL, unchanged but for its signature; None where there is no such URL."""
        event, uuid, *_ = self.translation
        subscription = self.addressee.subscription
        if not subscription.dual:
            return None
        return Parcel(self._key(native=True), subscription, subscription.dual, event.native, uuid, self.body)

    def _key(self, native: bool = False) -> str:
        return key_of(self.addressee.subscription, native)
