"""Steps of transactions over the outbox's tables. Those that write run one at a time, whatever process they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from shim.store import Statements
from shim.webhooks.sending.outcome import Outcome

log = structlog.get_logger(__name__)

KEY = ("subscription", "uuid", "event")
_WHICH = " AND ".join(f"{column} = :{column}" for column in KEY)
_KNOWN = " UNION ALL ".join(
    f"SELECT uuid FROM {table} WHERE {_WHICH}"  # noqa: S608
    for table in ("outbox", "webhook_outcomes")
)
_OUTCOME = (
    "INSERT INTO webhook_outcomes (subscription, uuid, event, at, record) VALUES (:subscription, :uuid, :event, :now,"
    " :record) ON CONFLICT (subscription, uuid, event) DO UPDATE SET at = excluded.at, record = excluded.record"
)
_QUEUE = (
    "INSERT INTO outbox_lanes (lane, next_at) VALUES (:lane, :next_at) ON CONFLICT (lane) DO UPDATE SET next_at ="
    " CASE WHEN excluded.next_at < outbox_lanes.next_at THEN excluded.next_at ELSE outbox_lanes.next_at END"
)
_MET = (
    "INSERT INTO webhooks (subscription, service, sealed, dual, place, used_at)"
    " VALUES (:key, :service, :sealed, :dual, :place, :now)"
    " ON CONFLICT (subscription) DO UPDATE SET used_at = excluded.used_at,"
    " place = CASE WHEN excluded.place = '' THEN webhooks.place ELSE excluded.place END"
)
_ENDED = (
    "INSERT INTO webhooks (subscription, service, sealed, dual, used_at, ended_at) VALUES (:key, :service, '', 0, :now,"
    " :now) ON CONFLICT (subscription) DO UPDATE SET sealed = '', parked_at = NULL, ended_at = excluded.ended_at"
)
Values = Mapping[str, Any]
"""What a delivery is known by, KEY, and `now` in Unix seconds."""


def is_known(statements: Statements, values: Values) -> bool:
    """Whether a parcel waits or has waited."""
    return bool(statements.rows(_KNOWN, **_key(values)))


def meet(statements: Statements, key: str, service: str, sealed: str, dual: bool, now: int, place: str = "") -> None:
    """Note that there is a subscription, and where, if that is known."""
    statements.run(_MET, key=key, service=service, sealed=sealed, dual=int(dual), place=place, now=now)


def strike(statements: Statements, values: Values) -> int:
    """Let go of a parcel that waits; whether there was one."""
    return statements.run(f"DELETE FROM outbox WHERE {_WHICH}", **_key(values))  # noqa: S608


def note(statements: Statements, values: Values, outcome: Outcome) -> None:
    """Note the outcome of an attempt that upstream does not know of."""
    statements.run(_OUTCOME, **_key(values), now=values["now"], record=outcome.record().write().decode())


def took(statements: Statements, key: str, now: int, outcome: Outcome) -> None:
    """Note that a target answered: what was parked goes on, and what waits for a target that is gone is dropped."""
    statements.run("UPDATE webhooks SET took_at = :now WHERE subscription = :key", key=key, now=now)
    if outcome.gone:
        dropped = statements.run("DELETE FROM outbox WHERE subscription = :key", key=key)
        log.warning("the target of webhooks is gone: dropped what waited", subscription=key, n=dropped)
    revive(statements, key, now)


def queue(statements: Statements, lane: int, next_at: int) -> None:
    """See that somebody looks into a lane by then."""
    statements.run(_QUEUE, lane=lane, next_at=next_at)


def is_parked(statements: Statements, subscription: str) -> bool:
    """Whether nothing is sent to a subscription by itself any more."""
    sql = "SELECT parked_at FROM webhooks WHERE subscription = :subscription AND parked_at IS NOT NULL"
    return bool(statements.rows(sql, subscription=subscription))


def park(statements: Statements, key: str, now: int, reason: str) -> bool:
    """Try nothing of a subscription any more until it works again or somebody says so; whether that is new."""
    sql = "UPDATE webhooks SET parked_at = :now, reason = :reason WHERE subscription = :key AND parked_at IS NULL"
    changed = statements.run(sql, key=key, now=now, reason=reason)
    statements.run("UPDATE outbox SET next_at = NULL WHERE subscription = :key", key=key)
    return changed == 1


def revive(statements: Statements, subscription: str, now: int) -> bool:
    """Go on with a subscription that is parked; whether it was."""
    sql = (
        "UPDATE webhooks SET parked_at = NULL, reason = '', refused = 0"
        " WHERE subscription = :subscription AND parked_at IS NOT NULL"
    )
    if statements.run(sql, subscription=subscription) == 0:
        return False
    hurry(statements, subscription, now)
    return True


def hurry(statements: Statements, subscription: str, now: int) -> int:
    """Try everything that waits of a subscription anew, from now on; how many there are."""
    which = {"subscription": subscription}
    for row in statements.rows("SELECT DISTINCT lane FROM outbox WHERE subscription = :subscription", **which):
        queue(statements, row["lane"], now)
    sql = "UPDATE outbox SET next_at = :now, attempts = 0 WHERE subscription = :subscription"
    return statements.run(sql, now=now, **which)


def forget(statements: Statements, key: str) -> int:
    """Let go of all that waits of a subscription, and of what is known of it; how many parcels that were."""
    statements.run("DELETE FROM webhooks WHERE subscription = :key", key=key)
    return statements.run("DELETE FROM outbox WHERE subscription = :key", key=key)


def end(statements: Statements, key: str, service: str, now: int) -> int:
    """Let go of all that waits of a subscription that was deleted, and see that nothing is kept any more; how much."""
    statements.run(_ENDED, key=key, service=service, now=now)
    statements.run("DELETE FROM webhook_checks WHERE subscription = :key", key=key)
    return statements.run("DELETE FROM outbox WHERE subscription = :key", key=key)


def is_ended(statements: Statements, key: str) -> bool:
    """Whether a subscription was deleted."""
    return bool(statements.rows("SELECT 1 FROM webhooks WHERE subscription = :key AND ended_at > 0", key=key))


def among(uuids: Sequence[str]) -> tuple[str, dict[str, str]]:
    """A list of parameters that stand for UUIDs, and their values."""
    values = {f"uuid_{number}": uuid for number, uuid in enumerate(uuids)}
    return ", ".join(f":{name}" for name in values), values


def problem(outcome: Outcome) -> str:
    """What went wrong, in the words of `shim webhooks list`; nothing of what the target said."""
    return outcome.failure or f"answered {outcome.status}"


def _key(values: Values) -> dict[str, Any]:
    return {column: values[column] for column in KEY}
