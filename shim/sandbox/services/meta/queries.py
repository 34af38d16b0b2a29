"""Root fields of meta.sr.ht's queries."""

from __future__ import annotations

from typing import ClassVar

from shim.sandbox.engine.cursor import Cursor, Page, page
from shim.sandbox.engine.errors import PanicError, sql_text
from shim.sandbox.instance.call import Call
from shim.sandbox.instance.tokens import token_hash
from shim.sandbox.instance.viewer import Version
from shim.sandbox.services.meta import kinds
from shim.sandbox.services.meta.fingerprints import unhexed
from shim.sandbox.services.meta.keys import PGPKey, SSHKey
from shim.sandbox.services.meta.oauth import OAuthClient, OAuthGrant
from shim.sandbox.services.meta.people import AuditLogEntry, Invoice, User
from shim.sandbox.webhooks.fields import EventQuery, listed, visible
from shim.sandbox.webhooks.subscriptions import Subscription

_MD5_SIZE = 16


class Query(EventQuery):
    """The root of queries."""

    version: ClassVar[Version] = Version()

    def me(self, call: Call) -> User:
        """The user who asks. Raises PanicError for a server that acts for nobody."""
        if call.user is None:
            raise PanicError
        return call.user  # type: ignore[no-any-return]

    def user(self, call: Call, username: str) -> User | None:
        """A user by name, without tilde."""
        return call.store.users.named(sql_text(username))  # type: ignore[no-any-return]

    user_by_name = user

    def user_by_email(self, call: Call, email: str) -> User | None:
        """A user by address."""
        email = sql_text(email)
        return call.store.users.first(lambda row: row.email == email)  # type: ignore[no-any-return]

    def user_by_id(self, call: Call, id_: int) -> User | None:
        """A user by id."""
        return call.store.users.get(id_)  # type: ignore[no-any-return]

    def ssh_key(self, call: Call, rid: str) -> SSHKey | None:
        """A key of the caller's, by its resource id."""
        return call.store.ssh_keys.first(  # type: ignore[no-any-return]
            lambda row: row.rid == rid and row.user is call.user
        )

    def ssh_key_by_fingerprint(self, call: Call, fingerprint: str) -> SSHKey | None:
        """Anybody's key by its MD5, as far as that is stored."""
        wanted = unhexed(fingerprint.lower().replace(":", ""))
        if len(wanted) != _MD5_SIZE:
            raise call.failure("Invalid key format; expected 16 bytes")
        return call.store.ssh_keys.first(  # type: ignore[no-any-return]
            lambda row: row.md5 == wanted.hex(":")
        )

    def pgp_key_by_fingerprint(self, call: Call, fingerprint: str) -> PGPKey | None:
        """Anybody's key by the fingerprint of its primary key."""
        wanted = unhexed(fingerprint.upper().replace(" ", "")).hex().upper()
        return call.store.pgp_keys.first(lambda row: row.fingerprint == wanted)  # type: ignore[no-any-return]

    def invoices(self, call: Call, cursor: Cursor | None = None) -> Page[Invoice]:
        """What the caller paid, ids ascending: page two is page one again."""
        rows = call.store.invoices.where(lambda row: row.user is call.user)
        return page(rows, cursor, lambda row: row.id)

    def audit_log(self, call: Call, cursor: Cursor | None = None) -> Page[AuditLogEntry]:
        """What was done with the caller's account, the newest first."""
        rows = call.store.audit_log.where(lambda row: row.user is call.user)
        return page(reversed(rows), cursor, lambda row: row.id)

    def profile_webhooks(self, call: Call, cursor: Cursor | None = None) -> Page[Subscription]:
        """The caller's subscriptions."""
        return listed(call, kinds.PROFILE, cursor)

    def profile_webhook(self, call: Call, id_: int) -> Subscription | None:
        """One of them."""
        return visible(call, kinds.PROFILE, id_)

    def my_oauth_grant(self, call: Call) -> OAuthGrant | None:
        """The grant by which an OAuth client asks."""
        if call.caller.token is None or call.caller.client is None:
            return None
        known = token_hash(call.caller.token)
        return call.store.oauth2_grants.first(lambda row: row.token_hash == known)  # type: ignore[no-any-return]

    def oauth_grants(self, call: Call) -> list[OAuthGrant]:
        """What the caller has granted to clients."""
        return call.store.oauth2_grants.where(  # type: ignore[no-any-return]
            lambda row: row.user is call.user and row.client
        )

    def personal_access_tokens(self, call: Call) -> list[OAuthGrant]:
        """The caller's own tokens."""
        return call.store.oauth2_grants.where(  # type: ignore[no-any-return]
            lambda row: row.user is call.user and row.client is None
        )

    def oauth_clients(self, call: Call) -> list[OAuthClient]:
        """The clients that are the caller's."""
        return call.store.oauth2_clients.where(lambda row: row.owner is call.user)  # type: ignore[no-any-return]

    def token_revocation_status(self, call: Call, hash_: str, client_id: str | None = None) -> bool:
        """Whether a token was taken back, by its hash."""
        return hash_ in call.conditions.revoked
