"""What operators see of the subscriptions that the outbox knows, and do about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shim.crypto import SealError
from shim.services.subscription import Subscription, open_
from shim.store import Row, Statements
from shim.webhooks.queue import rows
from shim.webhooks.queue.outbox import Outbox

MOST = 1000
"""How many subscriptions are shown at most, those in trouble first."""
_SUMS = (
    "SELECT subscription, COUNT(*) AS waiting, MIN(created_at) AS oldest, MIN(next_at) AS next_at,"
    " MAX(attempts) AS attempts FROM outbox GROUP BY subscription"
)
_KNOWN = f"""
SELECT w.*, o.waiting, o.oldest, o.next_at, o.attempts
FROM webhooks w LEFT JOIN ({_SUMS}) o ON o.subscription = w.subscription WHERE w.ended_at = 0 {{}}
ORDER BY CASE WHEN w.parked_at IS NOT NULL THEN 0 WHEN o.waiting > 0 THEN 1 ELSE 2 END, w.used_at DESC LIMIT :most
"""  # noqa: S608
_TROUBLED = "AND (w.parked_at IS NOT NULL OR o.waiting > 0)"
_NEXT = (
    "SELECT * FROM webhooks WHERE subscription > :key AND ended_at = 0 AND dual = 0 ORDER BY subscription LIMIT :most"
)
_NOTHING_WAITS = dict.fromkeys(("waiting", "oldest", "next_at", "attempts"))
_WAITING = (
    "SELECT uuid, event, created_at, attempts, next_at, last_status, last_error FROM outbox"
    " WHERE subscription = :key ORDER BY created_at LIMIT :most"
)


@dataclass(frozen=True)
class Known:
    """A subscription that the outbox knows: `subscription` is None where no key opens it.

    `state` is `parked`, `waiting` or `fine`; times are in Unix seconds, None where there is nothing to tell;
    `refused` is how many events there was no room for since it is parked, `second` says that it is the second URL's;
    `place` names the tracker or list that it hangs at, if that is known.
    """

    key: str
    service: str
    subscription: Subscription | None
    second: bool
    state: str
    reason: str
    waiting: int
    attempts: int
    oldest: int | None
    next_at: int | None
    refused: int
    used_at: int
    place: str = ""

    @classmethod
    def of(cls, outbox: Outbox, row: Row) -> Known:
        """One of a row."""
        parked, waiting = row["parked_at"] is not None, row["waiting"] or 0
        return cls(
            key=row["subscription"],
            service=row["service"],
            subscription=_opened(outbox, row["sealed"]),
            second=bool(row["dual"]),
            state="parked" if parked else "waiting" if waiting else "fine",
            reason=row["reason"],
            waiting=waiting,
            attempts=row["attempts"] or 0,
            oldest=row["oldest"],
            next_at=row["next_at"],
            refused=row["refused"],
            used_at=row["used_at"],
            place=row["place"],
        )

    @property
    def url(self) -> str:
        """Where it leads to, with all that may be secret in it; empty where that is not known."""
        if self.subscription is None:
            return ""
        return self.subscription.dual if self.second else self.subscription.url


class Overview:
    """The subscriptions of an outbox. Its methods raise StoreError."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def known(self, everything: bool = False) -> list[Known]:
        """Subscriptions in trouble, or all that are known, but no more than MOST."""
        found = self._outbox.store.read(_KNOWN.format("" if everything else _TROUBLED), most=MOST)
        return [Known.of(self._outbox, row) for row in found]

    def everybody(self) -> Iterator[Known]:
        """All subscriptions that are known, whose second URLs are not told of apart, some at a time."""
        key = ""
        while found := self._outbox.store.read(_NEXT, key=key, most=MOST):
            yield from (Known.of(self._outbox, {**row, **_NOTHING_WAITS}) for row in found)
            key = found[-1]["subscription"]

    def named(self, beginning: str) -> list[Known]:
        """Those whose key begins so, two at most."""
        which = "AND SUBSTR(w.subscription, 1, :length) = :beginning"
        found = self._outbox.store.read(_KNOWN.format(which), length=len(beginning), beginning=beginning, most=2)
        return [Known.of(self._outbox, row) for row in found]

    def parcels(self, key: str, most: int) -> list[Row]:
        """What waits of a subscription, the oldest first, without payloads."""
        return self._outbox.store.read(_WAITING, key=key, most=most)

    def retry(self, key: str) -> int:
        """Try all that waits of a subscription anew, from now on, parked or not; how much that is."""
        now = int(self._outbox.clock())

        def work(statements: Statements) -> int:
            rows.revive(statements, key, now)
            return rows.hurry(statements, key, now)

        return self._outbox.store.write(work)

    def drop(self, key: str, uuids: Sequence[str] = ()) -> int:
        """Let go of all that waits of a subscription, or of single deliveries; how much that was."""
        if not uuids:
            return self._outbox.forget(key)
        listed, values = rows.among(uuids)
        sql = f"DELETE FROM outbox WHERE subscription = :key AND uuid IN ({listed})"  # noqa: S608
        return self._outbox.store.write(lambda statements: statements.run(sql, key=key, **values))


def _opened(outbox: Outbox, sealed: str) -> Subscription | None:
    try:
        return open_(outbox.keys, sealed)
    except SealError:
        return None
