"""What became of an attempt to deliver."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from shim.services.bridge import LARGEST, TIMED_OUT, UNANSWERED, Record

TIMEOUT, BROKEN, BAD_URL, BUSY, TLS = "timeout", "broken", "bad url", "busy", "tls"
"""Failures, beside those of connection.Unreached: no answer in time, or none that can be read; no URL that could be
asked; too many deliveries at once, of which nothing was tried; no certificate of the target's."""
GONE = 410
LATE_TEXT = "Request timed out after 5 seconds."
"""What the old services recorded of such an attempt (conventions 8.1)."""
_AGAIN = frozenset({429, 502, 503, 504})
"""Answers that are no delivery: of a target, or a proxy before it, that takes nothing now. Any other was one of old."""
_HEADERS = 8192
"""How many characters of the answer's headers are kept: escaped, they leave room in the record."""
_LONGEST = 86400.0
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Outcome:
    """`status`, `headers` and `body` are of the target's answer, None and empty without one; `failure` says then why,
    in one of few words. `body` are its first LARGEST bytes as they came, `sent` the headers that say what was sent.
    """

    status: int | None = None
    headers: Pairs = ()
    body: bytes = b""
    sent: Pairs = ()
    failure: str = ""

    @property
    def again(self) -> bool:
        """Whether another attempt may do better. Whatever else was answered, the target has made up its mind."""
        if self.status is None:
            return self.failure != BAD_URL
        return self.status in _AGAIN

    @property
    def gone(self) -> bool:
        """Whether the target wants nothing any more."""
        return self.status == GONE

    def retry_after(self, now: float) -> float | None:
        """Seconds that the target wants to be left alone, at most a day; `now` in Unix seconds."""
        told = next((value for key, value in self.headers if key.lower() == "retry-after"), "").strip()
        seconds = float(told[:9]) if told.isdecimal() and told.isascii() else _until(told, now)
        return None if seconds is None else min(max(seconds, 0.0), _LONGEST)

    def record(self) -> Record:
        """It as upstream keeps it."""
        sent = _lines(self.sent)
        if self.status is not None:
            return Record(self.status, _lines(self.headers)[:_HEADERS], self._text(), sent)
        if self.failure == TIMEOUT:
            return Record(TIMED_OUT, None, LATE_TEXT, sent)
        return Record(UNANSWERED, None, None, sent)

    def _text(self) -> str | None:
        """The body, None where it is no UTF-8; half a character at the end is what was cut."""
        try:
            return codecs.getincrementaldecoder("utf-8")().decode(self.body, final=len(self.body) < LARGEST)
        except UnicodeDecodeError:
            return None


def _lines(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{key}: {value}" for key, value in pairs)


def _until(date: str, now: float) -> float | None:
    try:
        when = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=timezone.utc)
    return (aware - datetime.fromtimestamp(now, timezone.utc)).total_seconds()
