"""Mutations of meta.sr.ht."""

from __future__ import annotations

from typing import Any

from shim.sandbox.instance.call import Call
from shim.sandbox.services.meta.kinds import PROFILE
from shim.sandbox.services.meta.mutations.pgp import PGPMutations
from shim.sandbox.services.meta.mutations.profile import ProfileMutations
from shim.sandbox.services.meta.mutations.ssh import SSHMutations
from shim.sandbox.webhooks import fields
from shim.sandbox.webhooks.subscriptions import Subscription


class Mutation(ProfileMutations, SSHMutations, PGPMutations):
    """The root of mutations."""

    def delete_user(self, call: Call, reserve: bool) -> int:
        """Delete the caller's account and all that hangs on it; only registrations mind whether to `reserve` a name."""
        user, store = call.user, call.store
        for table in (store.ssh_keys, store.pgp_keys, store.audit_log, store.invoices, store.oauth2_grants):
            table.remove(*table.where(lambda row: row.user is user))
        for hook in store.webhooks[PROFILE.name].where(lambda row: row.user is user):
            fields.remove(call, hook)
        store.users.remove(user)
        return user.id  # type: ignore[no-any-return]

    def create_webhook(self, call: Call, config: dict[str, Any]) -> Subscription:
        """Subscribe to events of one's own profile."""
        return fields.create(call, PROFILE, config)

    def delete_webhook(self, call: Call, id_: int) -> Subscription | None:
        """End a subscription; an unknown one is an error in 2026 only."""
        row = fields.visible(call, PROFILE, id_)
        if row is None and call.modern:
            raise call.missing("")
        return row and fields.remove(call, row)
