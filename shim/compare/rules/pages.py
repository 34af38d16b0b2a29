"""Rules about the list on a page (conventions 5.1): more items than recorded, fewer, or only some of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shim.compare.judging.difference import agree, settle
from shim.compare.judging.jsontext import EVERY, Array, Node, Object, Predicate, Slot, Steps, array, put, select, write
from shim.compare.judging.slots import Count, Form
from shim.compare.rules import reading, witness
from shim.compare.rules.changes import Testify, meets
from shim.compare.rules.reading import RuleError
from shim.compare.rules.witness import Witness
from shim.recordings.symbols import Names

_NEXT = re.compile(r"\d+")
_NEXT_OR_NULL = re.compile(r"\d+|null")


@dataclass(frozen=True)
class ListRule:
    """Which list, and what its items must meet."""

    steps: Steps
    where: Mapping[Steps, Predicate]
    witnesses: tuple[Witness, ...] = ()

    def widen(self, body: Node) -> Node:
        """The body whose list may hold further items that meet `where`."""
        for path, page in list(select(body, self.steps[:-1])):
            if isinstance(page, Object) and _items(page, self._member) is not None:
                body = put(body, path, Wider(page, self._member, self.where))
        return body

    def thin(self, body: Node, testify: Testify) -> Node:
        """The body whose list may lack items that meet `where` and of which the witnesses testify."""
        for path, page in list(select(body, self.steps[:-1])):
            thinned = page if isinstance(page, Thinner) and page.member == self._member else None
            whole = thinned.recorded if thinned else page
            items = enumerate(_items(whole, self._member) or ())
            lacking = frozenset(number for number, item in items if self._may_lack(item, testify))
            if isinstance(whole, Object) and lacking:
                body = put(body, path, Thinner(whole, self._member, lacking.union(thinned.lacking if thinned else ())))
        return body

    def _may_lack(self, item: Node, testify: Testify) -> bool:
        return meets(item, self.where) and testify(self.witnesses, witness.members(item.value))

    def narrow(self, body: Node) -> Node:
        """The body whose list holds only the recorded items that meet `where`."""
        for path, page in list(select(body, self.steps[:-1])):
            if isinstance(page, Object) and (items := _items(page, self._member)) is not None:
                kept = [item for item in items if meets(item, self.where)]
                body = put(body, path, _narrowed(page, self._member, kept))
        return body

    @property
    def _member(self) -> str:
        return str(self.steps[-1])


@dataclass(frozen=True)
class Wider(Slot):
    """A page with the recorded items in order and further ones that meet `where`."""

    recorded: Object
    member: str
    where: Mapping[Steps, Predicate]

    @property
    def wanted(self) -> str:
        """What may stand there besides."""
        return f"{self.text} with further {self.member}"

    def settle(self, answered: Node, names: Names) -> Node | None:
        """The recorded page with the further items that were answered.

        `total` grows by their number: exactly where the page is the whole list, else at least. A page that
        was answered with a `next` may end before the recorded one does.
        """
        found = _items(answered, self.member)
        if found is None:
            return None
        merged, left = self._merge(found, names)
        total, cut = _total(self.recorded), _has_next(answered)
        more = len(merged) + len(left) - len(_items(self.recorded, self.member) or ())
        page = self.recorded.but({self.member: array(merged if cut else [*merged, *left])})
        if cut and more:
            page = page.but({"next": Form(write("0"), _NEXT)})
        if total is not None:
            exact = _is_whole(self.recorded, self.member) and not cut
            page = page.but({"total": Count(write(total), total + more, total + more if exact else None)})
        return settle(page, answered, names)

    def _merge(self, answered: tuple[Node, ...], names: Names) -> tuple[list[Node], list[Node]]:
        """The answered items, each as recorded or as a further one, and what is left of the recorded."""
        left = list(_items(self.recorded, self.member) or ())
        merged: list[Node] = []
        for item in answered:
            trial = names.trial()
            if left and agree(left[0], item, trial):
                names.adopt(trial)
                merged.append(left.pop(0))
            elif meets(item, self.where):
                merged.append(write(item.value))
            else:
                break
        return merged, left


@dataclass(frozen=True)
class Thinner(Slot):
    """A page that may lack some recorded items (by number); others of a further page may stand in for them."""

    recorded: Object
    member: str
    lacking: frozenset[int]

    @property
    def wanted(self) -> str:
        """What may be missing."""
        return f"{self.text} without some {self.member}"

    def settle(self, answered: Node, names: Names) -> Node | None:
        """The recorded page without the items that are missing, and with what takes their place."""
        found = _items(answered, self.member)
        if found is None:
            return None
        kept, missing = self._match(found, names)
        further = [write(item.value) for item in found[len(kept) :]] if _has_next(self.recorded) and missing else []
        page = self.recorded.but({self.member: array([*kept, *further[:missing]])})
        total = _total(self.recorded)
        if total is not None and missing:
            exact = _is_whole(self.recorded, self.member)
            page = page.but({"total": Count(write(total), total - missing if exact else len(kept), total - missing)})
        if missing and _has_next(self.recorded):
            page = page.but({"next": Form(self.recorded.members["next"], _NEXT_OR_NULL)})
        return settle(page, answered, names)

    def _match(self, answered: tuple[Node, ...], names: Names) -> tuple[list[Node], int]:
        """The recorded items that were answered, in order, and how many may be missing and are."""
        kept: list[Node] = []
        missing = 0
        for number, item in enumerate(_items(self.recorded, self.member) or ()):
            trial = names.trial()
            if len(kept) < len(answered) and agree(item, answered[len(kept)], trial):
                names.adopt(trial)
                kept.append(item)
            elif number in self.lacking:
                missing += 1
            else:
                kept.append(item)
        return kept, missing


def read_extra(spec: Any) -> ListRule:
    """Read `extra`: `at` names the list, `where` what further items must meet. Raises RuleError."""
    rule = read_only(spec)
    if meets(write({}), rule.where):
        raise RuleError("where: fits an empty object, so it checks nothing")
    return rule


def read_only(spec: Any) -> ListRule:
    """Read `only`: `at` names the list, `where` what the items that are left meet. Raises RuleError."""
    return _read(spec, {})


def read_fewer(spec: Any) -> ListRule:
    """Read `fewer`: `where` and `witness` tell which items may be missing. Raises RuleError."""
    return _read(spec, {"witness": witness.read})


def _read(spec: Any, further: Mapping[str, reading.Reader]) -> ListRule:
    places: dict[str, reading.Reader] = {"at": reading.steps, "where": reading.predicates}
    parts = reading.section(spec, {**places, **further}, required=places)
    if parts["at"][-1:] in ((), (EVERY,)) or isinstance(parts["at"][-1], int):
        raise RuleError("at: should end in the name of a list")
    return ListRule(parts["at"], parts["where"], parts.get("witness", ()))


def _narrowed(page: Object, member: str, kept: list[Node]) -> Object:
    """A page of the `kept` items; what stands on other pages can only be bounded."""
    dropped = len(_items(page, member) or ()) - len(kept)
    narrowed = page.but({member: array(kept)}) if dropped else page
    total, least = _total(page), len(kept)
    if total is not None:
        count = Count(write(total), least, total - dropped)
        narrowed = narrowed.but({"total": write(least) if _is_whole(page, member) else count})
    if _has_next(page):
        narrowed = narrowed.but({"next": Form(page.members["next"], _NEXT_OR_NULL)})
    return narrowed


def _items(node: Node, member: str) -> tuple[Node, ...] | None:
    found = node.members.get(member) if isinstance(node, Object) else None
    return found.items if isinstance(found, Array) else None


def _has_next(node: Node) -> bool:
    further = node.members.get("next") if isinstance(node, Object) else None
    return further is not None and further.value is not None


def _is_whole(page: Object, member: str) -> bool:
    """Whether a page is the whole list: nothing follows it, and nothing stands before it."""
    return not _has_next(page) and _total(page) == len(_items(page, member) or ())


def _total(page: Object) -> int | None:
    total = page.members["total"].value if "total" in page.members else None
    return total if isinstance(total, int) else None
