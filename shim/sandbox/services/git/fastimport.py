"""Reads a stream of `git fast-import` into objects, without git: dates are raw, as in the data sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dulwich.index import commit_tree
from dulwich.object_store import MemoryObjectStore
from dulwich.objects import ObjectID

from shim.sandbox.services.git.objects import RawObject

_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}
Files = dict[bytes, tuple[int, ObjectID]]


class StreamError(ValueError):
    """A stream that is none, or has a command outside the form of the data sets."""


@dataclass
class _Head:
    """What follows the first line of a `commit` or `tag` command."""

    lines: dict[bytes, list[bytes]] = field(default_factory=dict)
    message: bytes = b""

    def one(self, name: bytes) -> bytes:
        return self.lines[name][0]


class FastImport:
    """The objects and references that a stream makes."""

    def __init__(self, stream: bytes) -> None:
        """Raises StreamError."""
        self.objects: dict[str, RawObject] = {}
        self.references: dict[bytes, bytes] = {}
        self._stream = stream
        self._place = 0
        self._marks: dict[bytes, bytes] = {}
        self._files: dict[bytes, Files] = {}
        self._trees = MemoryObjectStore()
        commands = {b"blob": self._blob, b"commit": self._commit, b"tag": self._tag, b"reset": self._reset}
        for line in self._lines():
            command, _, argument = line.partition(b" ")
            if command in commands:
                commands[command](argument)
            elif command not in (b"", b"done", b"feature", b"progress", b"checkpoint"):
                raise StreamError(f"fast-import: {line[:60]!r} at byte {self._place}")
        for tree in map(self._trees.__getitem__, self._trees):
            self._add("tree", tree.as_raw_string())

    def _lines(self) -> Iterator[bytes]:
        while self._place < len(self._stream):
            yield self._line()

    def _line(self) -> bytes:
        end = self._stream.find(b"\n", self._place)
        end = len(self._stream) if end < 0 else end
        line, self._place = self._stream[self._place : end], end + 1
        return line

    def _peek(self) -> bytes:
        return self._stream[self._place : self._place + 64]

    def _data(self, line: bytes) -> bytes:
        if not line.startswith(b"data ") or line.startswith(b"data <<"):
            raise StreamError(f"fast-import: {line[:60]!r} where data was expected")
        end = self._place + int(line[5:])
        data, self._place = self._stream[self._place : end], end
        if self._peek().startswith(b"\n"):
            self._place += 1
        return data

    def _add(self, kind: str, data: bytes) -> bytes:
        made = RawObject(kind, data)
        self.objects[made.id] = made
        return made.id.encode()

    def _head(self, names: tuple[bytes, ...]) -> _Head:
        head = _Head()
        while True:
            line = self._line()
            name, _, value = line.partition(b" ")
            if name == b"data":
                head.message = self._data(line)
                return head
            if name not in (b"mark", b"original-oid", *names):
                raise StreamError(f"fast-import: {line[:60]!r} at byte {self._place}")
            head.lines.setdefault(name, []).append(value)

    def _mark(self, head: _Head, made: bytes) -> None:
        for mark in head.lines.get(b"mark", ()):
            self._marks[mark] = made

    def _resolve(self, name: bytes) -> bytes:
        return self._marks.get(name) or self.references.get(name) or name

    def _blob(self, _argument: bytes) -> None:
        head = self._head(())
        self._mark(head, self._add("blob", head.message))

    def _commit(self, reference: bytes) -> None:
        head = self._head((b"author", b"committer", b"encoding"))
        parents = []
        while self._peek().startswith((b"from ", b"merge ")):
            parents.append(self._resolve(self._line().partition(b" ")[2]))
        if not parents and reference in self.references:
            parents.append(self.references[reference])
        files = dict(self._files.get(parents[0], {})) if parents else {}
        while self._peek().startswith((b"M ", b"D ", b"deleteall")):
            self._change(files, self._line())
        tree = commit_tree(self._trees, [(path, sha, mode) for path, (mode, sha) in files.items()])
        committer = head.one(b"committer")
        author = head.lines.get(b"author", [committer])[0]
        lines = [b"tree " + tree, *(b"parent " + parent for parent in parents)]
        lines += [b"author " + author, b"committer " + committer]
        lines += [b"encoding " + value for value in head.lines.get(b"encoding", ())]
        made = self._add("commit", b"\n".join([*lines, b"", head.message]))
        self._mark(head, made)
        self._files[made] = files
        self.references[reference] = made

    def _change(self, files: Files, line: bytes) -> None:
        if line == b"deleteall":
            files.clear()
            return
        command, _, rest = line.partition(b" ")
        if command == b"D":
            _remove(files, _path(rest))
            return
        mode, reference, text = rest.split(b" ", 2)
        if reference == b"inline":
            sha = self._add("blob", self._data(self._line()))
        else:
            sha = self._resolve(reference)
        path = _path(text)
        _remove(files, path)
        for end in (place for place, byte in enumerate(path) if byte == ord("/")):
            files.pop(path[:end], None)
        files[path] = (int(mode, 8), ObjectID(sha))

    def _tag(self, name: bytes) -> None:
        head = self._head((b"from", b"tagger"))
        target = self._resolve(head.one(b"from"))
        kind = self.objects[target.decode()].type.encode()
        lines = [b"object " + target, b"type " + kind, b"tag " + name]
        lines += [b"tagger " + tagger for tagger in head.lines.get(b"tagger", ())]
        made = self._add("tag", b"\n".join([*lines, b"", head.message]))
        self._mark(head, made)
        self.references[b"refs/tags/" + name] = made

    def _reset(self, reference: bytes) -> None:
        self.references.pop(reference, None)
        if self._peek().startswith(b"from "):
            self.references[reference] = self._resolve(self._line().partition(b" ")[2])


def _remove(files: Files, gone: bytes) -> None:
    """Take away a file, or a directory with all in it."""
    for path in [path for path in files if path == gone or path.startswith(gone + b"/")]:
        del files[path]


def _path(text: bytes) -> bytes:
    if not text.startswith(b'"'):
        return text
    return _ESCAPE.sub(_unescape, text[1:-1])


def _unescape(match: re.Match[bytes]) -> bytes:
    escape = match[1]
    return bytes([int(escape, 8)]) if len(escape) == 3 else _LETTERS.get(escape, escape)
