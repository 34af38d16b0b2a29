"""/api/ssh-key/... and /api/pgp-key/...: anybody's keys, for anybody (meta 2.2 rows 21 and 22).

GraphQL tells nobody anything without a credential. The operator gives one that stands in for whoever asks here; without
it no key is found, and nobody is told that there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import Schema
from werkzeug.exceptions import NotFound

from shim.rest import json
from shim.rest.endpoint import Endpoints
from shim.rest.errors import Crash, Refusal
from shim.services.call import Call
from shim.services.meta import keytext
from shim.services.meta.resources import AnySSHKey, PGPKey
from shim.services.stand_in import stand_in, standing_in

lookups = Endpoints()
KEY = "lookup-token"
SETTINGS = (stand_in("meta", KEY, "PROFILE:RO", "SSH_KEYS:RO", "PGP_KEYS:RO"),)
UNCONFIGURED = f"Keys cannot be looked up on this server: its operator has to set [meta.sr.ht::shim] {KEY}"
UNTOLD = "The GraphQL API cannot find SSH keys that were added since it knows them by SHA-256"
UNSIGNED = "The GraphQL API does not note when SSH keys are used"
_FOR_ANYBODY: dict[str, Any] = {"authorized": False, "stand_in": SETTINGS[0].name, "discreet": True}
EXAMPLE = "AAAAC3NzaC1lZDI1NTE5AAAAIAMF2yYyYOwQX07gL77HfluoQoLVgluRZQgRSg6AzYFA"
_HEX = re.compile("(?:[0-9a-fA-F]{2})+")
_ssh, _pgp = AnySSHKey(), PGPKey()
Row = Mapping[str, Any]


@lookups.get(
    "/api/ssh-key/<path:key>",
    **_FOR_ANYBODY,
    grants=("PROFILE:RO", "SSH_KEYS:RO"),
    operation="SSHKey",
    resource=AnySSHKey,
    examples={"key": EXAMPLE},
)
def ssh(call: Call, key: str) -> Response:
    """An SSH key by its base64, with or without options, whatever stands around it in its owner's line."""
    if "\0" in key:
        raise Crash("a NUL in a key")
    wanted = keytext.blob(key)
    if wanted is None:
        raise NotFound
    deputy = _deputy(call)
    row = _found(deputy, "SSHKey", keytext.digest(wanted).hex())
    if row is None and deputy.era == "2026":
        raise Refusal(501, UNTOLD)
    if row is None or (found := keytext.key_of(row["key"])) is None or found[1] != wanted:
        raise NotFound
    return _answer(_ssh, row)


@lookups.post("/api/ssh-key/<path:key>", authorized=False, discreet=True)
def touch(call: Call, key: str) -> Response:
    """Nothing that could note that a key was used: only servers of the instance ever asked for it (meta 5)."""
    raise Refusal(501, UNSIGNED)


@lookups.get(
    "/api/pgp-key/<path:key>",
    **_FOR_ANYBODY,
    grants=("PROFILE:RO", "PGP_KEYS:RO"),
    operation="PGPKey",
    resource=PGPKey,
    examples={"key": "0D1F4C2E9B7A6D5838E1A2B3C4D5E6F708192A3B"},
)
def pgp(call: Call, key: str) -> Response:
    """A PGP key by the fingerprint of its primary key, in hex; what is no hex is not asked for."""
    if not key.isascii():
        raise Crash("a fingerprint that is not ASCII")
    if not _HEX.fullmatch(key):
        raise NotFound
    row = _found(_deputy(call), "PGPKey", key.upper())
    if row is None:
        raise NotFound
    return _answer(_pgp, row)


def _deputy(call: Call) -> Call:
    """The call with what stands in for the caller. Raises 501 where nothing does."""
    deputy = call.deputy
    if deputy is None:
        raise Refusal(501, UNCONFIGURED)
    return deputy


def _found(deputy: Call, operation: str, fingerprint: str) -> Row | None:
    """A key, None where the API finds none."""
    with standing_in(deputy, KEY):
        result = deputy.fetch(operation, fingerprint=fingerprint)
        row: Row | None = None if not result.errors and result.data["key"] is None else deputy.intact(result, "key")
    return row


def _answer(schema: Schema, row: Row) -> Response:
    return json.answer(schema.dump(row))
