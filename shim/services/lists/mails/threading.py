"""Which thread a mail belongs to, without asking for threads that might end the server's process (lists 4.4).

A thread whose root is in a charset that the server can't read kills it. What can't be read has no headers, so mails
are followed up to their topmost one first. Only where that one answers something which is not there, it may belong
under another root, and then its list must show that all of its roots can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shim.services.budget import Overdrawn
from shim.services.call import Call
from shim.services.lists.asking.paging import MOST_KEYS
from shim.services.lists.asking.several import in_parts, one_by_one

MOST_CLIMBED = 5
"""How many mails are followed upwards in one request, for each costs 37 of the fields that one may have."""
MOST_CLIMBS = 2
MOST_COUNTED = 28
MOST_LISTS = 2
"""How many lists are asked whether all of their roots can be read."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Top:
    """The topmost mail above another, or itself: whether it can be read, and whether it answers something."""

    id: int
    readable: bool
    answers: bool


@dataclass(frozen=True)
class Thread:
    """A mail's place: its root's id, and of a root what its thread counts (None: unknown)."""

    root: int
    replies: int | None = None
    participants: int | None = None


class Threads:
    """Finds the threads of the mails of one answer; `complete` says whether none of them had to be guessed."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._climbs, self._lists = MOST_CLIMBS, MOST_LISTS
        self._proven: dict[int, bool] = {}
        self.complete = True

    def of(self, mails: Sequence[Row], counted: bool = False) -> dict[int, Thread]:
        """The threads of mails with their `ancestors` and lists, by id; of roots with what they count, if asked for."""
        tops = self._tops(mails)
        places = {mail["id"]: mail["list"] for mail in mails}
        doubtful = {top.id: places[i] for i, top in tops.items() if top.answers and top.readable}
        known = self._asked(self._safe(doubtful))
        certain = [i for i, top in tops.items() if counted and i == top.id and top.readable and not top.answers]
        known |= self._asked(certain)
        return {i: self._thread(i, top, known) for i, top in tops.items()}

    def of_parentless(self, mails: Sequence[Row]) -> dict[int, Thread]:
        """The threads of mails without a parent, of which only the lists are known, as far as they may be asked for."""
        return self._asked(self._safe({mail["id"]: mail["list"] for mail in mails}))

    def _thread(self, mail: int, top: Top, known: Mapping[int, Thread]) -> Thread:
        if mail in known:
            return known[mail]
        return Thread(known[top.id].root if top.id in known else top.id)

    def _tops(self, mails: Sequence[Row]) -> dict[int, Top]:
        """The topmost mails, by the ids of those below them."""
        reached = {mail["id"]: topmost(mail) for mail in mails}
        while unended := sorted({top["id"] for top in reached.values() if "parent" not in top}):
            if self._climbs == 0:
                self.complete = False
                break
            self._climbs -= 1
            further = self._climbed(unended[:MOST_CLIMBED])
            reached = {i: further.get(top["id"], top) for i, top in reached.items()}
            if not further:
                break
        return {i: Top(top["id"], bool(top["above"]), bool(top["answers"])) for i, top in reached.items()}

    def _climbed(self, ids: Sequence[int]) -> dict[int, Row]:
        return {mail["id"]: topmost(mail) for mail in self._told("Ancestors", ids)}

    def _safe(self, doubtful: Mapping[int, Row]) -> list[int]:
        """Those of the mails whose thread may be asked for: the roots of their lists can all be read."""
        safe = [i for i, of_list in doubtful.items() if self._is_proven(of_list)]
        self.complete &= len(safe) == len(doubtful)
        return safe

    def _is_proven(self, of_list: Row) -> bool:
        if of_list["id"] not in self._proven:
            self._lists -= 1
            self._proven[of_list["id"]] = self._lists >= 0 and _proven(self._call, of_list)
        return self._proven[of_list["id"]]

    def _asked(self, ids: Iterable[int]) -> dict[int, Thread]:
        found: dict[int, Thread] = {}
        for some in in_parts(sorted(ids), MOST_COUNTED):
            for mail in self._told("ThreadsOfMails", some):
                told = mail["thread"]
                found[mail["id"]] = Thread(told["root"]["id"], told["replies"], told["participants"])
        return found

    def _told(self, operation: str, ids: Sequence[int]) -> list[Row]:
        """What an operation tells of mails; nothing where no calls are left, and the threads are not complete."""
        try:
            return one_by_one(self._call, operation, "mail", ids)
        except Overdrawn:
            self.complete = False
            return []


def _proven(call: Call, of_list: Row) -> bool:
    """Whether all roots are known to be readable, which they are not where no calls are left."""
    try:
        return all_roots_are_readable(call, of_list)
    except Overdrawn:
        return False


def all_roots_are_readable(call: Call, of_list: Row) -> bool:
    """Whether a list tells of all its threads, which fails harmlessly over a root that can't be read."""
    place = {"o": of_list["owner"]["name"], "l": of_list["name"]}
    result = call.fetch("Roots", rows=call.most(MOST_KEYS), cursor=call.sealed(MOST_KEYS), **place)
    page = result.get("of", "list", "threads")
    return page is not None and not result.errors and page["cursor"] is None


def topmost(mail: Row) -> Row:
    """The last mail on the way up, or the mail itself; it has no `parent` at all where the way may go on."""
    while mail.get("parent") is not None:
        mail = mail["parent"]
    return mail
