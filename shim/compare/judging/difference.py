"""The first difference between an expected answer and the one given: status, kept headers, body bytes.

JSON bodies are compared by value first, so that a difference has a JSON path, then by their writing, so that
key order, separators and escapes count too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from shim.compare.judging.arbitrary import reorder, same_methods
from shim.compare.judging.jsontext import Array, Node, Object, Scalar, Slot, Steps, children, parse, show
from shim.recordings.answer import Answer
from shim.recordings.symbols import Names, is_page, matches

KEPT_HEADERS = (
    "content-type",
    "allow",
    "content-disposition",
    "location",
    "www-authenticate",
    "x-git-object-type",
)
ABSENT = "(absent)"


@dataclass(frozen=True)
class Difference:
    """Where two answers part: a place for readers, what was expected there, what was found."""

    where: str
    expected: str
    found: str


@dataclass(frozen=True)
class Page:
    """A body that is the instance's own HTML layout: not compared."""


@dataclass(frozen=True)
class Expected:
    """What an answer must be; texts may hold symbols.

    A header of KEPT_HEADERS that is not named must be absent. The body is JSON, a text, bytes that are no
    text, or a Page.
    """

    status: int
    headers: Mapping[str, str]
    body: Node | str | bytes | Page

    @classmethod
    def recorded(cls, answer: Answer) -> Expected:
        """What a recorded answer promises."""
        return cls(answer.status, answer.headers, body_of(answer))


def body_of(answer: Answer) -> Node | str | bytes | Page:
    """A recorded body in the form in which it is compared."""
    text = answer.text
    if text is None:
        return answer.body
    if is_page(text):
        return Page()
    try:
        return parse(text) if answer.content_type == "application/json" else text
    except ValueError:
        return text


def compare(expected: Expected, answer: Answer, names: Names) -> Difference | None:
    """The first difference, None where there is none; `names` learns the values behind symbols either way."""
    return next(iter([*_head(expected, answer, names), *_body(expected.body, answer, names)]), None)


def agree(expected: Node, answered: Node, names: Names) -> bool:
    """Whether two JSON values mean the same, each symbol standing for a value of its form."""
    return not list(_values(settle(expected, answered, names), answered, names))


def settle(expected: Node, answered: Node, names: Names) -> Node:
    """The expected value with what the answer may choose (slots, arbitrary order) chosen as answered."""
    if isinstance(expected, Slot):
        return expected.settle(answered, names) or expected
    if isinstance(expected, Array) and isinstance(answered, Array):
        pairs = zip(expected.items, answered.items, strict=False)
        settled = tuple(settle(item, found, names) for item, found in pairs)
        return replace(expected, items=settled + expected.items[len(settled) :])
    if isinstance(expected, Object) and isinstance(answered, Object):
        present = answered.members
        items = (
            settle(item, present[name], names) if name in present else item
            for name, item in zip(expected.names, expected.items, strict=True)
        )
        return reorder(replace(expected, items=tuple(items)), answered)
    return expected


def _head(expected: Expected, answer: Answer, names: Names) -> Iterator[Difference]:
    if expected.status != answer.status:
        yield Difference("status", str(expected.status), str(answer.status))
    for name in dict.fromkeys((*KEPT_HEADERS, *expected.headers)):
        wanted, found = expected.headers.get(name, ABSENT), answer.headers.get(name, ABSENT)
        same = same_methods if name == "allow" else lambda one, other: matches(one, other, names)
        if not same(wanted, found):
            yield Difference(f"header {name.title()}", wanted, found)


def _body(expected: Node | str | bytes | Page, answer: Answer, names: Names) -> Iterator[Difference]:
    if isinstance(expected, Page):
        return
    text = answer.text
    if isinstance(expected, str) and text is not None:
        if not matches(expected, text, names):
            yield _texts(expected, text)
    elif isinstance(expected, str | bytes):
        wanted = expected if isinstance(expected, bytes) else expected.encode()
        if wanted != answer.body:
            yield _texts(wanted.decode("latin-1"), answer.body.decode("latin-1"))
    else:
        yield from _json(expected, text, answer, names)


def _json(expected: Node, text: str | None, answer: Answer, names: Names) -> Iterator[Difference]:
    try:
        answered = parse(text or "")
    except ValueError:
        yield Difference("body", expected.text, text or repr(answer.body))
        return
    settled = settle(expected, answered, names)
    yield from list(_values(settled, answered, names)) or _writing(settled, answered, names)


def _texts(expected: str, found: str) -> Difference:
    pairs = enumerate(zip(expected, found, strict=False))
    same = next((index for index, (one, other) in pairs if one != other), min(len(expected), len(found)))
    return Difference(f"body, character {same}", expected[same:], found[same:])


def _values(expected: Node, answered: Node, names: Names, path: Steps = ()) -> Iterator[Difference]:
    if isinstance(expected, Object) and isinstance(answered, Object):
        yield from _members(expected, answered, names, path)
    elif isinstance(expected, Array) and isinstance(answered, Array):
        for index, (item, found) in enumerate(zip(expected.items, answered.items, strict=False)):
            yield from _values(item, found, names, (*path, index))
        if len(expected.items) != len(answered.items):
            yield Difference(_at(path), f"{len(expected.items)} items", f"{len(answered.items)} items")
    elif isinstance(expected, Slot):
        yield Difference(_at(path), expected.wanted, answered.text)
    elif not (isinstance(expected, Scalar) and isinstance(answered, Scalar) and _same(expected, answered, names)):
        yield Difference(_at(path), expected.text, answered.text)


def _members(expected: Object, answered: Object, names: Names, path: Steps) -> Iterator[Difference]:
    present = answered.members
    for name, item in expected.members.items():
        if name in present:
            yield from _values(item, present[name], names, (*path, name))
        else:
            yield Difference(_at((*path, name)), item.text, ABSENT)
    for name in present.keys() - expected.members.keys():
        yield Difference(_at((*path, name)), ABSENT, present[name].text)


def _same(expected: Scalar, answered: Scalar, names: Names) -> bool:
    wanted, found = expected.value, answered.value
    if expected.text.startswith('"') and isinstance(found, str):
        return matches(wanted, found, names)
    return matches(expected.text, answered.text, names) or (type(wanted) is type(found) and wanted == found)


def _writing(expected: Node, answered: Node, names: Names, path: Steps = ()) -> Iterator[Difference]:
    """Differences between two values that mean the same."""
    if isinstance(expected, Scalar):
        if not matches(expected.text, answered.text, names):
            yield Difference(f"{_at(path)}, as written", expected.text, answered.text)
    elif isinstance(expected, Array | Object) and isinstance(answered, Array | Object):
        if expected.glue != answered.glue:
            wanted, found = ("…".join(node.glue) for node in (expected, answered))
            yield Difference(f"{_at(path)}, as written", wanted, found)
        for (key, item), found_item in zip(children(expected), answered.items, strict=False):
            yield from _writing(item, found_item, names, (*path, key))


def _at(path: Steps) -> str:
    return f"body {show(path)}"
