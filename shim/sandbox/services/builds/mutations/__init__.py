"""Mutations of builds.sr.ht, by what they change."""

from __future__ import annotations

from shim.sandbox.services.builds import kinds
from shim.sandbox.services.builds.mutations.groups import GroupMutations
from shim.sandbox.services.builds.mutations.jobs import JobMutations
from shim.sandbox.webhooks.fields import WebhookMutations


class Mutation(JobMutations, GroupMutations, WebhookMutations):
    """The root of mutations."""

    user_kind = kinds.USER
