"""Which revision a path means: `ref/with/slashes/and/a/path`, tried from the shortest on (git 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.exceptions import NotFound

from shim.services.call import Call
from shim.services.git.complete import Incomplete
from shim.services.git.known import Known, known
from shim.services.git.peel import reached
from shim.services.git.revspec import SHORTEST_PREFIX, Malformed, Revspec, Unresolvable, parse
from shim.upstream import Result

SLOTS = 4
Check = Callable[[Mapping[str, Any]], None]


class NoHead(NotFound):
    """The repository's HEAD points at no branch: nothing resolves, not even an id (git 4.3)."""


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


def candidates(segments: Sequence[str]) -> Iterator[Candidate]:
    """The readings of a path that are revisions at all, the shortest first."""
    for count in range(1, len(segments) + 1):
        try:
            spec = parse("/".join(segments[:count]))
        except (Malformed, Unresolvable):
            continue
        yield Candidate(spec, tuple(filter(None, segments[count:])))


def find(
    call: Call, r: str, operation: str, segments: Sequence[str], check: Check | None = None, **variables: Any
) -> Found | Loose:
    """Resolve a path by an operation with slots `r0`.., `p0`..: the shortest revision that exists wins.

    `check` sees the data before anything else is concluded from it, and may raise. Raises 404 where nothing
    resolves or, if the operation asks for it, the repository's HEAD points nowhere.
    """
    readings = list(candidates(segments))
    listing = _listing(call, r) if any(c.spec.is_treacherous for c in readings) else None
    asked = [safe for c in readings if c.spec.plain for safe in _safe(c, listing)]
    found = _ask(call, r, operation, asked, variables, check)
    if found is not None:
        return found
    oid, candidate = _named(call, r, readings, listing)
    other = loose(oid, candidate)
    if candidate.spec.is_bare:
        return other
    return _ask(call, r, operation, [other.candidate], variables, check) or other


def _listing(call: Call, r: str) -> Known | None:
    """The repository's names and ids, None where they can't be had completely."""
    with suppress(Incomplete):
        return known(call, r)
    return None


def _safe(candidate: Candidate, listing: Known | None) -> Iterator[Candidate]:
    """The candidate as upstream understands it: a treacherous base gives way to the object id it stands for.

    Without a listing the full names that it may mean are tried, and it itself as the beginning of an id (git 4.3).
    """
    spec = candidate.spec
    if not spec.is_treacherous:
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
    for begin in range(0, max(len(asked), 1), SLOTS):
        batch = asked[begin : begin + SLOTS]
        result = call.fetch(operation, r=r, **slots(batch), **variables)
        repository = call.require(result, "owner", "repository")
        if check is not None:
            check(result.data)
        if "HEAD" in repository and repository["HEAD"] is None:
            raise NoHead
        for i, candidate in enumerate(batch):
            commit = repository[f"c{i}"]
            if commit and commit["id"].startswith(candidate.prefix):
                return Found(candidate, commit, repository.get(f"e{i}"), result)
    return None


def slots(batch: Sequence[Candidate]) -> dict[str, Any]:
    """The variables of an operation with slots; what is not needed is switched off and harmless."""
    variables: dict[str, Any] = {}
    for i in range(SLOTS):
        candidate = batch[i] if i < len(batch) else None
        path = candidate.path if candidate else ""
        variables[f"r{i}"] = candidate.spec.upstream() if candidate else "HEAD"
        variables[f"on{i}"] = candidate is not None
        variables[f"p{i}"], variables[f"root{i}"] = path, not path
    return variables


def _named(call: Call, r: str, readings: Sequence[Candidate], listing: Known | None) -> tuple[str, Candidate]:
    """The object that a candidate names though upstream knows no commit of it; a listing or the id itself can tell.

    Without a listing nothing is found; but a name with an `@` in it upstream may not even have understood.
    """
    if readings and readings[0].spec.is_oid and readings[0].spec.is_bare:
        return readings[0].spec.base.lower(), readings[0]
    listing = listing or _listing(call, r)
    if listing is None and any("@" in c.spec.base for c in readings if c.spec.is_bare):
        raise Incomplete
    for candidate in readings:
        if oid := _reached(call, r, candidate.spec, listing):
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
