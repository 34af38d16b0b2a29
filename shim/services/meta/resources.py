"""The old resources of meta.sr.ht (meta 3)."""

from __future__ import annotations

import ipaddress
from typing import Any

from marshmallow import fields
from marshmallow.fields import Field

from shim.rest.compiled import Converted
from shim.rest.dates import LegacyTime
from shim.rest.described import said
from shim.rest.fields import Plain, Resource
from shim.services.meta import keytext

DEPRECATED_EMAIL = "this_API_field_is_deprecated__parse_the_key_instead@example.org"
_FIRST_PARTY = "of a caller with a personal token"
_MD5 = "the MD5 of the key, in hex with colons: GraphQL has no other fingerprint in one era than SHA-256"


class Owner(Resource):
    """Whose a key is: on this service a user inside another resource has an id (meta 3.1)."""

    id = Plain()
    canonical_name = Plain()
    name = Plain()


class WrittenOwner(Resource):
    """Whose a new key is (meta 3.3)."""

    canonicalName = Plain(attribute="canonical_name")  # noqa: N815
    name = Plain()


class Profile(Owner):
    """The caller (meta 3.1); `shim.services.meta.profile` makes what is dumped here."""

    user_type = Plain(
        metadata=said(
            "user_type",
            "payment",
            how="as it was called in 2024: of a USER of 2026 by payment, active_non_paying where that is not told",
            old="text",
            when=_FIRST_PARTY,
        )
    )
    suspension_notice = Plain(
        metadata=said(
            how="constant null: whom it concerns can't ask, and only other services are told it",
            old="null",
            when=_FIRST_PARTY,
        )
    )
    email = Plain()
    url = Plain()
    location = Plain()
    bio = Plain()
    use_pgp_key = fields.Constant(None, metadata=said(how="GraphQL does not tell which key is preferred", old="null"))


class WrittenProfile(Resource):
    """The caller as PUT answers (meta 3.2)."""

    canonicalName = Plain()  # noqa: N815
    name = Plain()
    email = Plain()
    url = Plain()
    location = Plain()
    bio = Plain()


class Ip(Converted):
    """An IP address as short as it can be written."""

    old = "text"
    how = "an IPv6 address in its short form"

    def convert(self, value: Any) -> Any:
        """The address; what is none stays as it is."""
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            return value


class AuditLogEntry(Resource):
    """What somebody did with an account (meta 3.5)."""

    id = Plain()
    ip = Ip()
    action = Plain()
    details = Plain()
    created = LegacyTime()


class AnySSHKey(Resource):
    """An SSH key, for whoever asks (meta 3.3)."""

    id = Plain()
    authorized: Field[Any] = LegacyTime()
    comment = Plain()
    fingerprint = fields.Function(
        lambda row: keytext.fingerprint(row["key"]), metadata=said("key", how=_MD5, old="text")
    )
    key: Field[Any] = fields.Function(
        lambda row: keytext.line(row["key"], row["comment"]),
        metadata=said("key", "comment", how="the line; of 2026 made of its parts, without options", old="text"),
    )
    owner: Field[Any] = fields.Nested(Owner, attribute="user")


class SSHKey(AnySSHKey):
    """An SSH key, for its owner."""

    last_used: Field[Any] = LegacyTime()


class WrittenSSHKey(SSHKey):
    """An SSH key as POST answers it: with the API's own time, and the line as it was sent."""

    authorized = Plain()
    key = Plain()
    owner = fields.Nested(WrittenOwner, attribute="user")
    last_used = Plain()


class PGPKey(Resource):
    """A PGP key (meta 3.4)."""

    id = Plain()
    key = Plain()
    fingerprint = Plain()
    authorized = LegacyTime()
    owner = fields.Nested(Owner, attribute="user")
    expiration = fields.Function(
        lambda row: keytext.expiration(row["key"], row["authorized"]),
        metadata=said(
            "key", "authorized", how="when the subkey ends that others encrypt for, as the key says", old=LegacyTime.old
        ),
    )


class WrittenPGPKey(Resource):
    """A PGP key as POST answers it: `key_id` is that of the subkey that others encrypt for."""

    id = Plain()
    key = Plain()
    key_id = Plain(attribute="fingerprint")
    authorized = Plain()
    owner = fields.Nested(WrittenOwner, attribute="user")
    email = fields.Constant(DEPRECATED_EMAIL)
