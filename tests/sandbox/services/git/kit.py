"""Small repositories written down as their commits."""

from __future__ import annotations

from collections.abc import Mapping

from shim.sandbox.services.git.bare import Bare
from shim.sandbox.services.git.fastimport import FastImport
from shim.sandbox.services.git.objects import Objects, RawObject

WHO = "C <c@example.org>"


def commit(mark: int, *parents: int, time: int = 0, message: str = "", files: Mapping[str, str] | None = None) -> str:
    """A commit of the branch `b<mark>` as a fast-import command; its mark stands in for time and message."""
    lines = [
        f"commit refs/heads/b{mark}",
        f"mark :{mark}",
        f"committer {WHO} {time or mark} +0000",
        data(message or str(mark)),
    ]
    lines += [f"{'merge' if i else 'from'} :{parent}" for i, parent in enumerate(parents)]
    for path, content in (files or {}).items():
        lines += [f"M 100644 inline {path}", data(content)]
    return "\n".join(lines) + "\n\n"


def tag(name: str, mark: int) -> str:
    """An annotated tag as a fast-import command."""
    return f"tag {name}\nfrom :{mark}\ntagger {WHO} 1 +0000\n{data(name)}\n"


def data(text: str) -> str:
    """A text as fast-import wants it."""
    return f"data {len(text.encode())}\n{text}"


def repository(*commands: str, head: str = "b1", packed: bool = False) -> Bare:
    """The repository that the commands make."""
    read = FastImport("".join(commands).encode())
    refs = {name.decode(): target.decode() for name, target in read.references.items()}
    return Bare(f"refs/heads/{head}", refs, Objects(read.objects, packed=packed))


def add(bare: Bare, raw: RawObject) -> str:
    """Put a further object into a repository; its id."""
    objects = {oid: found for oid in bare.objects.with_prefix("", packs_open=True) if (found := bare.objects.get(oid))}
    bare.objects = Objects({**objects, raw.id: raw})
    return raw.id
