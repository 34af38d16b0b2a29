"""What the subscription and delivery routes need of the bridge that delivers (conventions 16.15 to 16.19).

`shim.webhooks` has it; without one, subscriptions are kept upstream all the same, and nothing was sent later than
upstream tells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shim.services.subscription import Subscription

LARGEST = 65536
"""How many bytes of an answer upstream keeps (conventions 9.2)."""
TIMED_OUT, UNANSWERED = -1, -2
"""What stands for a status where the target took too long, and where nothing of it came."""
Row = Mapping[str, Any]
"""One of upstream's deliveries: uuid, date, event, requestBody, responseBody, responseStatus."""


@dataclass(frozen=True)
class Record:
    """What became of one attempt to deliver, as it stands in the receiver's answers to upstream (conventions 16.17).

    `status` is the target's, or TIMED_OUT or UNANSWERED; `headers` and `sent` are lines `Key: value` of the target's
    answer and of the request, in their order, joined by line feeds; `text` is what it answered, or what is told of an
    answer that came too late, None where that is no text or nothing came. `reason` says why nothing was sent at all,
    where that was so.
    """

    status: int = UNANSWERED
    headers: str | None = None
    text: str | None = None
    sent: str = ""
    reason: str = ""

    def write(self) -> bytes:
        """The answer to upstream, JSON of at most LARGEST bytes: as much of the text as there is room for."""
        most = LARGEST if self.text is None else len(self.text)
        least = 0
        while self.text is not None and least < most:
            middle = (least + most + 1) // 2
            least, most = (middle, most) if len(self._json(middle)) <= LARGEST else (least, middle - 1)
        return self._json(most)

    @classmethod
    def read(cls, text: str | None) -> Record | None:
        """The record in an answer, None for other answers."""
        try:
            match json.loads(text or ""):
                case {
                    "shim": 1,
                    "target_status": int(status),
                    "target_headers": str() | None as headers,
                    "target_text": str() | None as told,
                    "headers_sent": str(sent),
                    "reason": str(reason),
                }:
                    return cls(status, headers, told, sent, reason)
        except (ValueError, RecursionError):
            pass
        return None

    def _json(self, characters: int) -> bytes:
        written = {
            "shim": 1,
            "target_status": self.status,
            "target_headers": self.headers,
            "target_text": None if self.text is None else self.text[:characters],
            "headers_sent": self.sent,
            "reason": self.reason,
        }
        return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


@dataclass(frozen=True)
class Named:
    """A subscription with the id that upstream knows it by.

    `place` is the owner's and its own name of the tracker or list that it hangs at, `jdoe/bugs`; empty elsewhere.
    """

    id: int
    subscription: Subscription
    place: str = ""


@dataclass(frozen=True)
class Check:
    """A comparison of upstream's records of a subscription with what arrived, the newest first.

    It goes on at `cursor` (None: at the newest) and ends at `done`, up to which it was done before; `until` is the
    newest that it has met, 0 where it has met none. Both are in microseconds since 1970.
    """

    named: Named
    cursor: str | None = None
    done: int = 0
    until: int = 0


class Bridge(Protocol):
    """What delivers. None of its methods raises over a target or a store that can't be had."""

    def send(self, named: Named, event: str, uuid: str, payload: bytes) -> Record:
        """Send a payload once, now, with a new nonce, and keep the outcome for `later`."""
        ...

    def later(self, named: Named, uuids: Sequence[str]) -> Mapping[str, Record]:
        """What became of attempts made after upstream's records of these deliveries, by UUID: the last of each."""
        ...

    def met(self, named: Named, rows: Sequence[Row]) -> None:
        """Upstream tells the owner of these deliveries, the newest first: what never arrived here is delivered once.

        Only notes what is to do; never waits for a target.
        """
        ...

    def made(self, named: Named) -> None:
        """A subscription was made: what upstream could not deliver of it can be looked for."""
        ...

    def ended(self, named: Named) -> None:
        """A subscription was deleted: what still waits for its target is not sent any more."""
        ...

    def due(self, found: Sequence[Named]) -> Check | None:
        """The comparison that is to be made next of those of some subscriptions, None where none is due.

        Whoever is given it asks upstream once, and says by `compared` what it told.
        """
        ...

    def compared(self, check: Check, rows: Sequence[Row], following: str | None) -> None:
        """Upstream tells of these deliveries, and `following` is the cursor behind them: as by `met`, but newer ones
        than were compared before only.
        """
        ...


class Unconnected:
    """The bridge of an app that delivers nothing itself, because another process does, or none."""

    def send(self, named: Named, event: str, uuid: str, payload: bytes) -> Record:
        """Nothing is sent."""
        return Record()

    def later(self, named: Named, uuids: Sequence[str]) -> Mapping[str, Record]:
        """There are no attempts."""
        return {}

    def met(self, named: Named, rows: Sequence[Row]) -> None:
        """Nothing is done about it."""

    def made(self, named: Named) -> None:
        """Nothing is looked for."""

    def ended(self, named: Named) -> None:
        """Nothing waits."""

    def due(self, found: Sequence[Named]) -> None:
        """Nothing is known to compare with."""

    def compared(self, check: Check, rows: Sequence[Row], following: str | None) -> None:
        """Nothing is done about it."""
