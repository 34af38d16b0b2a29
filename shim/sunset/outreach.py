"""What was agreed with callers: who was told of the end, who answered, who has moved, who may be named.

Whoever nothing was noted of is open. A caller that is noted as moved and calls again is open again, for as long as no
other state is noted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from shim.store import Row, Statements, Store

NEXT: Mapping[str, tuple[str, ...]] = {
    "open": ("told", "moved"),
    "told": ("told", "answered", "moved", "open"),
    "answered": ("told", "moved", "open"),
    "moved": ("open",),
}
"""Which states may follow each; being told again is a reminder."""
STATES = tuple(NEXT)
CONSENTS = ("unknown", "yes", "no")
LONGEST_NOTE = 1000
_NAME = re.compile(r"[A-Za-z0-9_][\w.-]{0,63}", re.ASCII)
_NOTED = (
    "INSERT INTO outreach (caller, state, consent, note, told_at, answered_at, updated_at)"
    " VALUES (:caller, :state, :consent, :note, :told_at, :answered_at, :updated_at)"
    " ON CONFLICT (caller) DO UPDATE SET state = excluded.state, consent = excluded.consent, note = excluded.note,"
    " told_at = excluded.told_at, answered_at = excluded.answered_at, updated_at = excluded.updated_at"
)
_WHY_NOT = {
    ("open", "open"): "{name} is open already: nobody has told {name} yet",
    ("open", "answered"): "{name} is open: mark {name} told before answered, with the day's date",
    ("answered", "answered"): "{name} is answered already; a --note adds to that",
    ("moved", "moved"): "{name} has moved already; a --note adds to that",
    ("moved", "told"): "{name} has moved and does not call any more: mark {name} open to begin anew",
    ("moved", "answered"): "{name} has moved and does not call any more: mark {name} open to begin anew",
}


class Pointless(ValueError):
    """A state that can't follow the present one, and why."""


@dataclass(frozen=True)
class Contact:
    """What is noted of a caller, by name without `~`. Times are Unix seconds; `updated_at` is when the state began.

    `consent` says whether the caller agrees to be named in public: yes, no or unknown.
    """

    caller: str
    state: str = "open"
    consent: str = "unknown"
    note: str = ""
    told_at: int | None = None
    answered_at: int | None = None
    updated_at: int = 0

    def has_returned(self, last_call: int | None) -> bool:
        """Whether the caller had moved and has called since."""
        return self.state == "moved" and last_call is not None and last_call > self.updated_at

    def standing(self, last_call: int | None) -> str:
        """The state, given when the caller was heard of last."""
        return "open" if self.has_returned(last_call) else self.state


class Outreach:
    """The notes in the store. Each method raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def contacts(self) -> dict[str, Contact]:
        """What is noted, by caller."""
        return {row["caller"]: _contact(row) for row in self._store.read("SELECT * FROM outreach")}

    def mark(
        self,
        name: str,
        state: str | None,
        *,
        note: str | None = None,
        consent: str | None = None,
        last_call: int | None = None,
        now: int,
    ) -> Contact:
        """Note a state, a note or a consent; what is None stays as it is. Raises Pointless."""

        def work(statements: Statements) -> Contact:
            rows = statements.rows("SELECT * FROM outreach WHERE caller = :caller", caller=name)
            known = _contact(rows[0]) if rows else Contact(name, updated_at=now)
            marked = _said(_moved(known, state, note or consent, last_call, now), note, consent)
            statements.run(_NOTED, **vars(marked))
            return marked

        return self._store.write(work)


def is_name(caller: str) -> bool:
    """Whether somebody goes by that name: not those who are counted together or known by a hash alone."""
    return _NAME.fullmatch(caller) is not None


def checked_note(text: str) -> str:
    """A note as it is kept. Raises ValueError for one that no table could show."""
    if len(text) > LONGEST_NOTE or not text.isprintable():
        raise ValueError(f"a note is one line of at most {LONGEST_NOTE} characters")
    return text


def _contact(row: Row) -> Contact:
    return Contact(**{**row, "consent": row["consent"] or "unknown"})


def _moved(known: Contact, state: str | None, said: str | None, last_call: int | None, now: int) -> Contact:
    """A contact in its next state; the same state once more only carries what else is said."""
    present = known.standing(last_call)
    if state is None or (state == present == known.state and said and state != "told"):
        return known
    if state not in NEXT[present] and not (state == "open" and known.state == "moved"):
        raise Pointless(_WHY_NOT[present, state].format(name=f"~{known.caller}"))
    told_at = now if state == "told" else known.told_at
    answered_at = now if state == "answered" else known.answered_at
    return replace(known, state=state, updated_at=now, told_at=told_at, answered_at=answered_at)


def _said(contact: Contact, note: str | None, consent: str | None) -> Contact:
    note = contact.note if note is None else note
    return replace(contact, note=note, consent=contact.consent if consent is None else consent)
