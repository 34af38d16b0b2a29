"""What the subscription and delivery routes of the services have of the bridge (`services.bridge`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from shim.services.bridge import Check, Named, Record, Row
from shim.services.events import Sender
from shim.store import StoreError
from shim.webhooks.queue.outbox import Outbox
from shim.webhooks.reconciling.checks import Checks
from shim.webhooks.reconciling.reconcile import Reconciler
from shim.webhooks.sending.delivery import Delivery
from shim.webhooks.sending.parcel import Parcel, key_of

log = structlog.get_logger(__name__)


class Connected:
    """The bridge of an app that delivers. Without a store it sends and remembers nothing."""

    def __init__(self, delivery: Delivery, outbox: Outbox | None = None, reconciler: Reconciler | None = None) -> None:
        self._delivery, self._outbox, self._reconciler = delivery, outbox, reconciler
        self._checks = Checks(outbox, reconciler, clock=outbox.clock) if outbox and reconciler else None

    def send(self, named: Named, event: str, uuid: str, payload: bytes) -> Record:
        """Send a payload once, now, as the Python side of the old services did when a user asked for it."""
        subscription = named.subscription
        parcel = Parcel(key_of(subscription), subscription, subscription.url, event, uuid, payload, Sender.PYTHON)
        outcome = self._delivery.send(parcel.url, event, uuid, payload, parcel.sender, user=subscription.user)
        if self._outbox:
            try:
                self._outbox.note(parcel, outcome)
                if not outcome.again:
                    self._outbox.arrived(parcel, outcome)
            except StoreError as error:
                log.warning("the outcome of a webhook was not noted", problem=str(error))
        return outcome.record()

    def later(self, named: Named, uuids: Sequence[str]) -> Mapping[str, Record]:
        """What became of attempts that upstream does not know of."""
        try:
            return self._outbox.later(key_of(named.subscription), uuids) if self._outbox else {}
        except StoreError as error:
            log.warning("later attempts of webhooks can't be told", problem=str(error))
            return {}

    def met(self, named: Named, rows: Sequence[Row]) -> None:
        """Have what never arrived of these deliveries sent by the worker."""
        try:
            if self._reconciler:
                self._reconciler.take(named.subscription, rows)
        except StoreError as error:
            log.warning("webhooks not reconciled", problem=str(error))

    def made(self, named: Named) -> None:
        """Know of a subscription from the beginning, so that it is compared though nothing of it ever arrives."""
        try:
            if self._outbox:
                self._outbox.meet(named.subscription, named.place)
        except StoreError as error:
            log.warning("a webhook subscription was not noted", problem=str(error))

    def due(self, found: Sequence[Named]) -> Check | None:
        """What is to be compared next, if there is a store to know that by."""
        try:
            return self._checks.due(found) if self._checks else None
        except StoreError as error:
            log.warning("webhooks not reconciled", problem=str(error))
            return None

    def compared(self, check: Check, rows: Sequence[Row], following: str | None) -> None:
        """Have what never arrived of these deliveries sent by the worker, and remember how far that was."""
        try:
            if self._checks:
                self._checks.compared(check, rows, following)
        except StoreError as error:
            log.warning("webhooks not reconciled", problem=str(error))

    def ended(self, named: Named) -> None:
        """Let go of what waits for a subscription that was deleted."""
        try:
            if self._outbox:
                self._outbox.end(named.subscription)
        except StoreError as error:
            log.warning("webhooks of a subscription that was deleted still wait", problem=str(error))
