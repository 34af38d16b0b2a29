"""Patches as the servers print them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import chain

from shim.sandbox.services.git.decode import as_text
from shim.sandbox.services.git.objects import Entry, Objects, entries

CONTEXT = 3
_NOTHING = "0" * 40
Lines = list[bytes]
Edit = tuple[bytes, bytes]


def unified_diff(objects: Objects, old: str, new: str) -> str:
    """The patch that turns the tree `old` into the tree `new`, files by name."""
    before, after = dict(_files(objects, old)), dict(_files(objects, new))
    changed = sorted(path for path in before | after if before.get(path) != after.get(path))
    parts = (_file(objects, path, before.get(path), after.get(path)) for path in changed)
    return as_text(b"".join(chain.from_iterable(parts)))


def _files(objects: Objects, tree: str, prefix: bytes = b"") -> Iterator[tuple[bytes, Entry]]:
    raw = objects.of_type(tree, "tree")
    for entry in entries(raw.data) if raw else ():
        path = prefix + entry.name
        if objects.of_type(entry.id, "tree"):
            yield from _files(objects, entry.id, path + b"/")
        else:
            yield path, entry


def _file(objects: Objects, path: bytes, old: Entry | None, new: Entry | None) -> Iterator[bytes]:
    ids = [entry.id if entry else _NOTHING for entry in (old, new)]
    yield b"diff --git a/%s b/%s\n" % (path, path)
    yield from _modes(old, new)
    same = old and new and old.mode == new.mode
    yield f"index {ids[0]}..{ids[1]}{f' {new.mode:06o}' if same and new else ''}\n".encode()
    contents = [blob.data if (blob := objects.of_type(oid, "blob")) else b"" for oid in ids]
    names = [b"a/" + path if old else b"/dev/null", b"b/" + path if new else b"/dev/null"]
    if any(b"\0" in content for content in contents):
        yield b"Binary files %s and %s differ\n" % (names[0], names[1])
    elif contents[0] != contents[1]:
        yield b"--- %s\n+++ %s\n" % (names[0], names[1])
        yield from _hunks(list(_edits(*(content.splitlines(keepends=True) for content in contents))))


def _modes(old: Entry | None, new: Entry | None) -> Iterator[bytes]:
    if old and new and old.mode != new.mode:
        yield f"old mode {old.mode:06o}\nnew mode {new.mode:06o}\n".encode()
    elif not old and new:
        yield f"new file mode {new.mode:06o}\n".encode()
    elif old and not new:
        yield f"deleted file mode {old.mode:06o}\n".encode()


def _edits(old: Lines, new: Lines) -> Iterator[Edit]:
    """Lines with their signs. A separator stands between lines, as in the servers' library, so that lines
    replaced one by one alternate."""
    left, right = (_separated(lines) for lines in (old, new))
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        yield from ((b" " if tag == "equal" else b"-", line) for line in left[a:b] if line)
        if tag != "equal":
            yield from ((b"+", line) for line in right[c:d] if line)


def _separated(lines: Lines) -> Lines:
    return [part for line in lines for part in (line, b"")][:-1]


def _hunks(edits: list[Edit]) -> Iterator[bytes]:
    changes = [i for i, (sign, _) in enumerate(edits) if sign != b" "]
    while changes:
        end = 1
        while end < len(changes) and changes[end] - changes[end - 1] <= 2 * CONTEXT + 1:
            end += 1
        start, stop = max(changes[0] - CONTEXT, 0), changes[end - 1] + CONTEXT + 1
        yield _heading(edits[:start], edits[start:stop])
        yield from (_line(sign, line) for sign, line in edits[start:stop])
        changes = changes[end:]


def _heading(before: list[Edit], hunk: list[Edit]) -> bytes:
    ranges = []
    for other in (b"+", b"-"):
        count = sum(sign != other for sign, _ in hunk)
        first = sum(sign != other for sign, _ in before) + (count > 0)
        ranges.append(f"{first},{count}" if count != 1 else f"{first}")
    return f"@@ -{ranges[0]} +{ranges[1]} @@\n".encode()


def _line(sign: bytes, line: bytes) -> bytes:
    missing = b"" if line.endswith(b"\n") else b"\n\\ No newline at end of file\n"
    return sign + line + missing
