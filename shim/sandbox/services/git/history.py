"""The log of a repository in go-git's order: by committer time, the newest first."""

from __future__ import annotations

from collections.abc import Iterator

from shim.sandbox.engine.errors import FieldError
from shim.sandbox.services.git.bare import Bare
from shim.sandbox.services.git.decode import CommitData

Item = tuple[str, CommitData]


def history(bare: Bare, start: str) -> Iterator[Item]:
    """The commits from `start` on, each once."""
    heap, seen = _Heap(), set()
    heap.push(_item(bare, start))
    while item := heap.pop():
        oid, data = item
        if oid in seen:
            continue
        seen.add(oid)
        for parent in data.parents:
            if parent not in seen:
                heap.push(_item(bare, parent))
        yield item


def _item(bare: Bare, oid: str) -> Item:
    raw = bare.objects.of_type(oid, "commit")
    if raw is None:
        raise FieldError("object not found")
    return oid, CommitData.decode(raw.data)


class _Heap:
    """The binary heap of go-git's walk; heapq would order commits of equal time otherwise."""

    def __init__(self) -> None:
        self._items: list[Item] = []

    def push(self, item: Item) -> None:
        items, place = self._items, len(self._items)
        items.append(item)
        while place and _older(items[(place - 1) // 2], items[place]):
            above = (place - 1) // 2
            items[above], items[place] = items[place], items[above]
            place = above

    def pop(self) -> Item | None:
        items = self._items
        if not items:
            return None
        items[0], items[-1] = items[-1], items[0]
        item, place = items.pop(), 0
        while (below := self._younger_child(place)) and _older(items[place], items[below]):
            items[place], items[below] = items[below], items[place]
            place = below
        return item

    def _younger_child(self, place: int) -> int:
        left, right = 2 * place + 1, 2 * place + 2
        if left >= len(self._items):
            return 0
        return right if right < len(self._items) and _older(self._items[left], self._items[right]) else left


def _older(a: Item, b: Item) -> bool:
    times = a[1].committer.time, b[1].committer.time
    return times[1] is not None and (times[0] is None or times[0] < times[1])
