"""Which revision a path means: `ref/with/slashes/and/a/path`, tried from the shortest on (git 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import count, islice, takewhile
from typing import Any

from werkzeug.exceptions import NotFound

from shim.services.call import Call
from shim.services.git.complete import Incomplete
from shim.services.git.known import Known, known
from shim.services.git.peel import reached
from shim.services.git.revspec import SHORTEST_PREFIX, Malformed, Revspec, Unresolvable, parse
from shim.upstream import Result

AT_ONCE = 8
"""How many readings are asked for in one document, whose complexity is then far from the servers' limit (git 4.1)."""
Check = Callable[[Mapping[str, Any]], None]
Ask = Callable[[Sequence["Candidate"]], "Found | None"]
Listing = Callable[[], Known | None]


class NoHead(NotFound):
    """The repository's HEAD points at no branch: nothing resolves, not even an id (git 4.3).

    `repository` has its first references, where they are known already.
    """

    def __init__(self, repository: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.repository = repository


@dataclass(frozen=True)
class Candidate:
    """One reading of a path: the revision it would begin with, and the segments left over."""

    spec: Revspec
    rest: tuple[str, ...]
    prefix: str = ""
    """What the commit's id must begin with."""

    @property
    def path(self) -> str:
        """The path inside the commit; empty for its root."""
        return "/".join(filter(None, (*self.spec.path.split("/"), *self.rest)))


@dataclass(frozen=True)
class Found:
    """The candidate that resolved: the commit's slot, the entry's where a path was asked for, the whole answer."""

    candidate: Candidate
    commit: Mapping[str, Any]
    entry: Mapping[str, Any] | None
    result: Result


@dataclass(frozen=True)
class Loose:
    """A candidate that resolved to something else than a commit: its object id, and the segments left over."""

    oid: str
    candidate: Candidate


def segments_of(ref: str, path: str | None = None) -> list[str]:
    """The segments of a ref and a path as the routes split them."""
    return [ref, *(path or "").split("/")] if path else [ref]


def candidates(segments: Sequence[str], longest: int | None = None) -> Iterator[Candidate]:
    """The readings of a path that are revisions at all, the shortest first; `longest` is in segments.

    Of those that name something inside the same object only the first: where that is not, there is nothing below it.
    """
    inside: set[str] = set()
    for number in range(1, min(len(segments), longest or len(segments)) + 1):
        text = "/".join(segments[:number])
        try:
            spec = parse(text)
        except (Malformed, Unresolvable):
            continue
        above = text.partition(":")[0]
        if not spec.path or above not in inside:
            yield Candidate(spec, tuple(filter(None, segments[number:])))
        if spec.path:
            inside.add(above)


def find(
    call: Call, r: str, operation: str, segments: Sequence[str], check: Check | None = None, **variables: Any
) -> Found | Loose:
    """Resolve a path by an operation with fields `c0`, `e0`, `t0`: the shortest revision that exists wins.

    `check` sees the data before anything else is concluded from it, and may raise. Raises 404 where nothing
    resolves or, if the operation asks for it, the repository's HEAD points nowhere; complete.Incomplete where the
    names would have to be known and can't be.
    """

    def ask(asked: Sequence[Candidate]) -> Found | None:
        return _ask(call, r, operation, asked, variables, check)

    first = list(islice(candidates(segments), AT_ONCE + 1))
    early = list(takewhile(lambda c: not c.spec.is_treacherous, first[:AT_ONCE]))
    found = ask([c for c in early if c.spec.plain]) if early or not first else None
    if found is not None or not first:
        return found or _nothing()
    listing = cache(lambda: _listing(call, r, any(c.spec.prefix for c in first)))
    later = _later(segments, first, listing)[len(early) :] if len(early) < len(first) else []
    late = [safe for c in later if c.spec.plain for safe in _safe(c, listing())]
    found = ask(late) if late or not early else None
    return found or _otherwise(call, r, (*early, *later), listing, ask)


def _nothing() -> Found:
    raise NotFound


def _later(segments: Sequence[str], first: Sequence[Candidate], listing: Listing) -> list[Candidate]:
    """All readings that can be: none has more segments than the longest name. Raises Incomplete."""
    names = listing()
    if names is not None:
        longest = max((name.count("/") + 1 for name in names.references), default=1)
        return list(candidates(segments, max(longest, AT_ONCE)))
    if len(first) > AT_ONCE:
        raise Incomplete
    return list(first)


def _otherwise(call: Call, r: str, readings: Sequence[Candidate], listing: Listing, ask: Ask) -> Found | Loose:
    """What a reading names that upstream can't resolve by itself: the object, or the commit that it leads to."""
    oid, candidate = _named(call, r, readings, listing)
    other = loose(oid, candidate)
    return other if candidate.spec.is_bare else ask([other.candidate]) or other


def _listing(call: Call, r: str, ids: bool) -> Known | None:
    """The repository's names and ids, None where they can't be had completely."""
    with suppress(Incomplete):
        return known(call, r, ids=ids)
    return None


def _safe(candidate: Candidate, listing: Known | None) -> Iterator[Candidate]:
    """The candidate as upstream understands it: a treacherous base gives way to the object id it stands for.

    Without a listing the full names that it may mean are tried, and it itself as the beginning of an id (git 4.3).
    With one a base that is no name is left out.
    """
    spec = candidate.spec
    if not spec.is_treacherous:
        if listing is None or spec.is_oid or listing.named(spec.base):
            yield candidate
    elif listing is None:
        yield from (replace(candidate, spec=replace(spec, base=name)) for name in spec.names)
        if spec.prefix and len(spec.prefix) >= SHORTEST_PREFIX and not spec.walk:
            yield replace(candidate, prefix=spec.prefix)
    elif (oid := listing.find(spec)) is not None:
        yield replace(candidate, spec=replace(spec, base=oid))


def _ask(
    call: Call,
    r: str,
    operation: str,
    asked: Sequence[Candidate],
    variables: Mapping[str, Any],
    check: Check | None,
) -> Found | None:
    for begin in range(0, max(len(asked), 1), AT_ONCE):
        batch = asked[begin : begin + AT_ONCE]
        result = call.fetch(operation, _counts(batch), r=r, **_values(batch), **variables)
        repository = call.require(result, "owner", "repository")
        if check is not None:
            check(result.data)
        if "HEAD" in repository and repository["HEAD"] is None:
            raise NoHead
        for candidate, place in zip(batch, _places(batch), strict=True):
            commit = repository[f"t{place}"] if not candidate.path else repository[f"c{place}"]
            if commit and commit["id"].startswith(candidate.prefix):
                entry = repository.get(f"e{place}") if candidate.path else None
                return Found(candidate, commit, entry, result)
    return None


def _places(batch: Iterable[Candidate]) -> Iterator[int]:
    """The number of each candidate among those that have a path, or among those that have none."""
    numbers = {True: count(), False: count()}
    return (next(numbers[bool(candidate.path)]) for candidate in batch)


def _counts(batch: Sequence[Candidate]) -> dict[str, int]:
    """How many of each field and variable the candidates take."""
    with_path = sum(bool(candidate.path) for candidate in batch)
    return dict.fromkeys(("c0", "e0", "r0", "p0"), with_path) | dict.fromkeys(("t0", "s0"), len(batch) - with_path)


def _values(batch: Sequence[Candidate]) -> dict[str, Any]:
    """The variables for a batch of candidates."""
    variables: dict[str, Any] = {}
    for candidate, place in zip(batch, _places(batch), strict=True):
        revision = candidate.spec.upstream()
        if candidate.path:
            variables |= {f"r{place}": revision, f"p{place}": candidate.path}
        else:
            variables[f"s{place}"] = revision
    return variables


def _named(call: Call, r: str, readings: Sequence[Candidate], listing: Listing) -> tuple[str, Candidate]:
    """The object that a candidate names though upstream knows no commit of it; a listing or the id itself can tell.

    Without a listing nothing is found; but a name with an `@` in it upstream may not even have understood.
    """
    if readings and readings[0].spec.is_oid and readings[0].spec.is_bare:
        return readings[0].spec.base.lower(), readings[0]
    names = listing()
    if names is None and any("@" in c.spec.base for c in readings if c.spec.is_bare):
        raise Incomplete
    for candidate in readings:
        if oid := _reached(call, r, candidate.spec, names):
            return oid, candidate
    raise NotFound


def _reached(call: Call, r: str, spec: Revspec, listing: Known | None) -> str | None:
    with suppress(Malformed):
        return reached(call, r, spec, listing)
    return None


def loose(oid: str, candidate: Candidate) -> Loose:
    """An object that a whole revision names, its `^{tree}` or `:path` included."""
    return Loose(oid, replace(candidate, spec=Revspec(oid)))


def inside(call: Call, r: str, found: Found) -> Loose:
    """What `^{tree}` or `:path` at the end of a revision name in the commit that was found. Raises 404 for nothing."""
    oid = reached(call, r, found.candidate.spec.within(found.commit["id"]), None)
    if oid is None:
        raise NotFound
    return loose(oid, found.candidate)
