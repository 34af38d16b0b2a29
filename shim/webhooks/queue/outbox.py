"""What could not be delivered, kept until it is: it outlasts processes, and everything about it has a bound.

Each parcel is tried by itself, so that one which its target never takes holds nobody up; those that wait may be
overtaken, as they were of old. A parcel is kept or struck out in one transaction, and none is kept twice.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from shim.services.bridge import Record
from shim.services.subscription import Keys, Subscription, seal
from shim.store import Statements, Store, StoreError
from shim.webhooks.queue import rows
from shim.webhooks.queue.schedule import lane_of, wait_before
from shim.webhooks.sending.outcome import BUSY, Outcome
from shim.webhooks.sending.parcel import Parcel, key_of

log = structlog.get_logger(__name__)
MOST, MOST_OF_USER, MOST_OF_ONE = 200_000, 20_000, 2_000
"""How many parcels wait at most: in all, of one user, of one subscription."""
SPACE, SPACE_OF_USER = 2**30, 2**27
"""How many bytes of payload do, in all and of one user."""
LARGEST = 2**22
"""How many bytes of payload are kept: as many as the receiver takes."""
BELIEVED = 30.0
"""For how many seconds it is believed how much waits, and for whom."""
TROUBLED = 3 * 86400
"""For how many seconds behind a failure it is noted that a target takes something: longer than it is tried."""
_MANY = 50_000
_KEEP = (
    "INSERT INTO outbox (subscription, uuid, event, sender, lane, owner, payload, size, created_at, attempts, next_at,"
    " last_status, last_error) VALUES (:subscription, :uuid, :event, :sender, :lane, :owner, :payload, :size, :now,"
    " :attempts, :next_at, :status, :error)"
)
_TAKEN = "SELECT COUNT(*) AS n, COALESCE(SUM(size), 0) AS size FROM outbox"
_TAKEN_OF = f"{_TAKEN} WHERE owner = :owner"
_WAITING = "SELECT COUNT(*) AS n FROM outbox WHERE subscription = :subscription"
_REFUSE = "UPDATE webhooks SET refused = refused + 1 WHERE subscription = :key"
_FAILED = "UPDATE webhooks SET failed_at = :now WHERE subscription = :key"
_TROUBLED = "SELECT subscription FROM webhooks WHERE parked_at IS NOT NULL OR failed_at > :since LIMIT 20000"


class Full(StoreError):
    """There is no room for what should wait."""


@dataclass(frozen=True)
class Bounds:
    """How much may wait: parcels in all, of one user and of one subscription, and bytes in all and of one user."""

    most: int = MOST
    most_of_user: int = MOST_OF_USER
    most_of_one: int = MOST_OF_ONE
    space: int = SPACE
    space_of_user: int = SPACE_OF_USER


class Outbox:
    """The parcels of all processes that share a store. Its methods raise StoreError."""

    def __init__(
        self,
        store: Store,
        keys: Keys,
        clock: Callable[[], float] = time.time,
        bounds: Bounds | None = None,
    ) -> None:
        """`keys` seal the subscriptions."""
        self.store, self.keys, self.clock = store, keys, clock
        self._bounds = bounds or Bounds()
        self._counted, self._space, self._troubled, self._until = 0, 0, frozenset[str](), 0.0
        self._met: set[str] = set()

    def keep(self, parcel: Parcel, outcome: Outcome | None = None) -> bool:
        """Keep a parcel after its first attempt, or one that was not tried, which is due at once; whether it is new.

        Nothing is kept for a subscription that was deleted.
        Raises Full where there is no room, in all, for its user, or for its subscription, which is parked then.
        """
        self._look()
        full = self._counted >= self._bounds.most or self._space >= self._bounds.space
        if len(parcel.payload) > LARGEST or full:
            raise Full(f"{self.store.name}: no room for webhooks that wait")
        kept = self.store.write(lambda statements: self._keep(statements, parcel, outcome))
        if kept is None:
            raise Full(f"{self.store.name}: too many webhooks of one user wait")
        self._counted += kept
        self._space += kept * len(parcel.payload)
        self._troubled |= {parcel.key}
        return kept

    def arrived(self, parcel: Parcel, outcome: Outcome) -> None:
        """Note that a target answered without a parcel having waited: what was given up goes on, or ends if it is gone.

        That there is such a subscription is written once by each process; else only where something went wrong lately.
        """
        self._look()
        if parcel.key in self._troubled:
            self.store.write(lambda statements: rows.took(statements, parcel.key, int(self.clock()), outcome))
        elif parcel.key not in self._met:
            self.store.write(lambda statements: self._meet(statements, parcel))
            self._met.add(parcel.key)

    def meet(self, subscription: Subscription, place: str = "") -> None:
        """Note that there is a subscription, and where, if that is known."""
        self.store.write(lambda statements: self.met(statements, subscription, place=place))

    def met(self, statements: Statements, subscription: Subscription, *, native: bool = False, place: str = "") -> None:
        """Note in a transaction that there is a subscription; `native` tells its second URL from the first."""
        sealed, now = seal(self.keys, subscription), int(self.clock())
        rows.meet(statements, key_of(subscription, native), subscription.service, sealed, native, now, place)

    def note(self, parcel: Parcel, outcome: Outcome) -> None:
        """Note the outcome of an attempt that upstream does not know of."""
        self.store.write(lambda statements: rows.note(statements, self.values(parcel), outcome))

    def later(self, key: str, uuids: Sequence[str]) -> Mapping[str, Record]:
        """The last outcomes of attempts that upstream does not know of, by UUID."""
        if not uuids:
            return {}
        listed, values = rows.among(uuids)
        sql = (
            "SELECT uuid, record FROM webhook_outcomes"  # noqa: S608
            f" WHERE subscription = :key AND uuid IN ({listed}) ORDER BY at"
        )
        records = {row["uuid"]: Record.read(row["record"]) for row in self.store.read(sql, key=key, **values)}
        return {uuid: record for uuid, record in records.items() if record}

    def forget(self, key: str) -> int:
        """Let go of all that waits of a subscription; how many parcels that were."""
        return self.store.write(lambda statements: rows.forget(statements, key))

    def end(self, subscription: Subscription) -> int:
        """Let go of all that waits of a subscription that was deleted, and keep nothing for it; how much that was."""
        keys = [key_of(subscription, native) for native in ((False, True) if subscription.dual else (False,))]
        service, now = subscription.service, int(self.clock())
        return self.store.write(lambda statements: sum(rows.end(statements, key, service, now) for key in keys))

    def values(self, parcel: Parcel) -> rows.Values:
        """What a parcel is known by in the store, and the time."""
        return {"subscription": parcel.key, "uuid": parcel.uuid, "event": parcel.event, "now": int(self.clock())}

    def _look(self) -> None:
        """See how much waits, and for whom something went wrong lately, unless that is known of a moment ago."""
        now = time.monotonic()
        if now >= self._until:
            self._met = set() if len(self._met) > _MANY else self._met
            self._until = now + BELIEVED  # and if the store can't be had, others need not wait for it
            taken = self.store.read(_TAKEN)[0]
            self._counted, self._space = taken["n"], taken["size"]
            since = int(self.clock()) - TROUBLED
            self._troubled = frozenset(row["subscription"] for row in self.store.read(_TROUBLED, since=since))

    def _keep(self, statements: Statements, parcel: Parcel, outcome: Outcome | None) -> bool | None:
        """Whether a parcel is new, None where there is no room for it."""
        values, subscription = self.values(parcel), parcel.subscription
        if rows.is_known(statements, values) or rows.is_ended(statements, parcel.key):
            return False
        key, now = parcel.key, values["now"]
        self._meet(statements, parcel)
        statements.run(_FAILED, key=key, now=now)
        if not self._has_room(statements, parcel):
            return None
        if statements.rows(_WAITING, subscription=key)[0]["n"] >= self._bounds.most_of_one:
            statements.run(_REFUSE, key=key)
            if rows.park(statements, key, now, "too many events wait"):
                log.warning("webhooks parked: too many events wait", service=subscription.service, subscription=key)
            return None
        self._insert(statements, parcel, outcome)
        return True

    def _has_room(self, statements: Statements, parcel: Parcel) -> bool:
        """Whether there is room for the user of a parcel."""
        taken = statements.rows(_TAKEN_OF, owner=self._owner(parcel))[0]
        room: bool = taken["n"] < self._bounds.most_of_user and taken["size"] < self._bounds.space_of_user
        if not room:
            log.warning("no room for webhooks of a user", service=parcel.subscription.service, subscription=parcel.key)
        return room

    def _owner(self, parcel: Parcel) -> str:
        """What stands for the user of a parcel."""
        name = f"{parcel.subscription.service}/{parcel.subscription.user}"
        return hmac.digest(self.keys[0], name.encode("utf-8", "replace"), "sha256").hex()[:32]

    def _meet(self, statements: Statements, parcel: Parcel) -> None:
        self.met(statements, parcel.subscription, native=parcel.key != key_of(parcel.subscription))

    def _insert(self, statements: Statements, parcel: Parcel, outcome: Outcome | None) -> None:
        values, lane = self.values(parcel), lane_of(self.keys[0], parcel)
        tried = outcome is not None and outcome.failure != BUSY
        wait = wait_before(1, outcome, self.clock()) if outcome and tried else 0
        parked = rows.is_parked(statements, parcel.key)
        next_at = None if parked or wait is None else values["now"] + wait
        more = {
            "sender": parcel.sender.value,
            "lane": lane,
            "owner": self._owner(parcel),
            "payload": base64.b64encode(parcel.payload).decode(),
            "size": len(parcel.payload),
            "attempts": int(tried),
            "next_at": next_at,
            "status": outcome.status if outcome else None,
            "error": rows.problem(outcome) if outcome else "",
        }
        statements.run(_KEEP, **values, **more)
        if next_at is not None:
            rows.queue(statements, lane, next_at)
