"""The webhooks of repositories: pushes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shim.sandbox.instance.call import Call
from shim.sandbox.services.git.nodes import GitObject
from shim.sandbox.services.git.repository import Reference, Repository
from shim.sandbox.webhooks.subscriptions import Kind

GIT = Kind(
    "git", "GitWebhookSubscription", {"GIT_PRE_RECEIVE": "OBJECTS", "GIT_POST_RECEIVE": "OBJECTS"}, parent="repo_id"
)


@dataclass(frozen=True)
class UpdatedRef:
    """One reference of a push; `name` and the ids as git gave them, an id of zeros for nothing."""

    typename: ClassVar[str] = "UpdatedRef"
    repository: Repository
    name: str
    before: str
    after: str

    def ref(self, call: Call) -> Reference | None:
        """The reference; neither new nor deleted ones are looked up (git dossier, F5)."""
        if not (self.before.strip("0") and self.after.strip("0")):
            return None
        return self.repository.reference(call, self.name)

    def old(self, call: Call) -> GitObject | None:
        """What it pointed at."""
        return self.repository.object(call, self.before) if self.before.strip("0") else None

    def new(self, call: Call) -> GitObject | None:
        """What it points at."""
        return self.repository.object(call, self.after) if self.after.strip("0") else None
