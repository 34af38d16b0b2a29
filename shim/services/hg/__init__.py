"""hg.sr.ht: git's modules with its own operations; files come from `cat` (hg 4)."""

from shim.services.git.readme import readmes
from shim.services.git.repos import repos, settings
from shim.services.git.resources import Repository
from shim.services.hg.payloads import user_events
from shim.services.hg.raw import SETTINGS as RAW_SETTINGS
from shim.services.hg.raw import raw
from shim.services.hg.webhooks import repository_webhooks, user_webhooks
from shim.services.service import UNUSED_BY_THE_HUB, Service
from shim.services.users import USER, users
from shim.services.webhooks import HOOKS
from shim.upstream import load, read

_READ = ("PROFILE:RO", "REPOSITORIES:RO")

service = Service(
    name="hg",
    lifecycle=UNUSED_BY_THE_HUB,
    endpoints=(users, repos, readmes, raw, user_webhooks, repository_webhooks),
    operations=load(__name__, read("shim.services.git", "repositories.graphql"), USER, HOOKS),
    hooks=(user_events,),
    grants={
        "info:read": _READ,
        "info:write": ("PROFILE:RO", "REPOSITORIES:RW"),
        "data:read": (*_READ, "REVISIONS:RO"),
    },
    settings=(*settings(visibility="public"), *RAW_SETTINGS),
    resources={"written": Repository()},
    fields={"A repository with this name already exists.": "name"},
)
