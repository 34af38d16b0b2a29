"""Mutations of builds.sr.ht, by what they change."""

from __future__ import annotations

from shim.sandbox.services.builds import kinds
from shim.sandbox.webhooks.fields import WebhookMutations


class Mutation(WebhookMutations):
    """The root of mutations."""

    user_kind = kinds.USER
