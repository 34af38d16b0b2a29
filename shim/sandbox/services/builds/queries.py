"""Root fields of builds.sr.ht's queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shim.sandbox.data.table import Table
from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.engine.errors import FieldError, sql_text
from shim.sandbox.instance import viewer
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.users import User
from shim.sandbox.services.builds import kinds
from shim.sandbox.services.builds.job import Job
from shim.sandbox.webhooks.fields import WebhookQueries

_NO_IMAGE = 'sql: Scan error on column index 1, name "image": converting NULL to string is unsupported'


@dataclass(frozen=True)
class Settings:
    """How builds are run."""

    typename: ClassVar[str] = "Settings"
    ssh_user: str
    build_timeout: str


class Version(viewer.Version):
    """The version with settings."""

    def settings(self, call: Call) -> Settings:
        """How builds are run; the users' shell login has a default name in 2026 only."""
        login = call.instance.get("git.sr.ht::dispatch", "ssh-user", "builds" if call.modern else "")
        return Settings(login, call.instance.get("builds.sr.ht::worker", "timeout", "45m"))


class Query(viewer.Viewer, WebhookQueries):
    """The root of queries."""

    user_kind = kinds.USER
    version = Version()

    def user_by_name(self, call: Call, username: str) -> User | None:
        """A user by name, without tilde."""
        return call.store.users.named(sql_text(username))  # type: ignore[no-any-return]

    def jobs(self, call: Call, cursor: Cursor | None = None) -> Page[Job]:
        """The caller's jobs, the newest first."""
        rows: Table[Job] = call.store.jobs
        own = rows.where(lambda job: job.owner is call.user)
        return page(sorted(own, key=lambda job: job.id, reverse=True), cursor, lambda job: job.id)

    def job(self, call: Call, id_: int) -> Job | None:
        """A job by id, if the caller may see it; one without image cannot be read, whatever is asked of it."""
        row: Job | None = call.store.jobs.get(id_)
        if row is None or not row.visible(call.user):
            return None
        if row.image is None:
            raise FieldError(_NO_IMAGE)
        return row
