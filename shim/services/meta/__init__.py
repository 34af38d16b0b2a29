"""meta.sr.ht."""

from shim.services.meta.audit import audit
from shim.services.meta.lookups import SETTINGS as LOOKUP_SETTINGS
from shim.services.meta.lookups import lookups
from shim.services.meta.oauth import oauth
from shim.services.meta.payloads import user_events
from shim.services.meta.pgp import pgp_keys
from shim.services.meta.profile import SETTINGS as PROFILE_SETTINGS
from shim.services.meta.profile import profiles
from shim.services.meta.ssh import ssh_keys
from shim.services.meta.webhooks import user_webhooks
from shim.services.service import UNUSED_BY_THE_HUB, Service
from shim.services.users import versions
from shim.services.webhooks import DELIVERIES
from shim.upstream import load

service = Service(
    name="meta",
    lifecycle=UNUSED_BY_THE_HUB,
    endpoints=(versions, profiles, audit, ssh_keys, pgp_keys, lookups, user_webhooks, oauth),
    operations=load(__name__, DELIVERIES),
    settings=(*PROFILE_SETTINGS, *LOOKUP_SETTINGS),
    invalid_token=401,
    strict_slashes=True,
    catches_all=False,
    any_text=True,
    hooks=(user_events,),
    grants={
        "profile:read": ("PROFILE:RO",),
        "profile:write": ("PROFILE:RW",),
        "audit:read": ("AUDIT_LOG:RO",),
        "keys:read": ("PROFILE:RO",),
        "keys:write": (),
    },
)
