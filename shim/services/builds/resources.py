"""The old resources of builds.sr.ht (builds 3)."""

from __future__ import annotations

import posixpath
from typing import Any

from marshmallow import fields

from shim.rest.compiled import Converted
from shim.rest.dates import LegacyTime
from shim.rest.described import said
from shim.rest.fields import Lower, Plain, Resource, ShortUser


class Tags(Converted):
    """The tags of a job, which were one text (builds 4.1)."""

    old = "text or null"
    how = "joined by /; null where there are none"

    def convert(self, value: Any) -> str | None:
        """The text; a job without tags has a list of one that is empty, an older one an empty list."""
        return "/".join(value) if value else None


_LOG = "http://<runner>/logs/<id>{task}/log; null where there is no runner"


class Task(Resource):
    """A task of a job (builds 3.1); `shim.services.builds.told` makes what is dumped here."""

    name = Plain()
    status = Lower()
    log = Plain(metadata=said("..runner", how=_LOG.format(task="/<name>"), old="text or null"))


class SubmittedJob(Resource):
    """A job that was just submitted, without its status (builds 3.2)."""

    id = Plain()
    tasks = fields.List(fields.Nested(Task))
    note = Plain()
    runner = Plain()
    tags = Tags()
    owner = fields.Nested(ShortUser, metadata=said("owner|me"))


class Job(Resource):
    """A job (builds 3.1); `shim.services.builds.told` makes what is dumped here."""

    id = Plain()
    status = Lower()
    setup_log = Plain(metadata=said("runner", how=_LOG.format(task=""), old="text or null"))
    tasks = fields.List(fields.Nested(Task))
    note = Plain()
    runner = Plain()
    tags = Tags()
    owner = fields.Nested(ShortUser)


class Artifact(Resource):
    """A file that a job left behind (builds 3.3)."""

    id = Plain()
    created = LegacyTime()
    path = Plain()
    name = fields.Function(
        lambda artifact: base_name(artifact["path"]),
        metadata=said("path", how="what stands behind its last /", old="text"),
    )
    url = Plain(metadata=said("url", how="null once the file is more than 90 days old", old="text or null"))
    size = Plain()


class ShortJob(Resource):
    """A job inside its group (builds 3.1)."""

    id = Plain()
    status = Lower()


class Group(Resource):
    """A group of jobs (builds 3.4)."""

    id = Plain()
    note = Plain()
    owner = fields.Nested(ShortUser, metadata=said("owner|me"))
    jobs = fields.List(fields.Nested(ShortJob))


class ChangedGroup(Group):
    """A group some of whose jobs were started or cancelled, each by itself."""

    id = Plain(metadata=said("..group.id"))


def base_name(path: str) -> str:
    """The name of a file at the end of its path, as Go's `filepath.Base` finds it (builds 4.1)."""
    return posixpath.basename(path.rstrip("/")) or ("/" if path else ".")
