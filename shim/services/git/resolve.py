"""Which revision a path means: `ref/with/slashes/and/a/path`, tried from the shortest on (git 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.exceptions import NotFound

from shim.services.call import Call
from shim.services.git.known import Known, known
from shim.services.git.revspec import Malformed, Revspec, Unresolvable, parse
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
    resolves or the repository's HEAD points nowhere.
    """
    readings = list(candidates(segments))
    listing = known(call, r) if any(c.spec.is_treacherous for c in readings) else None
    asked = [c if listing is None else settled(c, listing) for c in readings]
    answers = _ask(call, r, operation, [c for c in asked if c is not None], variables, check)
    if answers is not None:
        return answers
    return _loose(readings, listing or known(call, r))


def settled(candidate: Candidate, listing: Known) -> Candidate | None:
    """A candidate whose treacherous base gave way to an object id; None if nothing has that name."""
    if not candidate.spec.is_treacherous:
        return candidate
    oid = listing.find(candidate.spec)
    return None if oid is None else replace(candidate, spec=replace(candidate.spec, base=oid))


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
        if repository["HEAD"] is None:
            raise NoHead
        for i, candidate in enumerate(batch):
            if commit := repository[f"c{i}"]:
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


def _loose(readings: Sequence[Candidate], listing: Known) -> Loose:
    """A name or id of something that is no commit; only the listing or the id itself can tell."""
    for candidate in readings:
        if not candidate.spec.walk:
            oid = candidate.spec.base.lower() if candidate.spec.is_oid else listing.find(candidate.spec)
            if oid is not None:
                return Loose(oid, candidate)
    raise NotFound
