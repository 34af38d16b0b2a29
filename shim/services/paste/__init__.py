"""paste.sr.ht."""

from shim.services.paste.blobs import blobs
from shim.services.paste.pastes import pastes
from shim.services.service import UNUSED_BY_THE_HUB, Service
from shim.services.users import versions
from shim.upstream import load

service = Service(
    name="paste",
    lifecycle=UNUSED_BY_THE_HUB,
    endpoints=(versions, pastes, blobs),
    operations=load(__name__),
    catches_all=False,
    grants={"pastes:read": ("PASTES:RO",), "pastes:write": ("PASTES:RW",)},
    row_costs={"Pastes": 2, "Paste": 2},
)
