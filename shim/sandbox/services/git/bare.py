"""A bare repository in memory: HEAD, references, objects."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shim.sandbox.services.git.objects import Objects

HEAD = "HEAD"


@dataclass
class Bare:
    """`head` is the name of the branch that HEAD stands for; `refs` maps full names to object ids."""

    head: str
    refs: dict[str, str]
    objects: Objects

    @classmethod
    def empty(cls) -> Bare:
        """A repository as just created."""
        return cls("refs/heads/master", {}, Objects({}))

    def copy(self) -> Bare:
        """The same repository, to be changed apart; the objects are shared."""
        return replace(self, refs=dict(self.refs))

    def target(self, name: str) -> str | None:
        """The object id that a reference leads to; None where there is none."""
        return self.refs.get(self.head if name == HEAD else name)

    def names(self) -> list[tuple[str, str]]:
        """All references in byte order of their names, HEAD included: name and target (HEAD's is a name)."""
        references = {HEAD: self.head, **self.refs}
        return sorted(references.items(), key=lambda item: item[0].encode("utf-8", "surrogateescape"))
