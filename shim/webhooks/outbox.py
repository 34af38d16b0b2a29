"""What could not be delivered, kept until it is: it outlasts processes, and everything about it has a bound.

Each letter is tried by itself, so that one which its target never takes holds nobody up; those that wait may be
overtaken, as they were of old. A letter is kept or struck out in one transaction, and none is kept twice.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

import structlog

from shim.services.bridge import Record
from shim.services.subscription import Keys, Subscription, seal
from shim.store import Statements, Store
from shim.webhooks import rows
from shim.webhooks.letter import Letter, key_of, lane_of, wait_before
from shim.webhooks.outcome import Outcome

log = structlog.get_logger(__name__)
MOST = 200_000
"""How many letters wait at most, in all."""
MOST_OF_ONE = 2_000
"""How many letters of one subscription do."""
LARGEST = 2**20
"""How many bytes of payload are kept."""
RECOUNT = 30.0
"""For how many seconds the number of all letters is believed, with what this process has added to it."""
_KEEP = (
    "INSERT INTO outbox (subscription, uuid, event, dual, lane, payload, created_at, attempts, next_at, last_status,"
    " last_error) VALUES (:subscription, :uuid, :event, :dual, :lane, :payload, :now, :attempts, :next_at, :status,"
    " :error)"
)
_WAITING = "SELECT COUNT(*) AS n FROM outbox WHERE subscription = :subscription"
_REFUSE = "UPDATE webhooks SET refused = refused + 1 WHERE subscription = :subscription"


class Kept(Enum):
    """What became of a letter that was to be kept."""

    WAITING = "waiting"
    KNOWN = "known"
    FULL = "full"


class Outbox:
    """The letters of all processes that share a store. Its methods raise StoreError."""

    def __init__(
        self,
        store: Store,
        keys: Keys,
        clock: Callable[[], float] = time.time,
        most: int = MOST,
        most_of_one: int = MOST_OF_ONE,
    ) -> None:
        """`keys` seal the subscriptions; so many letters may wait in all, and of one subscription."""
        self.store, self.keys, self.clock = store, keys, clock
        self._most, self._most_of_one = most, most_of_one
        self._counted, self._until = 0, 0.0

    def known(self, subscription: Subscription, uuids: Sequence[str]) -> set[tuple[str, str]]:
        """Which of these deliveries have arrived or wait here, each by its UUID and event."""
        if not uuids:
            return set()
        listed, values = rows.among(uuids)
        which = f"WHERE subscription = :subscription AND uuid IN ({listed})"
        sql = f"SELECT uuid, event FROM outbox {which} UNION ALL SELECT uuid, event FROM seen_deliveries {which}"  # noqa: S608
        found = self.store.read(sql, subscription=key_of(subscription), **values)
        return {(row["uuid"], row["event"]) for row in found}

    def keep(self, letter: Letter, attempts: int = 0, outcome: Outcome | None = None) -> Kept:
        """Keep a letter that was tried so often, the last time with this outcome; without one it is due at once.

        FULL says that it was not: there is no more room, in all or for its subscription, which is parked then.
        """
        if len(letter.payload) > LARGEST or not self._room():
            log.warning("no room for a webhook that waits", uuid=letter.uuid)
            return Kept.FULL
        kept = self.store.write(lambda statements: self._keep(statements, letter, attempts, outcome or Outcome()))
        if kept is Kept.WAITING:
            self._counted += 1
        return kept

    def arrived(self, letter: Letter) -> None:
        """Note that a letter was delivered without having waited, so that its target works, parked or not."""
        self.store.write(lambda statements: rows.arrive(statements, self.values(letter)))

    def note(self, letter: Letter, outcome: Outcome) -> None:
        """Note the outcome of an attempt that upstream does not know of."""
        self.store.write(lambda statements: rows.note(statements, self.values(letter), outcome))

    def later(self, subscription: Subscription, uuids: Sequence[str]) -> Mapping[str, Record]:
        """The last outcomes of attempts that upstream does not know of, by UUID."""
        if not uuids:
            return {}
        listed, values = rows.among(uuids)
        sql = (
            "SELECT uuid, record FROM webhook_outcomes"  # noqa: S608
            f" WHERE subscription = :subscription AND uuid IN ({listed}) ORDER BY at"
        )
        found = self.store.read(sql, subscription=key_of(subscription), **values)
        records = {row["uuid"]: Record.read(row["record"]) for row in found}
        return {uuid: record for uuid, record in records.items() if record}

    def values(self, letter: Letter) -> dict[str, Any]:
        """What a letter is known by in the store, and the time."""
        key = key_of(letter.subscription)
        return {"subscription": key, "uuid": letter.uuid, "event": letter.event, "now": int(self.clock())}

    def _room(self) -> bool:
        """Whether fewer letters wait than may, by a count that may be of a moment ago."""
        now = time.monotonic()
        if now >= self._until:
            self._counted = self.store.read("SELECT COUNT(*) AS n FROM outbox")[0]["n"]
            self._until = now + RECOUNT
        return self._counted < self._most

    def _keep(self, statements: Statements, letter: Letter, attempts: int, outcome: Outcome) -> Kept:
        values, subscription = self.values(letter), letter.subscription
        if rows.is_known(statements, values):
            return Kept.KNOWN
        key, now = values["subscription"], values["now"]
        rows.meet(statements, key, subscription.service, seal(self.keys, subscription), now)
        if statements.rows(_WAITING, subscription=key)[0]["n"] >= self._most_of_one:
            statements.run(_REFUSE, subscription=key)
            if rows.park(statements, key, now, "too many events wait"):
                log.warning("webhooks parked: too many events wait", service=subscription.service, subscription=key)
            return Kept.FULL
        self._insert(statements, letter, attempts, outcome)
        return Kept.WAITING

    def _insert(self, statements: Statements, letter: Letter, attempts: int, outcome: Outcome) -> None:
        values, lane = self.values(letter), lane_of(self.keys[0], letter)
        wait = wait_before(attempts, outcome, self.clock()) if attempts else 0
        parked = rows.is_parked(statements, values["subscription"])
        next_at = None if parked or wait is None else values["now"] + wait
        more = {
            "dual": int(letter.dual),
            "lane": lane,
            "payload": base64.b64encode(letter.payload).decode(),
            "attempts": attempts,
            "next_at": next_at,
            "status": outcome.status,
            "error": rows.problem(outcome) if attempts else "",
        }
        statements.run(_KEEP, **values, **more)
        if attempts:
            rows.note(statements, values, outcome)
        if next_at is not None:
            rows.queue(statements, lane, next_at)
