"""How far upstream's records of subscriptions were compared with what arrived: page by page, and each record once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from shim.services.bridge import Check, Named, Row
from shim.store import Statements
from shim.upstream import microseconds
from shim.webhooks.queue import rows as steps
from shim.webhooks.queue.outbox import Outbox
from shim.webhooks.reconciling.reconcile import OLDEST, SETTLED, Reconciler
from shim.webhooks.sending.parcel import key_of

AGAIN = 300
"""For how many seconds a subscription that was compared to its end is left alone where its owner looks."""
_KNOWN = "SELECT * FROM webhook_checks WHERE subscription IN ({})"
_BEGUN = (
    "INSERT INTO webhook_checks (subscription, checked_at) VALUES (:key, :now)"
    " ON CONFLICT (subscription) DO UPDATE SET checked_at = excluded.checked_at, until = 0, cursor = ''"
)
_LOOKED = (
    "INSERT INTO webhook_checks (subscription, checked_at) VALUES (:key, :now)"
    " ON CONFLICT (subscription) DO UPDATE SET checked_at = excluded.checked_at"
)
_GONE_ON = (
    "UPDATE webhook_checks SET checked_at = :now, done = :done, until = :until, cursor = :cursor"
    " WHERE subscription = :key"
)


class Checks:
    """The comparisons of all processes that share a store. Its methods raise StoreError."""

    def __init__(
        self,
        outbox: Outbox,
        reconciler: Reconciler,
        *,
        dry: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`dry` only tells what would be done."""
        self._outbox, self._reconciler = outbox, reconciler
        self._dry, self._clock = dry, clock

    def due(self, found: Sequence[Named]) -> Check | None:
        """Begin the comparison that is to be made next: of those that are due the one that was looked at first.

        Subscriptions that were only just made have no records that are old enough.
        """
        now = int(self._clock())
        settled = (each for each in found if now - each.subscription.created >= SETTLED)
        named = {key_of(each.subscription): each for each in settled}
        known = self._known(list(named))
        due = [key for key in named if self._is_due(known.get(key), now)]
        first = min(due, key=lambda key: known[key]["checked_at"] if key in known else 0, default=None)
        return None if first is None else self._begun(named[first], known)

    def begin(self, named: Named) -> Check:
        """Begin the comparison of a subscription, or go on with it; a dry one always begins."""
        return self._begun(named, self._known([key_of(named.subscription)]))

    def compared(self, check: Check, rows: Sequence[Row], following: str | None) -> tuple[int, Check | None]:
        """Have what is missing among upstream's records delivered; how many these are, and how the comparison goes on.

        None says that it is at its end.
        """
        numbered = [(microseconds(row["date"]), row) for row in rows]
        fresh = [row for number, row in numbered if number > check.done]
        act = self._reconciler.missing if self._dry else self._reconciler.take
        found = act(check.named.subscription, fresh)
        now = self._clock()
        met = max((number for number, _ in numbered if now - number // 1_000_000 >= SETTLED), default=0)
        over = any(now - number // 1_000_000 > OLDEST for number, _ in numbered)
        check = replace(check, cursor=following, until=check.until or met)
        ended = following is None or over or len(fresh) < len(rows)
        if ended:
            check = Check(check.named, None, max(check.done, check.until))
        self._keep(check)
        return found if isinstance(found, int) else len(found), None if ended else check

    def looked(self, keys: Sequence[str]) -> None:
        """Note that subscriptions were looked for, found or not: others come first the next time."""
        rows = [{"key": key, "now": int(self._clock())} for key in keys]
        if rows and not self._dry:
            self._outbox.store.write(lambda statements: statements.many(_LOOKED, rows))

    def since(self, keys: Sequence[str]) -> dict[str, int]:
        """When subscriptions were looked at last, of those that ever were, by their keys."""
        return {key: row["checked_at"] for key, row in self._known(keys).items()}

    def _known(self, keys: Sequence[str]) -> dict[str, Row]:
        if not keys:
            return {}
        listed, values = steps.among(keys)
        found = self._outbox.store.read(_KNOWN.format(listed), **values)
        return {row["subscription"]: row for row in found}

    def _is_due(self, known: Row | None, now: int) -> bool:
        return known is None or bool(known["cursor"]) or not 0 <= now - known["checked_at"] < AGAIN

    def _begun(self, named: Named, known: dict[str, Row]) -> Check:
        """What is to be done now; should nothing come of it, it begins anew at the newest."""
        key = key_of(named.subscription)
        if not self._dry:
            self._outbox.store.write(lambda s: s.run(_BEGUN, key=key, now=int(self._clock())))
        row = known.get(key)
        if row is None or self._dry or not row["cursor"]:
            return Check(named, done=row["done"] if row else 0)
        return Check(named, row["cursor"], row["done"], row["until"])

    def _keep(self, check: Check) -> None:
        if not self._dry:
            self._outbox.store.write(lambda statements: self._kept(statements, check))

    def _kept(self, statements: Statements, check: Check) -> None:
        """Note how far it is, and that there is such a subscription."""
        subscription, now = check.named.subscription, int(self._clock())
        key, until = key_of(subscription), check.until if check.cursor else 0
        statements.run(_GONE_ON, key=key, now=now, done=check.done, until=until, cursor=check.cursor or "")
        self._outbox.met(statements, subscription, place=check.named.place)
