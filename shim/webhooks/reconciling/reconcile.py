"""Compares upstream's records of deliveries with what arrived here, and has what never did delivered once.

Upstream gives a delivery up within half an hour, and forgets the rest when it ends; its record remains, without an
answer of ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

import structlog

from shim.services.bridge import Record, Row
from shim.services.events import Untranslatable
from shim.services.service import Service
from shim.services.subscription import Subscription
from shim.upstream import microseconds
from shim.webhooks.queue import rows as steps
from shim.webhooks.queue.outbox import Outbox
from shim.webhooks.receiving.memory import KEPT_DELIVERIES, Memory
from shim.webhooks.receiving.native import Addressee, Native, Unread
from shim.webhooks.sending.parcel import Parcel, key_of

log = structlog.get_logger(__name__)
SETTLED = 90
"""How old a delivery is at least, in seconds: upstream waits 30 s for an answer, and may be about to have one."""
OLDEST = KEPT_DELIVERIES - 86400
"""How old it is at most: a day less than it is known what arrived."""
_ARRIVED = "SELECT uuid FROM seen_deliveries WHERE subscription = :key AND uuid IN ({}) AND record IS NOT NULL"
_WAITS = "SELECT uuid FROM outbox WHERE subscription = :key AND uuid IN ({})"
_SENT = "SELECT uuid FROM webhook_outcomes WHERE subscription = :key AND uuid IN ({})"


class Reconciler:
    """Finds what is missing among upstream's records of a subscription."""

    def __init__(
        self,
        services: Iterable[Service],
        outbox: Outbox,
        memory: Memory,
        *,
        dual: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`dual` says whether second URLs get anything."""
        self._services = {service.name: service for service in services}
        self._outbox, self._memory, self._dual, self._clock = outbox, memory, dual, clock

    def missing(self, subscription: Subscription, rows: Sequence[Row]) -> list[Native | Unread]:
        """What of upstream's records never arrived here and is no matter of the next minutes. Raises StoreError."""
        unanswered = {row["uuid"]: row for row in rows if self._is_suspect(row)}
        if not unanswered:
            return []
        known = self._known(key_of(subscription), list(unanswered))
        told = [self._native(subscription, row) for uuid, row in unanswered.items() if uuid not in known]
        unread = [each.uuid for each in told if isinstance(each, Unread)]
        at_second = self._known(key_of(subscription, native=True), unread) if unread else set()
        return [each for each in told if each and not (isinstance(each, Unread) and each.uuid in at_second)]

    def take(self, subscription: Subscription, rows: Sequence[Row]) -> int:
        """Have what is missing delivered; how many deliveries that are. Raises StoreError."""
        found = self.missing(subscription, rows)
        for native in found:
            for parcel in self._parcels(native):
                self._outbox.keep(parcel)
            self._memory.end(native.arrival, Record().write())
        if found:
            service = subscription.service
            log.info("webhooks that never arrived are delivered now", service=service, n=len(found))
        return len(found)

    def _parcels(self, native: Native | Unread) -> list[Parcel]:
        old = native.old if isinstance(native, Native) else None
        second = native.second if self._dual else None
        return [parcel for parcel in (old, second) if parcel is not None]

    def _is_suspect(self, row: Row) -> bool:
        """Whether a record is neither ours nor too young or too old to be looked at."""
        ours = row["responseStatus"] == 200 and Record.read(row["responseBody"]) is not None
        age = self._clock() - microseconds(row["date"]) // 1_000_000
        return not ours and SETTLED <= age <= OLDEST

    def _known(self, key: str, uuids: Sequence[str]) -> set[str]:
        listed, values = steps.among(uuids)
        found = (self._outbox.store.read(sql.format(listed), key=key, **values) for sql in (_ARRIVED, _WAITS, _SENT))
        return {row["uuid"] for rows in found for row in rows}

    def _native(self, subscription: Subscription, row: Mapping[str, str]) -> Native | Unread | None:
        """What a record tells that was subscribed to, if only the second URL has it; None where nobody has."""
        service = self._services.get(subscription.service)
        kind = next((kind for kind in service.hooks if kind.name == subscription.kind), None) if service else None
        if service is None or kind is None:
            return None
        addressee, body = (
            Addressee(service, "", subscription, kind),
            row["requestBody"].encode("utf-8", "surrogatepass"),
        )
        try:
            native = addressee.translated(body)
            return native if native.is_wanted else None
        except Untranslatable as error:
            log.warning("a webhook that never arrived can't be translated", uuid=row["uuid"], problem=str(error))
            return addressee.unread(body, row["event"], row["uuid"]) if self._dual else None
