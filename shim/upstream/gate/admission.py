"""Who may begin a call, and who waits: the gate's rules, without threads, sockets or a clock of their own.

All services that share a database server share a *pool*: the weights of its calls under way add up to a sum that
adapts. Besides, each service has an adaptive number of calls under way. Who waits is served in turn, caller by caller.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from shim.upstream.gate.adaptive import Adaptive

SLOW_SHARE = 1 / 3
"""The part of `max-duration` from which on a call counts as slow."""


@dataclass(frozen=True)
class Bounds:
    """What limits the calls of a service: the weight under way in its `pool`, its own calls, and who may wait.

    `slow` is in seconds: a call that takes longer is a sign of trouble.
    """

    service: str
    pool: str = ""
    weight: int = 50
    calls: int = 16
    waiting: int = 256
    slow: float = 1.0


@dataclass(eq=False)
class Entry:
    """One call at the gate: `state` is waiting, inside, refused or gone; `settled` hears when it stops waiting.

    `begun` is when it was let in. One that is `beside` the sum is let in though the pool is full; one that is `overdue`
    is slow already, and one that is `stale` lasts longer than the API itself works on anything.
    """

    bounds: Bounds
    caller: str
    weight: int = 1
    settled: Callable[[Entry], None] = lambda entry: None
    state: str = "waiting"
    begun: float = 0.0
    beside: bool = False
    overdue: bool = False
    stale: bool = False

    @property
    def queue(self) -> tuple[str, str]:
        """Whom it waits behind: the same caller at the same service."""
        return self.bounds.service, self.caller

    def settle(self, state: str) -> None:
        """Stop waiting."""
        self.state = state
        self.settled(self)


@dataclass
class _Service:
    limit: Adaptive
    inside: set[Entry] = field(default_factory=set)
    waiting: int = 0


class _Pool:
    """The calls of the services that share a database server."""

    def __init__(self) -> None:
        self.limit = Adaptive(1)
        self.services: dict[str, _Service] = {}
        self.queues: OrderedDict[tuple[str, str], deque[Entry]] = OrderedDict()

    def service(self, bounds: Bounds) -> _Service:
        """One of its services, with its bounds as they are now."""
        self.limit.bound(bounds.weight)
        service = self.services.get(bounds.service)
        if service is None:
            service = self.services[bounds.service] = _Service(Adaptive(bounds.calls))
        service.limit.bound(bounds.calls)
        return service

    def inside(self) -> Iterator[Entry]:
        """All calls under way."""
        return (entry for service in self.services.values() for entry in service.inside)

    def weight(self) -> int:
        """The sum of what is under way. A light call that hangs no longer counts: its service's limit has shrunk."""
        return sum(e.weight for e in self.inside() if not (e.beside or (e.stale and e.weight == 1)))


class Admission:
    """The state of the gate. Times are points of one clock in seconds, given by whoever calls."""

    def __init__(self) -> None:
        self._pools: dict[str, _Pool] = {}

    def arrive(self, entry: Entry, now: float) -> None:
        """Somebody wants to begin a call: it is let in, waits, or is refused because too many wait already."""
        pool = self._pool(entry)
        service = pool.service(entry.bounds)
        if service.waiting >= entry.bounds.waiting and not self._make_room(pool, entry):
            entry.settle("refused")
            return
        pool.queues.setdefault(entry.queue, deque()).append(entry)
        service.waiting += 1
        self._notice(pool, now)
        self._admit(pool, now)

    def leave(self, entry: Entry, now: float, *, good: bool) -> None:
        """A call has ended; `good` says whether the API answered it at all."""
        pool = self._pool(entry)
        service = pool.services[entry.bounds.service]
        if entry not in service.inside:
            return
        service.inside.discard(entry)
        entry.state = "gone"
        slow = now - entry.begun > entry.bounds.slow
        limits = [(service.limit, 1)] + ([(pool.limit, entry.weight)] if entry.weight > 1 else [])
        for limit, share in limits:
            if slow or not good:
                limit.shrink(entry.begun, now)
            else:
                limit.grow(share)
        self._admit(pool, now)

    def withdraw(self, entry: Entry, now: float) -> None:
        """Somebody who waits waits no longer."""
        if entry.state == "waiting":
            self._forget(self._pool(entry), entry)
            entry.settle("refused")
            self._admit(self._pool(entry), now)

    def look(self, now: float) -> None:
        """Notice calls that are slow while they last; to be called now and then."""
        for pool in self._pools.values():
            self._notice(pool, now)
            self._admit(pool, now)

    def sums(self) -> dict[str, tuple[int, float]]:
        """The weight under way and the sum that is admitted, by pool."""
        return {name: (pool.weight(), pool.limit.value) for name, pool in self._pools.items()}

    def _pool(self, entry: Entry) -> _Pool:
        return self._pools.setdefault(entry.bounds.pool, _Pool())

    def _notice(self, pool: _Pool, now: float) -> None:
        for service in pool.services.values():
            for entry in service.inside:
                entry.stale = (now - entry.begun) * SLOW_SHARE > entry.bounds.slow
                if not entry.overdue and now - entry.begun > entry.bounds.slow:
                    entry.overdue = True
                    service.limit.shrink(entry.begun, now)
                    if entry.weight > 1:
                        pool.limit.shrink(entry.begun, now)

    def _admit(self, pool: _Pool, now: float) -> None:
        """Let in who fits, caller by caller; behind one whom the sum keeps out nobody takes part of it away."""
        full = False
        again = True
        while again:
            again = False
            for name in list(pool.queues):
                entry = pool.queues[name][0]
                service = pool.services[entry.bounds.service]
                if len(service.inside) >= max(1, int(service.limit.value)):
                    continue
                entry.beside = entry.weight == 1 and not service.inside
                if not entry.beside and (full or not _fits(pool, entry)):
                    full = True
                    continue
                self._forget(pool, entry)
                service.inside.add(entry)
                entry.begun = now
                entry.settle("inside")
                again = True

    def _forget(self, pool: _Pool, entry: Entry) -> None:
        """Take an entry out of its queue; its caller goes behind the others."""
        queue = pool.queues.pop(entry.queue)
        queue.remove(entry)
        pool.services[entry.bounds.service].waiting -= 1
        if queue:
            pool.queues[entry.queue] = queue

    def _make_room(self, pool: _Pool, entry: Entry) -> bool:
        """Refuse the newest of the service's caller who waits most often, unless that is the one who comes."""
        longest = max((q for name, q in pool.queues.items() if name[0] == entry.bounds.service), key=len)
        if len(longest) <= len(pool.queues.get(entry.queue, ())) + 1:
            return False
        pool.services[entry.bounds.service].waiting -= 1
        longest.pop().settle("refused")
        return True


def _fits(pool: _Pool, entry: Entry) -> bool:
    taken = pool.weight()
    return taken == 0 or taken + entry.weight <= pool.limit.value
