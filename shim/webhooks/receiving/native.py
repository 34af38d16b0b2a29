"""A native delivery that has arrived: whose it is, and the parcels that come of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from shim.services.events import Event, Kind, Sender, Translation, Untranslatable
from shim.services.service import Service
from shim.services.subscription import Subscription
from shim.webhooks.receiving.recent import Arrival
from shim.webhooks.sending.parcel import Parcel, key_of

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
        translation = self.kind.translate(operation, body, user=self.subscription.user)
        if not _UUID.fullmatch(translation.uuid):
            raise Untranslatable("the event has no UUID")
        return Native(self, translation, body)

    def unread(self, body: bytes, event: str, uuid: str) -> Unread | None:
        """The delivery of a body that can't be translated, None where the second URL has nothing of it either.

        `event` and `uuid` are what is told of it beside its body, which a body does not say that is not whole; what it
        does say counts more.
        """
        event, uuid = _signed(body) or (event, uuid)
        known = next((each for each in self.kind.events if each.native == event), None)
        wanted = known is not None and known.legacy in self.subscription.events
        if known is None or not wanted or not self.subscription.dual or not _UUID.fullmatch(uuid):
            return None
        return Unread(self, known, uuid, body)


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
        """The native form for the second URL, None where there is no such URL."""
        event, uuid, *_ = self.translation
        return (
            _second(self.addressee.subscription, event, uuid, self.body) if self.addressee.subscription.dual else None
        )

    def _key(self) -> str:
        return key_of(self.addressee.subscription)


@dataclass(frozen=True)
class Unread:
    """A native delivery that no old form can be made of, for a subscription with a second URL."""

    addressee: Addressee
    event: Event
    uuid: str
    body: bytes

    @property
    def arrival(self) -> Arrival:
        """What tells it from all others: not what tells whole ones of that event, as nobody may have signed it."""
        return Arrival(self.second.key, self.uuid, self.event.native)

    @property
    def second(self) -> Parcel:
        """The native form."""
        return _second(self.addressee.subscription, self.event, self.uuid, self.body)


def _second(subscription: Subscription, event: Event, uuid: str, body: bytes) -> Parcel:
    """What goes to a second URL: what the API sent, unchanged but for its signature."""
    return Parcel(key_of(subscription, native=True), subscription, subscription.dual, event.native, uuid, body)


def _signed(body: bytes) -> tuple[str, str] | None:
    """The event and the UUID that a body tells, None where it doesn't."""
    try:
        match json.loads(body)["data"]["webhook"]:
            case {"event": str(event), "uuid": str(uuid)}:
                return event, uuid
    except (LookupError, TypeError, ValueError, RecursionError):
        pass
    return None
