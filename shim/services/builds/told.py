"""Jobs as the old service told of them: where their logs are, and their tasks in order (builds 4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from shim.parsers import runner_url
from shim.services.call import Call
from shim.settings import Setting

SETTINGS = (
    Setting(
        "log_url", (("builds.sr.ht::shim", "log-url"),), runner_url, "http://{runner}/logs", "http://{runner}/logs"
    ),
)
Row = Mapping[str, Any]


def told(call: Call, job: Row) -> Row:
    """A job with the addresses of its logs, which a runner has as soon as it has the job."""
    place = _place(call, job)
    tasks = [{**task, "log": place and f"{place}/{task['name']}/log"} for task in sorted(job["tasks"], key=_ID)]
    return {**job, "setup_log": place and f"{place}/log", "tasks": tasks}


def by_id(group: Row) -> Row:
    """A group with its jobs in the order in which they were submitted; GraphQL has them in any."""
    return {**group, "jobs": sorted(group["jobs"], key=_ID)}


def _place(call: Call, job: Row) -> str | None:
    template: str = call.option("log_url")
    return f"{template.replace('{runner}', job['runner'])}/{job['id']}" if job["runner"] else None


_ID = itemgetter("id")
