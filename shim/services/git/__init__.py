"""git.sr.ht."""

from shim.services.git.artifacts import SETTINGS as ARTIFACT_SETTINGS
from shim.services.git.artifacts import artifacts
from shim.services.git.blob import blob
from shim.services.git.log import log
from shim.services.git.payloads import pushes, user_events
from shim.services.git.plumbing import plumbing
from shim.services.git.readme import readmes
from shim.services.git.refs import refs
from shim.services.git.repos import repos, settings
from shim.services.git.resources import WrittenRepository
from shim.services.git.tree import tree
from shim.services.git.webhooks import repository_webhooks, user_webhooks
from shim.services.service import UNUSED_BY_THE_HUB, Service
from shim.services.users import USER, users
from shim.services.webhooks import HOOKS
from shim.upstream import load

_READ = ("PROFILE:RO", "REPOSITORIES:RO")

service = Service(
    name="git",
    lifecycle=UNUSED_BY_THE_HUB,
    endpoints=(users, repos, readmes, plumbing, artifacts, refs, log, tree, blob, user_webhooks, repository_webhooks),
    operations=load(__name__, USER, HOOKS),
    any_text=True,
    serves_doubled_slashes=True,
    row_costs={"ReferencesWithArtifacts": 1},
    resources={"written": WrittenRepository()},
    settings=(*settings(visibility=None), *ARTIFACT_SETTINGS),
    hooks=(user_events, pushes),
    grants={
        "info:read": _READ,
        "info:write": ("PROFILE:RO", "REPOSITORIES:RW"),
        "data:read": (*_READ, "OBJECTS:RO"),
        "data:write": (*_READ, "OBJECTS:RW"),
    },
)
