"""Mutations of lists.sr.ht, by what they change."""

from __future__ import annotations

from shim.sandbox.services.lists.mutations.mail import MailMutations
from shim.sandbox.services.lists.mutations.mailinglists import ListMutations
from shim.sandbox.services.lists.mutations.patchsets import PatchsetMutations
from shim.sandbox.services.lists.mutations.subscriptions import SubscriptionMutations
from shim.sandbox.services.lists.mutations.webhooks import HookMutations


class Mutation(ListMutations, PatchsetMutations, SubscriptionMutations, MailMutations, HookMutations):
    """The root of mutations."""
