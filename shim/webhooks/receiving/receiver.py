"""What becomes of the API's deliveries (conventions 9.3, 16.17).

What comes is verified, told from what came before, translated and delivered; the API is answered a record of that,
which it keeps. What can't be delivered now is kept before it is answered, so that nothing is lost between the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog

from shim.crypto import SealError
from shim.services.bridge import Record
from shim.services.events import Untranslatable
from shim.services.service import Service
from shim.services.subscription import Keys, keys_of, open_
from shim.settings import Config
from shim.store import Store, StoreError
from shim.webhooks.receiving.memory import Memory, Verdict
from shim.webhooks.receiving.native import Addressee, Native, Unread
from shim.webhooks.receiving.recent import Arrival
from shim.webhooks.receiving.results import Observe, Result, ignore, replayed, running, unavailable, unknown
from shim.webhooks.sending.delivery import Delivery, Post
from shim.webhooks.sending.outcome import BUSY, Outcome
from shim.webhooks.sending.parcel import Outbox, Parcel
from shim.webhooks.sending.signature import Verifier

Told = tuple[Result, bytes]
"""How a request is counted, and the record that the API is answered."""
log = structlog.get_logger(__name__)


class Receiver:
    """Delivers what arrives for the subscriptions of all services."""

    def __init__(
        self,
        services: Iterable[Service],
        keys: Keys,
        verifier: Verifier,
        delivery: Delivery,
        memory: Memory,
        outbox: Outbox | None = None,
        *,
        dual: bool = False,
    ) -> None:
        """Without an outbox one attempt is all there is; `dual` says whether second URLs get anything."""
        self._services = {service.name: service for service in services}
        self._keys, self.verifier, self.memory = keys, verifier, memory
        self._delivery, self._outbox, self._dual = delivery, outbox, dual

    @classmethod
    def of(
        cls,
        config: Config,
        services: Iterable[Service],
        store: Store | None = None,
        outbox: Outbox | None = None,
        observe: Observe = ignore,
        post: Post | None = None,
    ) -> Receiver | None:
        """The receiver of a configuration; None without a key of the instance's, one to sign with, or one to seal."""
        keys, verifier, delivery = keys_of(config), Verifier.of(config), Delivery.of(config, post)
        if not keys or verifier is None or delivery is None:
            return None
        memory = Memory(store, missed=lambda: observe("", Result.FORGETFUL))
        return cls(services, keys, verifier, delivery, memory, outbox, dual=config.webhook_dual)

    def addressee(self, service: str, sealed: str) -> Addressee:
        """Whose a URL is. Raises Refused where it is nobody's."""
        known = self._services.get(service)
        try:
            subscription = open_(self._keys, sealed)
        except SealError:
            raise unknown() from None
        kind = next((kind for kind in known.hooks if kind.name == subscription.kind), None) if known else None
        if known is None or kind is None or subscription.service != service:
            raise unknown()
        return Addressee(known, sealed, subscription, kind)

    def receive(self, addressee: Addressee, body: bytes, nonce: str, event: str = "", uuid: str = "") -> Told:
        """Deliver what the instance signed; `event` and `uuid` are what its headers say, which it did not sign.

        Raises Refused, after which the API may try again where it is a 503.
        """
        try:
            native = addressee.translated(body)
        except Untranslatable as error:
            return self._untranslated(addressee.unread(body, event, uuid), nonce, addressee.service.name, str(error))
        if not native.is_wanted:
            self._arrive(nonce)
            return Result.UNSENT, Record(reason="not subscribed to").write()
        return self._once(nonce, native.arrival, lambda: self._send_all(native))

    def _untranslated(self, unread: Unread | None, nonce: str, service: str, problem: str) -> Told:
        """Send what can't be translated to the second URL alone, if there is one."""
        if unread is None or not self._dual:
            self._arrive(nonce)
            told = Result.UNTRANSLATABLE, Record(reason=problem).write()
        else:
            told = self._once(nonce, unread.arrival, lambda: self._send_unread(unread, problem))
        log.warning("webhook not translated", service=service, problem=problem)
        return told

    def _arrive(self, nonce: str, arrival: Arrival | None = None) -> bytes | None:
        """The record of an event that was delivered before. Raises Refused for a seen nonce, or an event at work."""
        match self.memory.arrive(nonce, arrival):
            case Verdict.REPLAYED:
                raise replayed()
            case Verdict.RUNNING:
                raise running()
            case bytes(record):
                return record
        return None

    def _once(self, nonce: str, arrival: Arrival, send: Callable[[], Told]) -> Told:
        """Send what has not arrived before, and remember what became of it."""
        if (record := self._arrive(nonce, arrival)) is not None:
            return Result.DUPLICATE, record
        told = None
        try:
            told = send()
            return told
        finally:
            self.memory.end(arrival, told and told[1])

    def _send_unread(self, unread: Unread, problem: str) -> Told:
        """Send the native form of what has no old one. Raises Refused if it was lost."""
        if self._send(unread.second)[0] is Result.UNAVAILABLE:
            raise unavailable()
        return Result.UNTRANSLATABLE, Record(reason=problem).write()

    def _send_all(self, native: Native) -> Told:
        """Send the old form, then the native one where that is wanted. Raises Refused if the first was lost."""
        result, record = Result.UNSENT, Record(reason="nothing was sent of this")
        if native.old is not None:
            result, outcome = self._send(native.old)
            record = outcome.record()
            if result is Result.UNAVAILABLE:
                raise unavailable()
        if native.second is not None and self._dual and self._send(native.second)[0] is Result.UNAVAILABLE:
            if native.old is None:
                raise unavailable()
            log.warning("webhook lost at its second URL", service=native.addressee.service.name)
        return result, record.write()

    def _send(self, parcel: Parcel) -> tuple[Result, Outcome]:
        """Send a parcel once; keep it where another attempt may do better."""
        outcome = self._delivery.send(
            parcel.url, parcel.event, parcel.uuid, parcel.payload, parcel.sender, user=parcel.subscription.user
        )
        if not outcome.again:
            self._arrived(parcel, outcome)
            return Result.FAILED if outcome.status is None else Result.DELIVERED, outcome
        if self._outbox is None:
            return Result.UNAVAILABLE if outcome.failure == BUSY else Result.FAILED, outcome
        try:
            self._outbox.keep(parcel, outcome)
        except StoreError:
            return Result.UNAVAILABLE, outcome
        return Result.KEPT, outcome

    def _arrived(self, parcel: Parcel, outcome: Outcome) -> None:
        """Tell the outbox that a target answers; without a store it will learn that another time."""
        if self._outbox is not None:
            with suppress(StoreError):
                self._outbox.arrived(parcel, outcome)
