"""/api/user/pgp-keys...: the caller's PGP keys (meta 2.2 rows 10 to 13)."""

from __future__ import annotations

from flask import Response

from shim.rest import json
from shim.rest.body import required
from shim.rest.described import paged
from shim.rest.endpoint import Endpoints
from shim.services.call import Call
from shim.services.meta import keys
from shim.services.meta.resources import PGPKey, WrittenPGPKey

pgp_keys = Endpoints()
_key, _written = PGPKey(), WrittenPGPKey()
FIELD = "pgp-key"
_READ, _WRITE = ("PGP_KEYS:RO",), ("PGP_KEYS:RW",)
_EXAMPLE = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n...\n-----END PGP PUBLIC KEY BLOCK-----\n"


@pgp_keys.get("/api/user/pgp-keys", scope="keys:read", grants=_READ, operation="PGPKeys", resource=paged(PGPKey))
def index(call: Call) -> Response:
    """The caller's keys, the newest first."""
    return keys.page(call, "PGPKeys", _key)


@pgp_keys.post(
    "/api/user/pgp-keys",
    scope="keys:write",
    grants=_WRITE,
    operation=("User", "CreatePGPKey"),
    fields=(required(FIELD, None),),
    resource=WrittenPGPKey,
    examples={"body": {FIELD: _EXAMPLE}, "key": _EXAMPLE},
)
def create(call: Call) -> Response:
    """A new key."""
    return keys.created(call, "CreatePGPKey", FIELD, _written)


@pgp_keys.get("/api/user/pgp-keys/<int:n>", scope="keys:read", grants=_READ, operation="PGPKeys", resource=PGPKey)
def show(call: Call, n: int) -> Response:
    """One of the caller's keys."""
    return json.answer(_key.dump(keys.one(call, "PGPKeys", n)))


@pgp_keys.delete("/api/user/pgp-keys/<int:n>", scope="keys:write", grants=_WRITE, operation="DeletePGPKey")
def delete(call: Call, n: int) -> Response:
    """No more key, unless it is the one that mail to the caller is encrypted for."""
    call.mutate("DeletePGPKey", "delete", id=n)
    return json.no_content()
