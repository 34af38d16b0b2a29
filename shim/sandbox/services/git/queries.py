"""Root fields of git.sr.ht's queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shim.sandbox.engine.cursor import Cursor, Page
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.viewer import Version
from shim.sandbox.services.git.hooks import GIT
from shim.sandbox.services.repositories.queries import RepositoryQueries
from shim.sandbox.webhooks.fields import listed, visible
from shim.sandbox.webhooks.subscriptions import Subscription


@dataclass(frozen=True)
class Features:
    """What is switched on."""

    typename: ClassVar[str] = "Features"
    artifacts: bool


@dataclass(frozen=True)
class Settings:
    """What the instance configures."""

    typename: ClassVar[str] = "Settings"
    ssh_user: str


class GitVersion(Version):
    """The version with features and settings."""

    def features(self, call: Call) -> Features:
        """Artifacts need object storage."""
        return Features(call.conditions.storage is not None)

    def settings(self, call: Call) -> Settings:
        """The user name for git over SSH."""
        if call.modern:
            return Settings(call.instance.get("git.sr.ht", "ssh-user", "git"))
        return Settings(call.instance.get("git.sr.ht::dispatch", "ssh-user"))


class Query(RepositoryQueries):
    """The root of queries."""

    version = GitVersion()

    def git_webhooks(self, call: Call, repository_id: int, cursor: Cursor | None = None) -> Page[Subscription]:
        """The caller's subscriptions to a repository's pushes."""
        return listed(call, GIT, cursor, repository_id)

    def git_webhook(self, call: Call, id_: int) -> Subscription | None:
        """One of them."""
        return visible(call, GIT, id_)
