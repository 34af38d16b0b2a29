"""Revisions as go-git reads and resolves them (git dossier, F6 and 4.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shim.sandbox.engine.errors import FieldError, PanicError
from shim.sandbox.services.git.bare import HEAD, Bare
from shim.sandbox.services.git.decode import CommitData, TagData

_TOKEN = re.compile(
    r"\^\{(?P<brace>[^}]*)\}|(?P<open>\^\{)|\^(?P<caret>[0-9]*)|~(?P<tilde>[0-9]*)|@\{(?P<at>[^}]*)\}|(?P<head>@)"
    r"|:(?P<colon>.*)|(?P<ref>[^@:~^]+)",
    re.DOTALL,
)
_PLACES = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
_HEX = re.compile("[0-9a-fA-F]*")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\?*\[]|\.\.|//|/\.")
_TYPES = ("", "commit", "tree", "blob", "tag", "object")
_RESERVED = 'revision suffix brace component sequences starting with "/!" others than those defined are reserved'
NOT_FOUND = "reference not found"


@dataclass(frozen=True)
class Step:
    """One part of a revision: its kind, named as in the pattern above, and what stands in it."""

    kind: str
    text: str


def parse(revision: str) -> list[Step]:
    """Split a revision into steps. Raises FieldError `Revision invalid : ...`."""
    steps = []
    for match in _TOKEN.finditer(revision):
        kind = match.lastgroup or ""
        step = Step(kind, HEAD if kind == "head" else match[kind])
        if kind in _CHECKS:
            _CHECKS[kind](step.text)
        steps.append(step)
    _check_order(steps)
    return steps


def resolve(bare: Bare, revision: str, *, packs_open: bool = False) -> str:
    """The id of the commit that a revision names.

    An id, or any part of one, goes before a reference of that name. Raises FieldError (`reference not found`,
    `EOF` beyond a root, `unsupported object type` for a tag of anything but a commit), or PanicError.
    """
    commit = ""
    for step in parse(revision):
        if step.kind in ("ref", "head"):
            commit = _named(bare, step.text, packs_open)
        elif step.kind == "caret" and step.text != "0":
            commit = _parent(bare, commit, int(step.text or 1) - 1)
        elif step.kind == "tilde":
            for _ in range(int(step.text or 1)):
                commit = _parent(bare, commit, 0)
        elif step.kind == "brace" and step.text.startswith("/"):
            commit = _by_message(bare, commit, step.text[1:])
    if not commit:
        raise PanicError
    return commit


def peel(bare: Bare, tag: bytes) -> str:
    """The commit of an annotated tag. Raises FieldError for a tag of anything else."""
    data = TagData.decode(tag)
    if data.target_type != "commit":
        raise FieldError("unsupported object type")
    return data.target


def _named(bare: Bare, name: str, packs_open: bool) -> str:
    for candidate in _candidates(bare, name, packs_open):
        if bare.objects.of_type(candidate, "commit"):
            return candidate
        tag = bare.objects.of_type(candidate, "tag")
        if tag:
            return peel(bare, tag.data)
    raise FieldError(NOT_FOUND)


def _candidates(bare: Bare, name: str, packs_open: bool) -> Iterator[str]:
    if _HEX.fullmatch(name):
        digits = name.lower()
        yield from [digits] if len(name) == 40 else bare.objects.with_prefix(digits, packs_open=packs_open)
    targets = (bare.target(place.format(name)) for place in _PLACES)
    yield from [target for target in targets if target][:1]


def _parent(bare: Bare, commit: str, index: int) -> str:
    raw = bare.objects.of_type(commit, "commit")
    parents = CommitData.decode(raw.data).parents if raw else ()
    if index >= len(parents):
        raise FieldError("EOF")
    return parents[index]


def _by_message(bare: Bare, commit: str, sought: str) -> str:
    """The first commit, parents after children, whose message matches (`!-` in front: does not)."""
    negate, pattern = _pattern(sought)
    waiting, seen = [commit], set()
    while waiting:
        oid = waiting.pop()
        raw = None if oid in seen else bare.objects.of_type(oid, "commit")
        if raw:
            data = CommitData.decode(raw.data)
            if bool(pattern.search(data.message)) is not negate:
                return oid
            seen.add(oid)
            waiting.extend(reversed(data.parents))
    raise FieldError(f'No commit message match regexp : "{pattern.pattern}"')


def _pattern(sought: str) -> tuple[bool, re.Pattern[str]]:
    """What a message is to match, or not to match; `!!` stands for an exclamation mark."""
    negate = sought.startswith("!-")
    text = sought.removeprefix("!-") if negate else re.sub("^!!", "!", sought)
    try:
        return negate, re.compile(text)
    except re.error as error:
        raise _invalid(f"revision suffix brace component, error parsing regexp: {error}") from error


def _check_name(name: str) -> None:
    if name[0] in "./":
        raise _invalid(f'must not start with "{name[0]}"')
    found = _FORBIDDEN.search(name)
    if found:
        twice = "consecutively " if found[0] == "//" else ""
        raise _invalid(f'must not contains {twice}"{found[0][:1] if twice else found[0]}"')
    if name[-1] in "./":
        raise _invalid(f'must not end with "{name[-1]}"')
    if name.endswith(".lock"):
        raise _invalid("cannot end with .lock")


def _check_caret(digits: str) -> None:
    if int(digits or 1) > 2:
        raise _invalid(f'"{digits}" found must be 0, 1 or 2 after "^"')


def _check_brace(text: str) -> None:
    if not text.startswith("/") and text not in _TYPES:
        raise _invalid(f'"{text}" is not a valid revision suffix brace component')
    if re.match("/!(?![!-])", text):
        raise _invalid(_RESERVED)
    _pattern(text[1:])


def _check_open(_text: str) -> None:
    raise _invalid('missing "}" in ^{<data>} structure')


_CHECKS: dict[str, Callable[[str], None]] = {
    "ref": _check_name,
    "caret": _check_caret,
    "brace": _check_brace,
    "open": _check_open,
}


def _check_order(steps: list[Step]) -> None:
    for index, step in enumerate(steps):
        if step.kind in ("ref", "head") and index:
            raise _invalid("reference must be defined once at the beginning")
        if step.kind in ("caret", "tilde", "brace") and steps[0].kind not in ("ref", "head"):
            raise _invalid('"~" or "^" statement must have a reference defined at the beginning')


def _invalid(message: str) -> FieldError:
    return FieldError(f"Revision invalid : {message}")
