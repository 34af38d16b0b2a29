"""How one request opens a repository, and what of it kills the real server (git dossier, F15).

All fields of a repository in one request share one object. Its `log` walks the object without its lock, and `HEAD`
unlocks it: whatever else opens the object then may end the process. The real one dies now and then, a stand-in always.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shim.sandbox.engine.errors import DiedError
from shim.sandbox.instance.call import Call

_BESIDE_LOG = frozenset({"HEAD", "references"})


@dataclass(frozen=True)
class Opening:
    """A field of a repository that opens it: its name, and its place in the answer."""

    repository: object
    field: str
    place: tuple[Any, ...]

    def kills_beside(self, other: Opening) -> bool:
        """Whether the process may die of this field beside another of the same repository."""
        if self.field == "log":
            return other.field not in _BESIDE_LOG
        here = self.place[:-1]
        return self.field == "HEAD" and other.place[: len(here)] != here


def opening(call: Call, repository: object, field: str) -> None:
    """Note that the field which is resolved now opens a repository. Raises DiedError."""
    new = Opening(repository, field, call.place)
    for other in [entry for entry in call.touched if isinstance(entry, Opening)]:
        same = other.repository is repository and other.place != new.place
        if same and not call.conditions.lucky and (new.kills_beside(other) or other.kills_beside(new)):
            raise DiedError(f"{field} of a repository beside {other.field}")
    call.touched.add(new)
