"""builds.sr.ht."""

from shim.lifecycle import Lifecycle
from shim.services.builds import manifest, told
from shim.services.builds.groups import groups
from shim.services.builds.jobs import jobs
from shim.services.builds.manifest import manifests
from shim.services.builds.running import running
from shim.services.builds.submit import submissions
from shim.services.service import BATCH, Service
from shim.upstream import load

UNUSED_BY_THE_HUB = Lifecycle.of({"deprecated": "2024-09-24"})
"""What is said of every endpoint: since that day the project hub, the last first-party client, makes groups of jobs by
GraphQL (builds 8.3)."""

service = Service(
    name="builds",
    lifecycle=UNUSED_BY_THE_HUB,
    endpoints=(jobs, submissions, manifests, running, groups),
    operations=load(__name__),
    settings=(*told.SETTINGS, *manifest.SETTINGS),
    catches_all=False,
    any_text=True,
    grants={"jobs:read": ("PROFILE:RO", "JOBS:RO"), "jobs:write": ("PROFILE:RO", "JOBS:RW")},
    row_costs={"Jobs": 1, "GroupsOfJobs": 1 / BATCH},
)
